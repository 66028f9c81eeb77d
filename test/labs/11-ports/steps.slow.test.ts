import { ports } from '../../../labs/11-ports/lab.ts';
import { describeSteps } from '../step-loop.ts';

describeSteps(ports);
