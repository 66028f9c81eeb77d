import { expect } from 'chai';
import { service, slice } from '../../proxy/objects.ts';
import { baseFlags, createStage } from '../scenario.ts';
import { createWorld, type World } from '../world.ts';
import { stream } from './stream.ts';

/**
 * Kills node n1's proxy `rounds` times in the midst of its work, under traffic. Throws unless no request met an endpoint that it should
 * not, or none; an established connection went on all the time; and after each restart the rules were right. With some hundred
 * other Services a full sync is several transactions in a user namespace, and may be killed between any two of them.
 */
export async function killAgainAndAgain(rounds: number, others: number): Promise<void> {
  const world = await createWorld();
  try {
    fill(world, others);
    await world.useProxies(baseFlags);
    await killing(world, rounds);
  } finally {
    await world.close();
  }
}

function fill({ api }: World, others: number): void {
  const names = Array.from({ length: others }, (_, i) => `other-${i}`);
  const address = (i: number) => `172.17.${16 + (i >> 8)}.${i & 255}`;
  api.load(
    'services',
    names.map((name, i) => service({ name, clusterIPs: [address(i)] })),
  );
  const endpoints = [{ ip: '172.16.2.2', node: 'n2' }];
  api.load(
    'endpointslices',
    names.map((name) => slice({ service: name, endpoints })),
  );
}

async function killing(world: World, rounds: number): Promise<void> {
  const t = createStage(world, 'IPv4');
  t.service({ type: 'NodePort', ports: [{ port: 80, nodePort: 30_080 }] });
  t.endpoints(['a1', 'b1']);
  t.service({ name: 'moving', vip: 81 });
  t.endpoints(['a2'], { service: 'moving' });
  await t.settled();
  const order = { key: 'held', protocol: 'tcp', host: t.vip(80), port: 80, timeoutMs: 3000 } as const;
  expect(await world.agents.c1.hold(order)).to.match(/^(a1|b1) /);
  const streams = [
    stream(() => t.names('c1', t.vip(80), 80), /^(a1|b1)$/),
    stream(() => t.names('out', t.address('n1'), 30_080), /^(a1|b1)$/),
    stream(() => t.names('a1', t.vip(81), 80), /^(a2|b2)$/),
  ];
  for (let round = 0; round < rounds; round++) {
    const now = round % 2 === 0 ? 'b2' : 'a2';
    t.endpoints([now], { service: 'moving' });
    // Within a partial sync, or between; every third time within the full sync of the start.
    await pause((round * 7) % 60);
    await world.stopProxy('n1', 'SIGKILL');
    await world.startProxy('n1', baseFlags);
    if (round % 3 === 2) {
      await pause(300 + ((round * 37) % 500));
      await world.stopProxy('n1', 'SIGKILL');
      await world.startProxy('n1', baseFlags);
    }
    await t.settled();
    expect(await t.names('c1', t.vip(81), 80), `after round ${round}`).to.eql([now]);
    expect(await world.agents.c1.say({ key: 'held', word: 'on' }), `after round ${round}`).to.equal('on');
  }
  for (const { end } of streams) {
    const { wrong, asked } = await end();
    expect(wrong).to.eql([]);
    expect(asked).to.be.greaterThan(10);
  }
  await t.eventually('the rules to be found right', async () => {
    return (await t.metric('n1', 'kubeproxy_drift_checks_total')) > 1;
  });
  expect(await t.metric('n1', 'kubeproxy_drift_repairs_total')).to.equal(0);
  expect((await world.nft('n1', 'list', 'tables')).trim().split('\n')).to.have.length(2);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
