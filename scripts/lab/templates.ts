/** `lab.ts` of a new lab. */
export function labSource(id: string): string {
  const name = id.replace(/^\d+-/, '').replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return `import type { LabDefinition } from '../lab.ts';
import { first } from './steps/10-first/step.ts';

export const ${name}: LabDefinition = {
  id: '${id}',
  title: '${id.replace(/^\d+-/, '')}',
  checks: [],
  steps: [first],
};
`;
}

/** `step.ts` of its step: whole, so that \`workshop lab test\` can try it before anything is changed. */
export function stepSource(): string {
  return `import { resources } from '../../../../lib/kube/resources.ts';
import type { Wire, V1ConfigMap } from '../../../../lib/kube/types.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { ensure, find } from '../../../steps/ensure.ts';
import { remove } from '../../../steps/objects.ts';

const name = 'answer';

export const first: Step = {
  id: '10-first',
  claims: [],
  look: 'kubectl get configmap answer --output yaml',
  links: ['https://kubernetes.io/docs/concepts/configuration/configmap/'],
  setUp: async () => {},
  async check(lab) {
    const answer = (await find<Wire<V1ConfigMap>>(lab, resources.configMaps, name))?.data?.['value'];
    const expected = 'the value 42 in the ConfigMap answer';
    demand(answer !== '24', { expected, observed: '24', mistake: 'turned-round' });
    demand(answer !== '', { expected, observed: 'an empty value', mistake: 'empty' });
    demand(answer === '42', { expected, observed: answer ?? 'no such ConfigMap' });
  },
  solve: (lab) => write(lab, '42'),
  reset: (lab) => remove(lab, resources.configMaps, name),
  mistakes: [
    { id: 'turned-round', make: (lab) => write(lab, '24') },
    { id: 'empty', make: (lab) => write(lab, '') },
  ],
  prediction: async () => 1,
};

async function write(lab: Lab, value: string): Promise<void> {
  await remove(lab, resources.configMaps, name);
  await ensure(lab, resources.configMaps, { metadata: { name }, data: { value } });
}
`;
}

/** The text of its step. */
export function stepTextSource(): string {
  return `# The first step

What to do.

<!-- prediction -->
What will happen?

1. This.
2. That.

<!-- hint -->
Vague.

<!-- hint -->
Less vague.

<!-- hint -->
Concrete, but not the command.

<!-- mistake turned-round -->
You turned the digits round.

<!-- mistake empty -->
You wrote nothing.

<!-- solution -->
\`\`\`
kubectl create configmap answer --from-literal=value=42
\`\`\`
`;
}
