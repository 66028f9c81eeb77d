import { expect } from 'chai';
import { count, eventually, type Stage } from '../stage.ts';

/** Who is reached through a cluster IP, and who sees whom. */
export function balancingScenarios(stage: Stage): void {
  it('puts the cluster IP on kube-ipvs0 and shows the virtual server with its real ones', async () => {
    stage.service();
    stage.endpoints(['a1', 'a2']);
    await stage.sync();
    expect(await stage.see('ip', 'addr', 'show', 'dev', 'kube-ipvs0')).to.include(stage.vip);
    const table = await stage.table();
    expect(table).to.match(/^TCP +\S+:80 rr/m);
    expect(table.match(/:8080 +Masq +1 /g)).to.have.length(2);
  });

  it('takes all endpoints strictly in turn, from a pod, the node and outside', async () => {
    stage.service();
    stage.endpoints(['a1', 'a2', 'b1']);
    await stage.sync();
    for (const from of ['c1', 'node', 'out'] as const) {
      const names = await stage.names(from, stage.vip, 80, { times: 9 });
      expect(count(names), from).to.deep.equal({ a1: 3, a2: 3, b1: 3 });
      expect(names.slice(0, 3), from).to.deep.equal(names.slice(3, 6)).and.deep.equal(names.slice(6, 9));
    }
  });

  it('shows endpoints the address of a pod, and the node in place of everybody else', async () => {
    stage.service();
    stage.endpoints(['b1']);
    await stage.sync();
    expect(await stage.ask('c1', stage.vip, 80)).to.deep.equal([`b1 ${stage.address('c1')}`]);
    for (const from of ['node', 'out'] as const) {
      const [answer = ''] = await stage.ask(from, stage.vip, 80);
      const [name, seen] = answer.split(' ');
      expect(name, from).to.equal('b1');
      expect(seen, from).to.not.be.oneOf([stage.vip, stage.address('out'), undefined]);
    }
  });

  it('lets a pod reach itself', async () => {
    stage.service();
    stage.endpoints(['a1']);
    await stage.sync();
    expect(await stage.names('a1', stage.vip, 80, { times: 2 })).to.deep.equal(['a1', 'a1']);
  });

  it('serves UDP beside TCP on the same number', async () => {
    const ports = [
      { name: 't', port: 80 },
      { name: 'u', protocol: 'UDP', port: 80 },
    ];
    stage.service({ ports });
    stage.endpoints(['a1'], { port: 5353, protocol: 'UDP' });
    await stage.sync();
    // The slice's port has no name, so neither port of the Service has an endpoint.
    expect(await stage.names('c1', stage.vip, 80)).to.deep.equal(['refused']);
    stage.service({ ports: [{ protocol: 'UDP', port: 80 }] });
    await stage.sync();
    expect(await stage.names('c1', stage.vip, 80, { protocol: 'udp' })).to.deep.equal(['a1']);
    expect(await stage.names('c1', stage.vip, 80)).to.deep.equal(['refused']);
  });

  it('keeps a client at one endpoint with affinity, until its time is over', async () => {
    stage.service({ spec: affinity(15) });
    stage.endpoints(['a1', 'a2', 'a3']);
    await stage.sync();
    expect(await stage.table()).to.include('persistent 15');
    const [first = '', ...rest] = await stage.names('node', stage.vip, 80, { times: 8 });
    expect(count(rest)).to.deep.equal({ [first]: 7 });
    // Longer than the kernel counts connections that were reset: with one of them left it keeps the record for a minute more.
    const moved = async () => (await stage.names('node', stage.vip, 80))[0] !== first;
    await eventually('another endpoint', moved, 60_000, 18_000);
  });

  it('spreads again when affinity is taken away, in the same virtual server', async () => {
    stage.service({ spec: affinity(600) });
    stage.endpoints(['a1', 'a2']);
    await stage.sync();
    expect(Object.keys(count(await stage.names('c1', stage.vip, 80, { times: 4 })))).to.have.length(1);
    stage.service();
    await stage.sync();
    expect(count(await stage.names('c1', stage.vip, 80, { times: 4 }))).to.deep.equal({ a1: 2, a2: 2 });
  });
}

function affinity(timeoutSeconds: number): Record<string, unknown> {
  return { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds } } };
}
