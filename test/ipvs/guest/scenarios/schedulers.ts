import { expect } from 'chai';
import type { Scheduler } from '../../../../proxy/backends/ipvs/options.ts';
import { supported } from '../../../../proxy/backends/ipvs/supported.ts';
import { count, type Stage } from '../stage.ts';

/** How each of the kernel's schedulers shares connections out; changed while the proxy runs. */
export function schedulerScenarios(stage: Stage): void {
  /** A Service without connections yet. */
  const begin = () => {
    stage.next();
    stage.service();
    stage.endpoints(['a1', 'a2', 'a3']);
  };

  before(async () => {
    begin();
    await stage.sync();
  });

  after(async () => {
    stage.remove();
    stage.restart();
    await stage.sync(true);
  });

  const change = async (scheduler: Scheduler) => {
    stage.restart({ scheduler });
    await stage.sync(true);
    expect(await stage.table()).to.match(new RegExp(`:80 ${scheduler}\\b`));
  };
  const ask = (times: number, from?: string) =>
    stage.names('out', stage.vip, 80, { times, ...(from !== undefined && { from }) });

  for (const scheduler of ['rr', 'wrr'] as const) {
    it(`${scheduler}: strictly in turn`, async () => {
      await change(scheduler);
      const names = await ask(6);
      expect(new Set(names.slice(0, 3)).size).to.equal(3);
      expect(names.slice(0, 3)).to.deep.equal(names.slice(3));
    });
  }

  it('sh: each client stays with one, whatever its port', async () => {
    await change('sh');
    for (const from of [stage.address('out'), stage.address('out2')]) {
      const names = await ask(5, from);
      expect(new Set(names).size, from).to.equal(1);
    }
  });

  it('dh: all clients of one address go to one', async () => {
    await change('dh');
    const names = [
      ...(await ask(3)),
      ...(await ask(3, stage.address('out2'))),
      ...(await stage.names('c1', stage.vip, 80, { times: 3 })),
    ];
    expect(new Set(names).size).to.equal(1);
  });

  it('mh: the same client and port always meet the same one; all take part', async () => {
    await change('mh');
    const ports = Array.from({ length: 12 }, (_, i) => 41_000 + i * 7);
    const names: string[] = [];
    for (const localPort of ports) names.push(...(await stage.names('out', stage.vip, 80, { localPort })));
    expect(new Set(names).size).to.be.greaterThan(1);
  });

  for (const scheduler of ['lc', 'wlc', 'sed', 'nq'] as const) {
    it(`${scheduler}: prefers whoever has no connections`, async () => {
      begin();
      await change(scheduler);
      const world = stage.world.agents;
      const order = { protocol: 'tcp' as const, host: stage.vip, port: 80, timeoutMs: 8000 };
      const busy = [0, 1].map((i) => world.c1.hold({ ...order, key: `${scheduler}-${i}` }));
      const names = (await Promise.all(busy)).map((answer) => answer.split(' ')[0]);
      // Open connections weigh most: the third goes to the one that has none.
      const [third] = await stage.names('c1', stage.vip, 80);
      expect([...names, third].sort()).to.deep.equal(['a1', 'a2', 'a3']);
    });
  }

  for (const scheduler of ['lblc', 'lblcr'] as const) {
    it(`${scheduler}: one address stays with one while that is not overloaded`, async () => {
      await change(scheduler);
      expect(Object.keys(count(await ask(4)))).to.have.length(1);
    });
  }

  it('says that it works here, and which scheduler the kernel does not have', async () => {
    expect(await supported('rr')).to.equal(undefined);
    expect(await supported('fortune' as Scheduler)).to.include('cannot schedule by fortune');
    expect(await stage.see('ipvsadm', '-Ln')).to.not.include('198.51.100.0');
  });
}
