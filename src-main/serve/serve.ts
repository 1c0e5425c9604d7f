// The loopback host: serves the page and puts the workbench behind 127.0.0.1, for its own page and nobody else.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Workbench } from '../../src-preload/contract.ts';
import { isProblem, Problem, type ProblemKind } from '../platform/errors.ts';
import { inWords } from '../platform/words.ts';
import { blindSessions } from '../workbench/blind-sessions.ts';
import { openEventStream } from './event-stream.ts';
import { builtPage, readPageFiles, securityHeaders } from './page-files.ts';
import { answerCall, answerGet, failureMessage } from './page-requests.ts';
import { newToken, refuseSender } from './sender.ts';

export interface LoopbackHost extends AsyncDisposable {
  /** Where the page is; whoever knows it can use the catalog. */
  readonly url: string;
}

/** Large enough for the ids of a million images. */
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
  const sessions = blindSessions(workbench);
  const eventStream = openEventStream(workbench, sessions);
  const routes = [
    {
      method: 'GET',
      pattern: /^events$/,
      answer: ({ request, response }: Exchange) => eventStream.add(response, queryOf(request, 'window')),
    },
    {
      method: 'POST',
      pattern: /^call\/([a-z]+\.[a-z]+)$/,
      answer: async ({ request, response, parts }: Exchange) => {
        const packed = await answerCall(sessions.as(windowOf(request)), parts[0]!, await bodyOf(request));
        send(response, 200, 'application/octet-stream', packed);
      },
    },
    {
      method: 'GET',
      pattern: /^(.*)$/,
      answer: async ({ request, response, parts }: Exchange) => {
        const found = await answerGet(parts[0]!, page, workbench, queryOf(request, 'catalog'));
        if (found === undefined) return refuse(response, 404, 'not found');
        response.setHeader('Cache-Control', found.cacheControl);
        send(response, 200, found.type, found.bytes);
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

const queryOf = ({ url }: IncomingMessage, name: string): string | null =>
  new URL(url ?? '', 'http://127.0.0.1').searchParams.get(name);

/** The key that the page has chosen for its window. */
function windowOf({ headers }: IncomingMessage): string | null {
  const key = headers['x-residua-window'];
  return typeof key === 'string' ? key : null;
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Uint8Array>) {
    size += part.length;
    // Read to the end and discarded: a sender that is still writing would not receive the response.
    if (size <= largestBody) parts.push(part);
  }
  if (size > largestBody) throw new Problem('limit', { what: 'size of a request', value: size, limit: largestBody });
  return Buffer.concat(parts);
}

function fail(response: ServerResponse, error: unknown): void {
  const status = (isProblem(error) && statusOf[error.kind]) || 500;
  send(response, status, 'application/json', Buffer.from(JSON.stringify(failureMessage(error))));
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
