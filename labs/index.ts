import { pods } from './01-pods/lab.ts';
import { clusterIp } from './02-clusterip/lab.ts';
import { whoAnswers } from './03-who-answers/lab.ts';
import { insideTheProxy } from './04-inside-the-proxy/lab.ts';
import { sessionAffinity } from './05-session-affinity/lab.ts';
import { environment } from './06-environment/lab.ts';
import { dns } from './07-dns/lab.ts';
import { nodePort } from './08-nodeport/lab.ts';
import { loadBalancer } from './09-loadbalancer/lab.ts';
import { outsideLab } from './10-outside/lab.ts';
import { ports } from './11-ports/lab.ts';
import { threeTiers } from './12-three-tiers/lab.ts';
import { failure } from './13-failure/lab.ts';
import { cleaningUp } from './14-cleaning-up/lab.ts';
import type { LabDefinition } from './lab.ts';

/** The course, in teaching order. */
export const labs: readonly LabDefinition[] = [
  pods,
  clusterIp,
  whoAnswers,
  insideTheProxy,
  sessionAffinity,
  environment,
  dns,
  nodePort,
  loadBalancer,
  outsideLab,
  ports,
  threeTiers,
  failure,
  cleaningUp,
];
