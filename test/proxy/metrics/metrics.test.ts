import { expect } from 'chai';
import { createMetrics } from '../../../proxy/metrics/metrics.ts';

describe("the proxy's metrics", () => {
  it('are of the process, too, but not what it would have to wake up for', async () => {
    const { body, type } = await createMetrics().text();
    expect(type).to.match(/^text\/plain/);
    expect(body).to.match(/^process_resident_memory_bytes \d/m);
    expect(body).to.match(/^nodejs_eventloop_lag_seconds \d/m);
    expect(body).to.not.match(/nodejs_eventloop_lag_(min|max|mean|stddev|p\d+)_seconds/);
  });
});
