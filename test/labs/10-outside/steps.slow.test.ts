import { outsideLab } from '../../../labs/10-outside/lab.ts';
import { describeSteps } from '../step-loop.ts';

describeSteps(outsideLab);
