import { threeTiers } from '../../../labs/12-three-tiers/lab.ts';
import { describeSteps } from '../step-loop.ts';

describeSteps(threeTiers);
