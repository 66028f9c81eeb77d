import { nodePort } from '../../../labs/08-nodeport/lab.ts';
import { describeSteps } from '../step-loop.ts';

describeSteps(nodePort);
