// GET requests to one DICOMweb service: bounded, patient to a point, redirected a few times where that is allowed, credentials to its own origin only.
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { DicomwebPeer, PacsCredentials } from '../../../src-preload/schemas/pacs.ts';
import { Problem } from '../../platform/errors.ts';
import { oneLine } from '../../platform/words.ts';
import type { Certificates } from '../certificates.ts';
import { checkLimit, limits } from '../limits.ts';
import { Patience } from '../patience.ts';
import { fails, peerProblem, refuses } from '../peer.ts';

/** A response whose status says that all is well; its body in chunks, which must be consumed or destroyed. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: AsyncIterable<Uint8Array>;
  readonly destroy: () => void;
}

export interface HttpOptions {
  readonly peer: DicomwebPeer;
  readonly certificates: Certificates;
  readonly credentials: PacsCredentials | undefined;
  readonly timeout: number;
  readonly connections: number;
}

/** Sends requests over a few connections that stay open. */
export class HttpClient implements Disposable {
  readonly #options: HttpOptions;
  readonly #origin: string;
  readonly #plain: http.Agent;
  readonly #secure: https.Agent;
  /** For other origins: our certificate is not shown there. */
  readonly #elsewhere: https.Agent;

  constructor(options: HttpOptions) {
    const { peer, certificates, connections, credentials } = options;
    this.#options = options;
    const { origin, protocol, hostname } = new URL(peer.url);
    this.#origin = origin;
    if (credentials !== undefined && protocol === 'http:' && !isLoopback(hostname)) {
      throw refuses(peer.url, 'a password or token is sent by https only');
    }
    // Some services keep connections for a second only, which Node would otherwise take for no time at all.
    const settings = {
      keepAlive: true,
      agentKeepAliveTimeoutBuffer: 250,
      maxSockets: connections,
      maxTotalSockets: connections + 2,
    };
    const { cert: _cert, key: _key, ...trusted } = certificates;
    this.#plain = new http.Agent(settings);
    this.#secure = new https.Agent({ ...settings, ...certificates });
    this.#elsewhere = new https.Agent({ ...settings, ...trusted });
  }

  /** Gets an address below that of the service. Throws `peer`; a missing resource is null, as is an answer without content. */
  async get(path: string, accept: string, signal: AbortSignal): Promise<Answer | null> {
    let address = new URL(`${this.#options.peer.url.replace(/\/+$/, '')}/${path}`);
    for (let redirects = 0; ; redirects++) {
      const response = await this.#send(address, accept, signal);
      const status = response.statusCode ?? 0;
      if (status >= 300 && status < 400) {
        response.destroy();
        if (redirects === limits.redirects) throw this.#refuses('redirects too many times');
        address = this.#redirected(address, response.headers.location);
        continue;
      }
      if (status === 200) return this.#answer(response, signal);
      response.destroy();
      if (status === 204 || status === 404 || status === 410) return null;
      throw this.#failure(status);
    }
  }

