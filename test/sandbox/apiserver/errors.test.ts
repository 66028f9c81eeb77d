import { expect } from 'chai';
import { ask } from './ask.ts';
import { changes } from './refused-changes.ts';
import { creations, maps } from './refused-creations.ts';
import { startApi, type TestApi } from './start-api.ts';

describe('the texts of refusals', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi();
    await ask(api.client.credentials, 'POST', maps, { body: '{"metadata":{"name":"a"},"data":{"x":"y"}}' });
  });
  after(() => api.close());

  for (const { it: title, send, code, message } of [...creations, ...changes]) {
    it(`are Kubernetes' for ${title}`, async () => {
      const [method, path, body, type] = send;
      const reply = await ask(api.client.credentials, method, path, {
        ...(body !== undefined && { body }),
        ...(type !== undefined && { type }),
      });
      expect(reply.json).to.include({ kind: 'Status', status: 'Failure', code });
      expect(reply.json.message.replace(/record \(\d+\)/, 'record (RV)')).to.equal(message);
      expect(reply.code).to.equal(code);
    });
  }

  it('tell of unknown fields by a header when the object is taken all the same', async () => {
    const body = '{"metadata":{"name":"warned","bad":1},"foo":1}';
    const reply = await ask(api.client.credentials, 'POST', maps, { body });
    expect(reply.code).to.equal(201);
    expect(reply.headers['warning']).to.equal(
      String.raw`299 - "unknown field \"metadata.bad\"", 299 - "unknown field \"foo\""`,
    );
    expect(reply.json).to.not.have.property('foo');
  });
});
