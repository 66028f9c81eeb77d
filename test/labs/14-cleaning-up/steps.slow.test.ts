import { cleaningUp } from '../../../labs/14-cleaning-up/lab.ts';
import { describeSteps } from '../step-loop.ts';

describeSteps(cleaningUp);
