import { pods } from '../../../labs/01-pods/lab.ts';
import { describeSteps } from '../step-loop.ts';

describeSteps(pods);
