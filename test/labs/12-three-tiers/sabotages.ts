import { changed, type Sabotage } from '../breaking.ts';

export const threeTiersSabotages: readonly Sabotage[] = [
  {
    claim: 'Z-01',
    name: 'the frontend is bound to one replica by affinity',
    break: (lab) => changed(lab, 'redis-master', { sessionAffinity: 'ClientIP' }),
    expected: /the replicas that answered 40 questions: \[ 'redis-\S+', 'redis-\S+' \]/,
    observed: /\[ 'redis-[^,]+' \]/,
  },
  {
    claim: 'Z-03',
    name: 'the selector asks for one label only',
    break: (lab) => changed(lab, 'backend-service', { selector: { app: 'myapp', tier: null } }),
    expected: /the pods that answered 60 requests: \[ 'backend-\S+', 'backend-\S+' \]/,
    observed: /'frontend-/,
  },
  {
    claim: 'Z-04',
    name: "a node's address is made an external IP of the database",
    break: (lab) => changed(lab, 'mysql-service', { externalIPs: ['192.168.56.11'] }),
    expected: /answers outside: \[\]/,
    observed: /192\.168\.56\.11:33306/,
  },
  {
    claim: 'Z-05',
    name: 'the target port is the number of the Service',
    break: (lab) => changed(lab, 'nginx-service', { ports: [{ port: 30_080, targetPort: 30_080 }] }),
    expected: /all three doors open/,
    observed: /172\.17\.\S+:30080 inside/,
  },
];