  /** Consumes a body that is small enough to be held. Throws `limit`. */
  async whole({ body }: Answer, limit: 'pageBytes'): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of body) {
      bytes += chunk.length;
      checkLimit(limit, `an answer of ${this.#options.peer.url} in bytes`, bytes);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  [Symbol.dispose](): void {
    for (const agent of [this.#plain, this.#secure, this.#elsewhere]) agent.destroy();
  }

  #refuses(reason: string): Problem {
    return refuses(this.#options.peer.url, reason);
  }

  /** Where a redirect leads, if that is allowed: the same origin or one that the user has named, never from https to http. */
  #redirected(from: URL, location: string | undefined): URL {
    const to = location === undefined ? null : URL.parse(location, from);
    if (to === null || !/^https?:$/.test(to.protocol)) throw this.#refuses('redirects to nowhere');
    if (from.protocol === 'https:' && to.protocol === 'http:') throw this.#refuses('redirects from https to http');
    if (to.origin !== this.#origin && !this.#options.peer.redirects.includes(to.origin)) {
      const named = oneLine(to.origin).slice(0, 200);
      throw this.#refuses(
        `redirects to ${named}, which is another server: allow it with --allow-redirect if that is right`,
      );
    }
    to.username = '';
    to.password = '';
    return to;
  }

  #send(address: URL, accept: string, signal: AbortSignal): Promise<IncomingMessage> {
    const { peer, credentials, timeout } = this.#options;
    const headers: Record<string, string> = { Accept: accept, 'Accept-Encoding': 'identity', 'User-Agent': 'Residua' };
    const own = address.origin === this.#origin;
    if (credentials !== undefined && own) headers.Authorization = authorization(credentials);
    const secure = address.protocol === 'https:';
    return new Promise((resolve, reject) => {
      const request = (secure ? https : http).request(address, {
        method: 'GET',
        headers,
        agent: secure ? (own ? this.#secure : this.#elsewhere) : this.#plain,
        maxHeaderSize: limits.headerBytes,
        signal,
      });
      const late = setTimeout(() => request.destroy(fails(peer.url, `no answer within ${timeout} s`)), timeout * 1000);
      request.once('error', (error) => {
        clearTimeout(late);
        reject(signal.aborted ? new Problem('cancelled', { job: 'transfer' }) : peerProblem(peer.url, error));
      });
      request.once('response', (response) => {
        clearTimeout(late);
        resolve(response);
      });
      request.end();
    });
  }

  #answer(response: IncomingMessage, signal: AbortSignal): Answer {
    const coding = response.headers['content-encoding'] ?? 'identity';
    if (coding !== 'identity') {
      response.destroy();
      throw this.#refuses('compresses its answer, which was not asked for');
    }
    const contentType = response.headers['content-type'] ?? '';
    const body = this.#chunks(response, signal);
    return { status: 200, contentType, body, destroy: () => void response.destroy() };
  }

  /** The body, chunk by chunk; a peer that is too slow, or ends before it has sent what it announced, is given up. */
  async *#chunks(response: IncomingMessage, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const { peer, timeout } = this.#options;
    const patience = new Patience(timeout);
    let timer: NodeJS.Timeout | undefined;
    let asked = 0;
    const wait = () => {
      asked = performance.now();
      const slow = () =>
        response.destroy(fails(peer.url, `gives nothing for ${timeout} s, or less than 1 kB a second`));
      timer = setTimeout(slow, Math.max(1, patience.left));
    };
    wait();
    try {
      for await (const chunk of response as AsyncIterable<Buffer>) {
        clearTimeout(timer);
        patience.got(chunk.length, performance.now() - asked);
        yield chunk;
        wait();
      }
      if (!response.complete) throw fails(peer.url, 'the connection was lost');
    } catch (error) {
      throw signal.aborted ? new Problem('cancelled', { job: 'transfer' }) : peerProblem(peer.url, error);
    } finally {
      clearTimeout(timer);
      response.destroy();
    }
  }

  #failure(status: number): Problem {
    const { peer, credentials } = this.#options;
    const given = credentials !== undefined;
    const known: Readonly<Record<number, string>> = {
      400: 'does not understand the query (HTTP 400)',
      401: given
        ? 'refuses the user name and password, or the token (HTTP 401)'
        : 'asks for a user name and password, or a token (HTTP 401)',
      403: given ? 'does not allow this user to ask that (HTTP 403)' : 'refuses access (HTTP 403)',
      406: 'cannot send what was asked for (HTTP 406)',
      413: 'finds too many results: narrow the query (HTTP 413)',
    };
    if (Object.hasOwn(known, status)) return refuses(peer.url, known[status]!);
    const passing = status === 408 || status === 429 || status >= 500;
    return (passing ? fails : refuses)(peer.url, `answered with HTTP status ${status}`);
  }
}

function authorization(credentials: PacsCredentials): string {
  if (credentials.kind === 'bearer') return `Bearer ${credentials.token}`;
  return `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`, 'utf8').toString('base64')}`;
}

/** An address of this machine alone. */
export const isLoopback = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[::1\]|::1)$/.test(host);
