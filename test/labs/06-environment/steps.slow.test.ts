import { environment } from '../../../labs/06-environment/lab.ts';
import { describeSteps } from '../step-loop.ts';

describeSteps(environment);
