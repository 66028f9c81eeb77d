import { labs } from '../../labs/index.ts';
import { openCluster } from '../../lib/cluster/open.ts';
import { clusterPaths, stateFolder } from '../../lib/paths.ts';
import { applyManifests } from '../apply/apply-manifests.ts';
import { defaultSet } from '../apply/default-set.ts';
import { podsReady } from '../apply/pods-ready.ts';
import type { Command, Context } from '../cli/command.ts';
import { requireOwnCluster } from '../cli/own-cluster.ts';
import { startCluster } from '../up/start.ts';
import { printResults, runVerification } from '../verify/command.ts';
import { jsonReport } from '../verify/report/json.ts';
import { exitCodeOf } from '../verify/results.ts';
import { nextSteps } from './next-steps.ts';

/** `workshop run`, which `npm start` calls */
export const runAll: Command = {
  usage: [''],
  description:
    "Starts the cluster if it does not run, applies the documents' manifests, runs every check, and prints the result.",
  examples: [{ command: 'workshop run', does: 'the whole workshop, from nothing to checked' }],
  flags: {},
  async run(context) {
    requireOwnCluster(
      context,
      'start',
      'workshop apply --kubeconfig FILE, workshop verify --all --kubeconfig FILE',
    );
    await startCluster(context);
    await context.progress.step("apply the documents' manifests", () => applyAll(context));
    context.progress.note(` • check ${labs.length} labs …`);
    const verification = await runVerification(context, []);
    if (context.json) context.out.json(jsonReport(verification));
    else {
      printResults(context, verification);
      context.out.line();
      context.out.write(nextSteps(context));
    }
    return exitCodeOf(verification.results);
  },
};

async function applyAll({ name, env, signal }: Context): Promise<void> {
  const cluster = openCluster(name, clusterPaths(name, stateFolder(env)));
  try {
    const applied = await applyManifests({ client: cluster.client(), names: defaultSet, signal });
    await podsReady(cluster, applied, signal);
  } finally {
    cluster.close();
  }
}
