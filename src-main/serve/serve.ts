// The loopback host: serves the page and puts the workbench behind 127.0.0.1, for its own page and nobody else.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type MethodName, methods, type Request, type Workbench } from '../../src-preload/contract.ts';
import type { FailureMessage } from '../../src-preload/host.ts';
import { pack, unpack } from '../../src-preload/wire.ts';
import { isProblem, Problem, type ProblemKind } from '../platform/errors.ts';
import { inWords } from '../platform/words.ts';
import { openEventStream } from './event-stream.ts';
import { builtPage, readPageFiles, securityHeaders } from './page-files.ts';
import { newToken, refuseSender } from './sender.ts';

export interface LoopbackHost extends AsyncDisposable {
  /** Where the page is; whoever knows it can use the catalog. */
  readonly url: string;
}

/** Ids of a whole archive of a million images fit. */
const largestBody = 8 * 1024 * 1024;

const statusOf: { readonly [K in ProblemKind]?: number } = { usage: 400, missing: 404, limit: 413 };

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The parts of the address that the route's pattern holds in brackets. */
  readonly parts: readonly string[];
}

/**
 * Serves `workbench` and the built page in `folder` on `port` (0: any free one). Throws `file` when the port is taken,
 * `missing` without a page.
 */
export async function serve(
  workbench: Workbench,
  { port, folder = builtPage }: { readonly port: number; readonly folder?: string },
): Promise<LoopbackHost> {
  const page = readPageFiles(folder);
  const token = newToken();
  const eventStream = openEventStream(workbench);
  const routes = [
    { method: 'GET', pattern: /^events$/, answer: ({ response }: Exchange) => eventStream.add(response) },
    { method: 'POST', pattern: /^call\/([a-z]+\.[a-z]+)$/, answer: (exchange: Exchange) => call(workbench, exchange) },
    {
      method: 'GET',
      pattern: /^images\/(\d{1,15})\/thumbnail\/(\d{1,4})\.png$/,
      answer: (exchange: Exchange) => thumbnail(workbench, exchange),
    },
    {
      method: 'GET',
      pattern: /^((?:[A-Za-z0-9_-]+\/)*[A-Za-z0-9_-]+\.[a-z0-9]+|)$/,
      answer: ({ response, parts }: Exchange) => {
        const file = page.get(parts[0] || 'index.html');
        if (file === undefined) return refuse(response, 404, 'not found');
        send(response, 200, file.type, file.bytes);
      },
    },
  ] as const;

  const server = createServer((request, response) => {
    const refusal = refuseSender(request, token, (server.address() as AddressInfo).port);
    if (refusal !== undefined) return refuse(response, refusal.status, refusal.text);
    const address = new URL(request.url ?? '', 'http://127.0.0.1').pathname.slice(token.length + 2);
    for (const { method, pattern, answer } of routes) {
      const match = request.method === method ? pattern.exec(address) : null;
      if (match === null) continue;
      Promise.resolve(answer({ request, response, parts: match.slice(1) })).catch((error) => fail(response, error));
      return;
    }
    refuse(response, 404, 'not found');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new Problem('file', { file: `port ${port}`, reason: inWords(error) })));
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${token}/`,
    async [Symbol.asyncDispose]() {
      eventStream.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function call(workbench: Workbench, { request, response, parts }: Exchange): Promise<void> {
  const name = parts[0]!;
  if (!Object.hasOwn(methods, name)) throw new Problem('missing', { what: 'method', name });
  const method = name as MethodName;
  const asked = checked(method, await bodyOf(request));
  const answer = await workbench.call(method, asked);
  send(response, 200, 'application/octet-stream', pack(answer));
}

async function thumbnail(workbench: Workbench, { response, parts }: Exchange): Promise<void> {
  const request = checked('images.thumbnail', { id: Number(parts[0]), size: Number(parts[1]) });
  const { png } = await workbench.call('images.thumbnail', request);
  // The content of an image's row never changes: another content is another image.
  response.setHeader('Cache-Control', 'private, max-age=86400, immutable');
  send(response, 200, 'image/png', png);
}

function checked<M extends MethodName>(method: M, value: unknown): Request<M> {
  const parsed = methods[method].request.safeParse(value);
  if (parsed.success) return parsed.data as Request<M>;
  const [issue] = parsed.error.issues;
  throw new Problem('usage', { message: `${method}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}` });
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Uint8Array>) {
    size += part.length;
    // Read to its end, but not kept: a sender that is still writing would not hear the answer.
    if (size <= largestBody) parts.push(part);
  }
  if (size > largestBody) throw new Problem('limit', { what: 'size of a request', value: size, limit: largestBody });
  try {
    return unpack(Buffer.concat(parts));
  } catch (error) {
    throw new Problem('usage', { message: `the request cannot be read: ${inWords(error)}` }, { cause: error });
  }
}

function fail(response: ServerResponse, error: unknown): void {
  const kind = isProblem(error) ? error.kind : null;
  const message: FailureMessage = { kind, words: inWords(error) };
  send(response, (kind !== null && statusOf[kind]) || 500, 'application/json', Buffer.from(JSON.stringify(message)));
}

function refuse(response: ServerResponse, status: number, text: string): void {
  send(response, status, 'text/plain; charset=utf-8', Buffer.from(text));
}

function send(response: ServerResponse, status: number, type: string, body: Uint8Array): void {
  if (response.headersSent || response.destroyed) return;
  if (!response.hasHeader('Cache-Control')) response.setHeader('Cache-Control', 'no-store');
  response.writeHead(status, { ...securityHeaders, 'Content-Type': type, 'Content-Length': body.length });
  response.end(body);
}
