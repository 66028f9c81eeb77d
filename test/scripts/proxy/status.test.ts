import { expect } from 'chai';
import { stateOf } from '../../../scripts/proxy/status.ts';

describe('the state of a proxy', () => {
  /** Of a proxy whose last sync was a minute ago. */
  const metricsNow = () =>
    'kubeproxy_sync_proxy_rules_duration_seconds_bucket{le="0.1"} 6\n' +
    'kubeproxy_sync_proxy_rules_duration_seconds_count 7\n' +
    `kubeproxy_sync_proxy_rules_last_timestamp_seconds ${Date.now() / 1000 - 60}`;

  it('is what it says of itself', () => {
    const { lastSync, ...state } = stateOf('n', { proxyMode: 'ipvs', healthz: '{}', metrics: metricsNow() });
    expect(state).to.deep.equal({ node: 'n', mode: 'ipvs', health: 'healthy', syncs: '7' });
    expect(lastSync).to.match(/^6\d s ago$/);
  });

  it('is not healthy when it tells its mode and not its health', () => {
    expect(stateOf('n', { proxyMode: 'ipvs', metrics: metricsNow() }).health).to.equal('not healthy');
  });

  it('is unknown when it says nothing', () => {
    const none = 'no answer';
    const unknown = 'unknown';
    expect(stateOf('n', {})).to.deep.equal({
      node: 'n',
      mode: none,
      health: none,
      lastSync: unknown,
      syncs: unknown,
    });
  });
});
