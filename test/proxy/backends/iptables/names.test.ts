import { expect } from 'chai';
import {
  chainNames,
  destination,
  endpointChain,
  isServiceChain,
} from '../../../../proxy/backends/iptables/names.ts';
import { unitsFor } from '../../units.ts';

/** Vectors of kube-proxy (kube-proxy.md §2.2): whoever changes over between the two finds the same chains. */
describe('names of iptables chains', () => {
  const [named] = unitsFor({
    service: { namespace: 'ns1', name: 'svc1', ports: [{ name: 'p80', port: 80 }] },
  });
  const [unnamed] = unitsFor({ service: { namespace: 'ns1', name: 'svc1', ports: [{ port: 80 }] } });
  const at = (address: string) => ({ address, port: 80, local: false, maybeLocal: false });

  it('are those of kube-proxy for a Service port with a name', () => {
    expect(chainNames(named!)).to.eql({
      svc: 'KUBE-SVC-XPGD46QRK7WJZT7O',
      svl: 'KUBE-SVL-XPGD46QRK7WJZT7O',
      ext: 'KUBE-EXT-XPGD46QRK7WJZT7O',
      fw: 'KUBE-FW-XPGD46QRK7WJZT7O',
    });
  });

  it('are those of kube-proxy for a Service port without a name', () => {
    expect(chainNames(unnamed!).svc).to.equal('KUBE-SVC-AQI2S6QIMU7PVVRP');
  });

  it('are those of kube-proxy for endpoints of both families', () => {
    expect(endpointChain(named!, at('10.180.0.1'))).to.equal('KUBE-SEP-SXIVWICOYRO3J4NJ');
    expect(endpointChain(named!, at('fd00::1'))).to.equal('KUBE-SEP-T5UNFIPVCZXM3U7X');
    expect(destination(at('fd00::1'))).to.equal('[fd00::1]:80');
  });

  const others = ['KUBE-SERVICES', 'KUBE-FIREWALL', 'KUBE-SVC-SHORT', 'cali-KUBE-SVC-XPGD46QRK7WJZT7O'];
  for (const name of others) {
    it(`do not take ${name} for a Service's chain`, () => {
      expect(isServiceChain(name)).to.equal(false);
    });
  }
});
