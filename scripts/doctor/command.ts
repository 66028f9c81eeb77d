import type { Backend } from '../../lib/cluster/cluster.ts';
import { readVagrantRecord } from '../../lib/cluster/vagrant/record.ts';
import { bundleFolder, clusterPaths, stateFolder } from '../../lib/paths.ts';
import type { Command, Context } from '../cli/command.ts';
import { addressFindings } from './addresses.ts';
import type { Finding } from './check.ts';
import { checkKernel } from './kernel.ts';
import { checkNamespaces } from './namespaces.ts';
import { anyClusterFindings, sandboxNodeFindings } from './nodes.ts';
import { checkPlatform } from './platform.ts';
import { checkPrograms } from './programs.ts';
import { checkSpace } from './space.ts';
import { clusterFindings } from './vagrant/cluster.ts';
import { machineFindings } from './vagrant/findings.ts';

/** `workshop doctor` */
export const doctor: Command = {
  usage: ['', '--backend vagrant [--bundle DIR]', '--kubeconfig FILE'],
  examples: [
    { command: 'workshop doctor', does: 'what is there, what is missing, and what to type' },
    {
      command: 'workshop doctor --backend vagrant',
      does: 'the same for virtual machines, and for those that run',
    },
    {
      command: 'workshop doctor --kubeconfig admin.conf',
      does: 'whether that cluster is as the settings say, with a shell on each node',
    },
  ],
  flags: {
    bundle: { type: 'string', value: 'DIR', summary: 'with --backend vagrant: the bundle to look at' },
  },
  async run(context) {
    const { out, json } = context;
    const findings = await lookAt[context.backend](context);
    if (json) out.json(findings);
    else for (const finding of findings) out.line(line(finding));
    return findings.some(({ ok, required }) => !ok && required) ? 3 : 0;
  },
};

const lookAt: Readonly<Record<Backend, (context: Context) => Promise<Finding[]>>> = {
  sandbox: sandboxFindings,
  vagrant: machinesFindings,
  kubeconfig: anyClusterFindings,
};

async function sandboxFindings(context: Context): Promise<Finding[]> {
  const { env, settings, signal } = context;
  return [
    ...checkPlatform(process.platform),
    ...checkPrograms(env['PATH']),
    ...(await checkNamespaces({ signal })),
    ...(await checkKernel(signal)),
    ...checkSpace(env),
    ...(await addressFindings(settings, signal)),
    ...(await sandboxNodeFindings(context)),
  ];
}

async function machinesFindings({ env, settings, signal, flags, name }: Context): Promise<Finding[]> {
  const paths = clusterPaths(name, stateFolder(env));
  const record = readVagrantRecord(paths.record);
  const named = flags['bundle'];
  const bundle = typeof named === 'string' ? named : (record?.bundle ?? bundleFolder(env));
  const before = await machineFindings({ settings: record?.settings ?? settings, env, bundle, signal });
  return [...before, ...(record ? await clusterFindings(paths, record, signal) : [])];
}

function line({ ok, required, id, message, advice }: Finding): string {
  const sign = ok ? '✓' : required ? '✗' : '!';
  const next = advice === undefined ? '' : `\n     ${advice}`;
  return ` ${sign} ${id}: ${message}${next}`;
}
