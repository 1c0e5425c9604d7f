// Who may speak to the loopback host: the page that it served itself, reached by the name of this machine.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** 128 random bits: the first part of every address of the host. */
export function newToken(): string {
  return randomBytes(16).toString('hex');
}

/** Why a request is refused: an HTTP status and a word that reveals nothing about the host. */
export interface Refusal {
  readonly status: 403 | 404 | 421;
  readonly text: string;
}

/**
 * Judges a request before anything else looks at it. The Host header must name this machine (a foreign page
 * whose name was rebound to 127.0.0.1 sends its own name), the address must begin with the token, and an Origin must be
 * ours; requests that change something must have one. Undefined: the sender is our own page, or its first call.
 */
export function refuseSender(request: IncomingMessage, token: string, port: number): Refusal | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const { host, origin } = request.headers;
  if (host === undefined || !hosts.includes(host)) return { status: 421, text: 'wrong host' };
  if (!sameSecret(request.url?.split('/')[1] ?? '', token)) return { status: 404, text: 'not found' };
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (origin === undefined ? !reads : origin !== `http://${host}`) return { status: 403, text: 'wrong origin' };
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return { status: 403, text: 'wrong origin' };
  return undefined;
}

/** Constant time, wherever the two differ. */
function sameSecret(given: string, secret: string): boolean {
  const [a, b] = [given, secret].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(a!, b!);
}
