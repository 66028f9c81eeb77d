import { request } from 'node:https';
import { expect } from 'chai';
import type { Credentials } from '../../../lib/kube/credentials.ts';
import { createAuthority, issue } from '../../../sandbox/pki/authority.ts';
import { ask } from './ask.ts';
import { startApi, type TestApi } from './start-api.ts';

const tokens = new Map([
  ['reader-token', { name: 'reader', groups: ['readers', 'system:authenticated'] }],
  ['admin-token', { name: 'boss', groups: ['system:masters', 'system:authenticated'] }],
]);

describe('access to the API', () => {
  let api: TestApi;
  let base: Credentials;
  const as = async (user: string, groups: string[], method: string, path: string, body?: string) => {
    const { credentials } = await api.clientFor(user, groups);
    return ask(credentials, method, path, body === undefined ? {} : { body });
  };
  before(async () => {
    api = await startApi({ tokens });
    const { server, ca } = api.client.credentials;
    base = { server, ca };
  });
  after(() => api.close());

  it('without credentials reaches health and version alone', async () => {
    for (const path of ['/healthz', '/livez', '/readyz'])
      expect((await ask(base, 'GET', path)).text).to.equal('ok');
    expect((await ask(base, 'GET', '/version')).json).to.include({ major: '1', minor: '35' });
    const api = await ask(base, 'GET', '/apis');
    expect(api.json.message).to.equal('forbidden: User "system:anonymous" cannot get path "/apis"');
    const pods = await ask(base, 'GET', '/api/v1/pods');
    expect(pods.code).to.equal(403);
    expect(pods.json.message).to.equal(
      'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" at the cluster scope',
    );
  });

  it('with wrong credentials reaches nothing', async () => {
    expect((await ask({ ...base, token: 'nope' }, 'GET', '/healthz')).json).to.include({
      code: 401,
      message: 'Unauthorized',
    });
    const stranger = await issue(await createAuthority(), {
      commonName: 'kubernetes-admin',
      groups: ['system:masters'],
    });
    expect((await ask({ ...base, ...stranger }, 'GET', '/api/v1/pods')).code).to.equal(401);
  });

  it('with a token is that of its line', async () => {
    expect((await ask({ ...base, token: 'admin-token' }, 'GET', '/api/v1/pods')).code).to.equal(200);
    const reader = await ask({ ...base, token: 'reader-token' }, 'GET', '/api/v1/namespaces/default/pods/x');
    expect(reader.json.message).to.equal(
      'pods "x" is forbidden: User "reader" cannot get resource "pods" in API group "" in the namespace "default"',
    );
  });

  const proxy = 'system:kube-proxy';
  const node = 'system:node:n1';
  const nodes = ['system:nodes'];
  const rows: [user: string, groups: string[], method: string, path: string, allowed: boolean][] = [
    [proxy, [], 'GET', '/api/v1/services', true],
    [proxy, [], 'GET', '/apis/discovery.k8s.io/v1/endpointslices?watch=1&timeoutSeconds=1', true],
    [proxy, [], 'GET', '/api/v1/secrets', false],
    [proxy, [], 'DELETE', '/api/v1/namespaces/default/services/kubernetes', false],
    [proxy, [], 'GET', '/apis', true],
    ['system:dns', [], 'GET', '/api/v1/endpoints', true],
    ['system:dns', [], 'GET', '/api/v1/configmaps', false],
    [node, nodes, 'GET', '/api/v1/pods?fieldSelector=spec.nodeName%3Dn1', true],
    [node, nodes, 'PATCH', '/api/v1/nodes/n1/status', true],
    [node, nodes, 'PATCH', '/api/v1/nodes/n2/status', false],
    [node, nodes, 'DELETE', '/api/v1/nodes/n1', false],
    [node, nodes, 'PUT', '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n1', true],
    [node, nodes, 'PUT', '/apis/coordination.k8s.io/v1/namespaces/default/leases/n1', false],
    ['system:node:n1', [], 'GET', '/api/v1/pods', false],
    ['anyone', ['kubeadm:cluster-admins'], 'GET', '/api/v1/secrets', true],
    ['kubernetes-admin', [], 'GET', '/api/v1/secrets', false],
  ];
  for (const [user, groups, method, path, allowed] of rows) {
    it(`of ${user}${groups.length > 0 ? ` (${groups})` : ''} by ${method} ${path} is ${allowed ? 'granted' : 'refused'}`, async () => {
      const { code } = await as(
        user,
        groups,
        method,
        path,
        method === 'GET' || method === 'DELETE' ? undefined : '{}',
      );
      if (allowed) expect(code).to.not.be.oneOf([401, 403]);
      else expect(code).to.equal(403);
    });
  }

  it('of a service account is by a token of its own, which nobody can forge', async () => {
    const admin = api.client.credentials;
    await ask(admin, 'POST', '/api/v1/namespaces/default/serviceaccounts', {
      body: '{"metadata":{"name":"robot"}}',
    });
    const path = '/api/v1/namespaces/default/serviceaccounts/robot/token';
    const { token } = (await ask(admin, 'POST', path, { body: '{}' })).json.status;
    const review = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    const me = await ask({ ...base, token }, 'POST', review, { body: '{}' });
    expect(me.json.status.userInfo.username).to.equal('system:serviceaccount:default:robot');
    const [head, , signature] = token.split('.');
    const claims = { sub: 'system:serviceaccount:kube-system:admin', exp: 9e9 };
    const forged = [head, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
    expect((await ask({ ...base, token: forged }, 'POST', review, { body: '{}' })).code).to.equal(401);
  });

  it('can be asked about', async () => {
    const { credentials } = await api.clientFor(proxy);
    const may = async (verb: string, resource: string) => {
      const spec = { resourceAttributes: { verb, resource } };
      const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
      return (await ask(credentials, 'POST', path, { body: JSON.stringify({ spec }) })).json.status.allowed;
    };
    expect(await may('list', 'services')).to.equal(true);
    expect(await may('delete', 'services')).to.equal(false);
  });

  it('as somebody else is for those alone who may do everything', async () => {
    const headers = { 'impersonate-user': 'system:kube-proxy' };
    const admin = api.client.credentials;
    expect((await ask(admin, 'GET', '/api/v1/services', { headers })).code).to.equal(200);
    const secrets = await ask(admin, 'GET', '/api/v1/secrets', { headers });
    expect(secrets.json.message).to.contain('User "system:kube-proxy" cannot list resource "secrets"');
    const groups = { ...headers, 'impersonate-group': 'system:masters' };
    expect((await ask(admin, 'GET', '/api/v1/secrets', { headers: groups })).code).to.equal(200);
    const { credentials } = await api.clientFor('system:kube-proxy');
    const refused = await ask(credentials, 'GET', '/api/v1/services', { headers: groups });
    expect(refused.json.message).to.equal(
      'users "system:kube-proxy" is forbidden: User "system:kube-proxy" cannot impersonate resource "users" in API group "" at the cluster scope',
    );
  });

  it('is the same over the unix socket', async () => {
    const reply = await ask(api.client.credentials, 'GET', '/api/v1/namespaces/default', {
      socketPath: api.socket,
    });
    expect(reply.json.metadata.name).to.equal('default');
    expect((await ask(base, 'GET', '/api/v1/pods', { socketPath: api.socket })).code).to.equal(403);
  });

  it('ends for bodies over 3 MiB, whether they say so before or not', async () => {
    const path = '/api/v1/namespaces/default/configmaps';
    const body = JSON.stringify({ metadata: { name: 'big' }, data: { x: 'x'.repeat(3 * 1024 * 1024) } });
    const reply = await ask(api.client.credentials, 'POST', path, { body }).catch(
      (error: { code?: string }) => error.code,
    );
    if (typeof reply === 'object') {
      expect(reply.json).to.include({ code: 413, reason: 'RequestEntityTooLarge' });
      expect(reply.json.message).to.equal('Request entity too large: limit is 3145728');
    } else expect(reply).to.be.oneOf(['EPIPE', 'ECONNRESET']);
    const chunked = await sendChunked(api, path, body);
    expect(chunked).to.be.oneOf([413, 'EPIPE', 'ECONNRESET']);
    expect((await ask(api.client.credentials, 'GET', `${path}/big`)).code).to.equal(404);
  });
});

function sendChunked(api: TestApi, path: string, body: string): Promise<number | string | undefined> {
  const { server, ca, cert, key } = api.client.credentials;
  return new Promise((resolve) => {
    const options = { method: 'POST', agent: false as const, ca: ca ?? '', cert: cert ?? '', key: key ?? '' };
    const outgoing = request(new URL(path, server), options, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    for (let at = 0; at < body.length; at += 65_536) outgoing.write(body.slice(at, at + 65_536));
    outgoing.end();
  });
}
