import type { Language } from '../../labs/course/language.ts';
import type { LabOutline, StepRef } from '../../labs/course/outline.ts';
import { readIntroduction, readStepText } from '../../labs/course/read-text.ts';
import type { StepText } from '../../labs/course/step-text.ts';
import { words } from '../../labs/course/words.ts';

export interface KillercodaOptions {
  language: Language;
  /** Address that `git clone` takes. */
  repository: string;
}

/**
 * The files of a lab as a Killercoda scenario, by name. `background` brings the sandbox up on one virtual machine, each step sets
 * itself up and is verified by the `workshop` command. Format: killercoda/scenario-examples, `index.json`.
 */
export function killercodaFiles(lab: LabOutline, options: KillercodaOptions): [string, string][] {
  const introduction = readIntroduction(lab, options.language)?.text ?? { title: lab.lab, body: '' };
  const steps = lab.steps.map((ref) => ({ ref, text: readStepText(ref, options.language).text }));
  const index = {
    title: introduction.title,
    description: introduction.body.split('\n\n')[0]?.replaceAll('\n', ' ') ?? '',
    details: {
      intro: { text: 'intro.md', foreground: 'wait.sh', background: 'up.sh' },
      steps: steps.map(({ ref, text }) => ({
        title: text.title,
        text: `${ref.step}/text.md`,
        background: `${ref.step}/begin.sh`,
        verify: `${ref.step}/verify.sh`,
      })),
      finish: { text: 'finish.md' },
    },
    backend: { imageid: 'ubuntu' },
  };
  const files: [string, string][] = [
    ['index.json', `${JSON.stringify(index, null, 2)}\n`],
    ['intro.md', `${introduction.body}\n`],
    ['finish.md', `✓ ${words[options.language].done}\n`],
    ['up.sh', upScript(options.repository)],
    ['wait.sh', waitScript],
    ...steps.flatMap(({ ref, text }) => stepFiles(ref, text, options.language)),
  ];
  return files.map(([name, text]) => [`${lab.lab}/${name}`, text]);
}

function stepFiles({ key, step }: StepRef, text: StepText, language: Language): [string, string][] {
  return [
    [`${step}/text.md`, page(text, language)],
    [`${step}/begin.sh`, script(`workshop goto ${key} >/dev/null`)],
    // Only the exit code counts there; what is wrong is said by `workshop verify` in the terminal.
    [`${step}/verify.sh`, script(`workshop verify ${key} >/dev/null`)],
  ];
}

function page({ task, prediction, hints, solution, since }: StepText, language: Language): string {
  const { prediction: heading, hint, solution: solved, since: changed } = words[language];
  const options = prediction.options.map((option, index) => `${index + 1}. ${option}`).join('\n');
  return `${[
    task,
    `## ${heading}`,
    prediction.question,
    options,
    ...hints.map((text, index) => details(`${hint} ${index + 1}`, text)),
    details(solved, copyable(solution)),
    ...(since === undefined ? [] : [details(changed, since)]),
  ].join('\n\n')}\n`;
}

function details(summary: string, body: string): string {
  return `<details>\n<summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

/** Their mark for a block that is copied by a click; not the one that runs it, since names in it are to be filled in. */
function copyable(text: string): string {
  let open = false;
  return text.replace(/^```.*$/gm, (fence) => {
    open = !open;
    return open ? fence : `${fence}{{copy}}`;
  });
}

const folder = '/root/workshop';
const marker = '/tmp/workshop-is-up';
const failed = '/tmp/workshop-failed';
const log = '/tmp/workshop-up.log';

function script(line: string): string {
  return `#!/bin/sh\ncd ${folder} && ${line}\n`;
}

/** Their plain Ubuntu has neither Node.js nor kubectl. */
function upScript(repository: string): string {
  return `#!/bin/sh
set -e
trap '[ $? = 0 ] || touch ${failed}' EXIT
exec >${log} 2>&1
case $(uname -m) in aarch64) node=arm64 kube=arm64 ;; *) node=x64 kube=amd64 ;; esac
command -v node || curl -fsSL "${nodeRelease}-linux-$node.tar.gz" | tar -xz -C /usr/local --strip-components 1
command -v kubectl || curl -fsSL -o /usr/local/bin/kubectl "${kubectlRelease}/$kube/kubectl"
chmod +x "$(command -v kubectl || echo /usr/local/bin/kubectl)"
git clone --depth 1 ${repository} ${folder}
cd ${folder}
npm run setup
printf '#!/bin/sh\\nexec node ${folder}/scripts/bin/workshop.js "$@"\\n' >/usr/local/bin/workshop
chmod +x /usr/local/bin/workshop
workshop up
touch ${marker}
`;
}

const nodeRelease = 'https://nodejs.org/dist/v20.20.2/node-v20.20.2';
const kubectlRelease = 'https://dl.k8s.io/release/v1.35.4/bin/linux';

const waitScript = `echo "The cluster is coming up, which takes a minute or two …"
while [ ! -e ${marker} ] && [ ! -e ${failed} ]; do sleep 1; done
[ ! -e ${failed} ] || { echo "It did not come up:"; tail -n 5 ${log}; }
cd ${folder} && export KUBECONFIG=$(workshop kubeconfig path | sed 's|/kubeconfig$|/course.kubeconfig|')
[ -e ${failed} ] || echo "Ready. Read the text, and check yourself with: workshop verify"
`;
