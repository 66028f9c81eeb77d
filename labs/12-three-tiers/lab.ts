import type { LabDefinition } from '../lab.ts';
import { ensureClient } from '../steps/ensure.ts';
import { applyManifest } from '../steps/objects.ts';
import { endpointsAre, readyPods } from '../steps/pods.ts';
import { backendService } from './backend-service.check.ts';
import { mysqlService } from './mysql-service.check.ts';
import { nginxDoors } from './nginx-doors.check.ts';
import { applyNginxService } from './nginx-service.ts';
import { redisReplicas } from './redis-replicas.check.ts';
import { twoRedis } from './steps/10-two-redis/step.ts';
import { bothLabels } from './steps/20-both-labels/step.ts';
import { theDatabase } from './steps/30-the-database/step.ts';
import { threeDoors } from './steps/40-three-doors/step.ts';
import { applyBackends, applyMysql, applyNginx, applyRedis, backendsReady } from './tiers.ts';

export const threeTiers: LabDefinition = {
  id: '12-three-tiers',
  title: 'An application of three tiers',
  async setUp(lab) {
    await Promise.all([applyRedis(lab), applyMysql(lab), applyNginx(lab), applyBackends(lab)]);
    for (const name of ['redis-master', 'mysql-service', 'backend-service']) await applyManifest(lab, name);
    await applyNginxService(lab);
    const [redis, mysql, nginx] = await Promise.all([
      readyPods(lab, 'app=redis', 2),
      readyPods(lab, 'name=mysql-pod', 1),
      readyPods(lab, 'name=nginx-pod', 1),
      backendsReady(lab),
      ensureClient(lab),
    ]);
    await endpointsAre(lab, 'redis-master', redis);
    await endpointsAre(lab, 'mysql-service', mysql);
    await endpointsAre(lab, 'nginx-service', nginx);
  },
  checks: [redisReplicas, backendService, mysqlService, nginxDoors],
  steps: [twoRedis, bothLabels, theDatabase, threeDoors],
};
