import { insideTheProxy } from '../../../labs/04-inside-the-proxy/lab.ts';
import { describeSteps } from '../step-loop.ts';

describeSteps(insideTheProxy);
