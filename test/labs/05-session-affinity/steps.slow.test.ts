import { sessionAffinity } from '../../../labs/05-session-affinity/lab.ts';
import { describeSteps } from '../step-loop.ts';

describeSteps(sessionAffinity);
