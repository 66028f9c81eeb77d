import { whoAnswers } from '../../../labs/03-who-answers/lab.ts';
import { describeSteps } from '../step-loop.ts';

describeSteps(whoAnswers);
