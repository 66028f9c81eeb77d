import { expect } from 'chai';
import { count, nobody, type Stage, withServer } from '../stage.ts';

/** Which door lets whom in: node ports, external addresses, policies, source ranges, closed doors. */
export function doorScenarios(stage: Stage): void {
  const nodePort = (spec: Record<string, unknown> = {}) =>
    stage.service({ type: 'NodePort', ports: [{ port: 80, nodePort: stage.nodePort }], spec });

  it('refuses at once what has no endpoints: cluster IP, node port, external IP', async () => {
    const { routed } = stage;
    nodePort({ externalIPs: [routed] });
    stage.endpoints([]);
    await stage.sync();
    for (const from of ['c1', 'node', 'out'] as const) {
      expect(await stage.names(from, stage.vip, 80), `${from}, cluster IP`).to.deep.equal(['refused']);
      expect(
        await stage.names(from, stage.address('node'), stage.nodePort),
        `${from}, node port`,
      ).to.deep.equal(['refused']);
      expect(await stage.names(from, routed, 80), `${from}, external IP`).to.deep.equal(['refused']);
    }
  });

  it('opens the node port, hiding clients outside from the endpoints', async () => {
    nodePort();
    stage.endpoints(['a1', 'b1']);
    await stage.sync();
    for (const from of ['out', 'c1', 'node'] as const) {
      const answers = await stage.ask(from, stage.address('node'), stage.nodePort, { times: 4 });
      expect(count(answers.map((answer) => answer.split(' ')[0] ?? '')), from).to.deep.equal({
        a1: 2,
        b1: 2,
      });
      for (const answer of answers) expect(answer.split(' ')[1]).to.not.equal(stage.address('out'));
    }
  });

  it('answers on external IPs and on the load balancer address', async () => {
    const { routed } = stage;
    stage.next();
    const second = stage.routed;
    stage.service({
      type: 'LoadBalancer',
      ingress: [{ ip: routed }],
      externalIPs: [second],
    });
    stage.endpoints(['a1', 'a2']);
    await stage.sync();
    for (const host of [routed, second]) {
      expect(count(await stage.names('out', host, 80, { times: 4 }))).to.deep.equal({ a1: 2, a2: 2 });
    }
  });

  it('under external policy Local: clients outside reach this node’s endpoints and keep their address, pods reach all', async () => {
    nodePort({ externalTrafficPolicy: 'Local' });
    stage.endpoints(['a1', 'b1']);
    await stage.sync();
    const host = stage.address('node');
    const fromOutside = await stage.ask('out', host, stage.nodePort, {
      times: 4,
      from: stage.address('out2'),
    });
    expect(count(fromOutside)).to.deep.equal({ [`a1 ${stage.address('out2')}`]: 4 });
    for (const from of ['c1', 'node'] as const) {
      expect(count(await stage.names(from, host, stage.nodePort, { times: 4 })), from).to.deep.equal({
        a1: 2,
        b1: 2,
      });
    }
  });

  it('under external policy Local without a local endpoint: drops clients outside, serves pods and the node', async () => {
    const { routed } = stage;
    nodePort({ externalTrafficPolicy: 'Local', externalIPs: [routed] });
    stage.endpoints(['b1']);
    await stage.sync();
    expect(await stage.names('out', stage.address('node'), stage.nodePort, nobody)).to.deep.equal(['silent']);
    expect(await stage.names('out', routed, 80, nobody)).to.deep.equal(['silent']);
    expect(await stage.names('c1', stage.address('node'), stage.nodePort)).to.deep.equal(['b1']);
    expect(await stage.names('node', routed, 80)).to.deep.equal(['b1']);
  });

  it('under internal policy Local: local endpoints alone, and silence without one', async () => {
    stage.service({ spec: { internalTrafficPolicy: 'Local' } });
    stage.endpoints(['a1', 'b1']);
    await stage.sync();
    expect(count(await stage.names('c1', stage.vip, 80, { times: 3 }))).to.deep.equal({ a1: 3 });
    stage.endpoints(['b1']);
    await stage.sync();
    for (const from of ['c1', 'node'] as const) {
      expect(await stage.names(from, stage.vip, 80, nobody), from).to.deep.equal(['silent']);
    }
  });

  it('lets only the source ranges use the load balancer address, and everybody the node port', async () => {
    const { routed } = stage;
    const range = `${stage.address('out2')}/${stage.family === 'IPv6' ? 128 : 32}`;
    stage.service({
      type: 'LoadBalancer',
      ports: [{ port: 80, nodePort: stage.nodePort }],
      ingress: [{ ip: routed }],
      spec: { loadBalancerSourceRanges: [range] },
    });
    stage.endpoints(['a1']);
    await stage.sync();
    expect(await stage.names('out', routed, 80, { from: stage.address('out2') })).to.deep.equal(['a1']);
    expect(await stage.names('out', routed, 80, { from: stage.address('out'), ...nobody })).to.deep.equal([
      'silent',
    ]);
    expect(await stage.names('node', routed, 80, nobody)).to.deep.equal(['silent']);
    expect(await stage.names('out', stage.address('node'), stage.nodePort)).to.deep.equal(['a1']);
  });

  it('does not let the node’s own servers be reached through a cluster IP', async () => {
    stage.service();
    stage.endpoints(['a1']);
    await stage.sync();
    await withServer(9999, async () => {
      expect(await stage.names('out', stage.address('node'), 9999)).to.deep.equal(['node-itself']);
      for (const from of ['out', 'c1', 'node'] as const) {
        expect(await stage.names(from, stage.vip, 9999), from).to.deep.equal(['refused']);
      }
    });
  });

  it('gives an external IP that two Services want to the first, and to the second when that has gone', async () => {
    const { routed } = stage;
    stage.service({ externalIPs: [routed] });
    stage.endpoints(['a1']);
    stage.next();
    stage.service({ name: 'xeb', externalIPs: [routed] });
    stage.endpoints(['a2'], { service: 'xeb' });
    await stage.sync();
    expect(await stage.names('out', routed, 80, { times: 2 })).to.deep.equal(['a1', 'a1']);
    stage.remove();
    await stage.sync();
    expect(await stage.names('out', routed, 80, { times: 2 })).to.deep.equal(['a2', 'a2']);
    stage.remove('xeb');
  });
}
