import type { IncomingMessage, ServerResponse } from 'node:http';
import { ServerResponse as RawResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { messageOf } from '../../lib/errors.ts';
import type { Api, Call } from './api.ts';
import type { Authenticator } from './auth/authenticate.ts';
import { authorize } from './auth/authorize.ts';
import { impersonated } from './auth/impersonate.ts';
import type { User } from './auth/user.ts';
import { readBody } from './http/body.ts';
import { parseRequest, type RequestInfo } from './http/request-info.ts';
import { respond, respondText } from './http/respond.ts';
import { tunnel } from './kubelet/forward.ts';
import type { Page } from './pages.ts';
import { route } from './routes.ts';
import { badRequest, noSuchResource, Refusal } from './status.ts';
import { accessReview, selfReview } from './subresources/reviews.ts';

export interface Handler {
  request(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** Serves every request: authenticate, authorize, route, answer; whatever is thrown becomes a `Status`. */
export function createHandler(api: Api, authenticate: Authenticator, pages: Page): Handler {
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { user, info } = admit(request);
    if (!info.isResource) return pages(info, request, response);
    const call = callFor({ user, info, request, response });
    const deprecation = deprecations[info.plural];
    if (deprecation) response.appendHeader('warning', `299 - ${JSON.stringify(deprecation)}`);
    const answer = call ? await route(call) : await reviewOrNothing(info, user, request, response);
    if (answer) await respond(request, response, answer);
  }

  function admit(request: IncomingMessage): { user: User; info: RequestInfo } {
    const user = impersonated(authenticate(request), request);
    const info = parse(request);
    authorize(user, info);
    return { user, info };
  }

  function callFor(parts: Pick<Call, 'user' | 'info' | 'request' | 'response'>): Call | undefined {
    const info = parts.info.plural === 'bindings' ? { ...parts.info, ...podBinding } : parts.info;
    const kind = api.registry.at(info.group, info.version, info.plural);
    return kind && { ...parts, info, api, kind, body: () => readBody(parts.request) };
  }

  /** What is not kept: questions about oneself. */
  async function reviewOrNothing(
    info: RequestInfo,
    user: User,
    request: IncomingMessage,
    response: ServerResponse,
  ) {
    const type = request.headers['content-type'];
    if (info.verb === 'create' && info.plural === 'selfsubjectaccessreviews') {
      return accessReview(api, user, await readBody(request), type);
    }
    if (info.verb === 'create' && info.plural === 'selfsubjectreviews') return selfReview(api, user);
    if (api.registry.all.some(({ group, version }) => group === info.group && version === info.version)) {
      throw noSuchResource();
    }
    respondText(response, 404, '404 page not found\n');
    return undefined;
  }

  async function serveUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { user, info } = admit(request);
    const call = callFor({ user, info, request, response: new RawResponse(request) });
    if (!call || !['exec', 'attach', 'portforward'].includes(info.subresource)) {
      throw badRequest('this resource cannot be upgraded');
    }
    await tunnel(call, socket, head);
  }

  async function fail(request: IncomingMessage, response: ServerResponse, error: unknown): Promise<void> {
    const refusal = refusalFrom(error, api);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (refusal.code === 413) response.setHeader('connection', 'close');
    await respond(request, response, { code: refusal.code, body: refusal.status });
  }

  return {
    request(request, response) {
      serve(request, response)
        .catch((error: unknown) => fail(request, response, error))
        .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
    },
    upgrade(request, socket, head) {
      socket.on('error', () => socket.destroy());
      serveUpgrade(request, socket, head).catch((error: unknown) => {
        const { code, status } = refusalFrom(error, api);
        const body = JSON.stringify(status);
        const type = 'Content-Type: application/json\r\nConnection: close';
        socket.end(
          `HTTP/1.1 ${code} Refused\r\n${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
        );
      });
    },
  };
}

/** Kubernetes' own words about kinds on their way out; every answer carries them. */
const deprecations: Readonly<Record<string, string>> = {
  endpoints: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
};

/** The old place of bindings; the pod's name is in the body. */
const podBinding = { plural: 'pods', subresource: 'binding', name: '' } as const;

function parse({ method = 'GET', url = '/' }: IncomingMessage): RequestInfo {
  try {
    return parseRequest(method, url);
  } catch {
    throw badRequest('the URL is badly escaped');
  }
}

/** A fault of ours, a full disk: the client hears of it, and so does the log. */
function refusalFrom(error: unknown, api: Api): Refusal {
  if (error instanceof Refusal) return error;
  api.log.error('request failed', { error, stack: error instanceof Error ? error.stack : undefined });
  return new Refusal(500, 'InternalError', `Internal error occurred: ${messageOf(error)}`, {
    causes: [{ message: messageOf(error) }],
  });
}
