import { clusterIp } from '../../../labs/02-clusterip/lab.ts';
import { describeSteps } from '../step-loop.ts';

describeSteps(clusterIp);
