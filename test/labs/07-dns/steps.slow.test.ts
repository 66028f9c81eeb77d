import { dns } from '../../../labs/07-dns/lab.ts';
import { describeSteps } from '../step-loop.ts';

describeSteps(dns);
