import { expect } from 'chai';
import { demand } from '../check-failure.ts';
import type { Check } from '../lab.ts';
import { tally } from '../statistics.ts';
import { nameOf, readyPods } from '../steps/pods.ts';
import { shortName } from '../steps/requests.ts';
import { askRedis, signRedis } from './redis.ts';

const questions = 40;

export const redisReplicas: Check = {
  claims: ['Z-01'],
  title: 'two replicas of redis stand behind one name: every question is answered, by either of them',
  look: 'kubectl get endpointslices, and in the pod debug: nc redis-master 6379, then PING',
  async run(lab) {
    const pods = await readyPods(lab, 'app=redis,role=master', 2);
    await signRedis(lab, pods);
    const pongs = await askRedis(lab, 'redis-master', 'PING', 6);
    const refusal = pongs.find((reply) => reply !== '+PONG');
    demand(refusal === undefined, { expected: '+PONG to every PING', observed: refusal ?? '' });
    const given = tally(await askRedis(lab, 'redis-master', 'GET pod', questions));
    expect([...given.keys()].sort(), `the replicas that answered ${questions} questions`).to.deep.equal(
      pods.map(nameOf),
    );
    lab.seen([...given].map(([name, count]) => `${shortName(name)} ×${count}`).join(', '));
  },
};
