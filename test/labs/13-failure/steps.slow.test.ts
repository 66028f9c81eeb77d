import { failure } from '../../../labs/13-failure/lab.ts';
import { describeSteps } from '../step-loop.ts';

describeSteps(failure);
