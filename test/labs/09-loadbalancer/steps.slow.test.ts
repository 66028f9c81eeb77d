import { loadBalancer } from '../../../labs/09-loadbalancer/lab.ts';
import { describeSteps } from '../step-loop.ts';

describeSteps(loadBalancer);
