// The loopback host: what it serves to its own page, and whom it refuses.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Problem } from '../../src-main/platform/errors.ts';
import { contentSecurityPolicy } from '../../src-main/serve/page-files.ts';
import { type LoopbackHost, serve } from '../../src-main/serve/serve.ts';
import { type MethodName, methods, type Workbench } from '../../src-preload/contract.ts';
import { pack, unpack } from '../../src-preload/wire.ts';

const calls: MethodName[] = [];
const asked: unknown[] = [];
const listeners = new Map<string, (value: never) => void>();
const answers: Partial<Record<MethodName, unknown>> = {
  'images.ids': { ids: Uint32Array.of(3, 1, 2) },
  'images.thumbnail': { png: Uint8Array.of(0x89, 0x50, 0x4e, 0x47) },
};
const workbench: Workbench = {
  call: async (method, request) => {
    calls.push(method);
    asked.push(request);
    if (method === 'runs.detail') throw new Problem('missing', { what: 'run', name: '7' });
    return answers[method] as never;
  },
  on: (event, listener) => {
    listeners.set(event, listener as (value: never) => void);
    return () => listeners.delete(event);
  },
};

let host: LoopbackHost;
let origin: string;
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'residua-page-'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Residua</title>');
  writeFileSync(join(folder, 'secret.pem'), 'no page file');
  host = await serve(workbench, { port: 0, folder });
  origin = new URL(host.url).origin;
});
afterAll(() => host[Symbol.asyncDispose]());

/** fetch, with headers that a browser's page could not choose. */
function ask(path: string, headers: Record<string, string> = {}, body?: Uint8Array) {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: Buffer; headers: object }>();
  const method = body === undefined ? 'GET' : 'POST';
  const request = httpRequest(new URL(path, host.url), { method, headers }, async (response) => {
    const parts: Buffer[] = [];
    for await (const part of response) parts.push(part);
    resolve({ status: response.statusCode!, body: Buffer.concat(parts), headers: response.headers });
  });
  request.on('error', reject);
  request.end(body);
  return promise;
}
const post = (method: string, message: unknown, headers: Record<string, string> = { Origin: origin }) =>
  ask(`call/${method}`, headers, pack(message));

describe('the loopback host', () => {
  it('listens on 127.0.0.1 behind a token of 128 bits', () => {
    expect(host.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/$/);
  });

  it('serves the page with a policy that allows nothing inline, nothing evaluated and no other address', async () => {
    const page = await fetch(host.url);
    expect(await page.text()).toContain('Residua');
    expect(page.headers.get('Content-Security-Policy')).toBe(contentSecurityPolicy);
    expect(contentSecurityPolicy).not.toMatch(/unsafe|\*|https?:/);
    expect(page.headers.get('Referrer-Policy')).toBe('no-referrer');
  });

  it('carries typed arrays both ways as what they are', async () => {
    const { status, body } = await post('images.ids', { filter: {}, order: { by: 'name', descending: false } });
    expect(status).toBe(200);
    expect(unpack(body)).toEqual({ ids: Uint32Array.of(3, 1, 2) });
  });

  it('serves thumbnails by number only', async () => {
    expect(await ask('images/5/thumbnail/128.png')).toMatchObject({
      status: 200,
      body: Buffer.from('\x89PNG', 'latin1'),
    });
    await ask('images/5/thumbnail/128.png?catalog=0123456789abcdef');
    expect(asked.at(-1)).toEqual({ id: 5, size: 128, catalog: '0123456789abcdef' });
    expect((await ask('images/0/thumbnail/128.png')).status).toBe(400);
    expect((await ask('images/5/thumbnail/9999.png')).status).toBe(400);
    expect((await ask('images/..%2f..%2fetc/thumbnail/128.png')).status).toBe(404);
  });

  it('serves no file that is not part of the page', async () => {
    for (const path of [
      'secret.pem',
      '../package.json',
      '%2e%2e/package.json',
      'assets/../../package.json',
      'nothing.js',
    ]) {
      expect((await ask(path)).status, path).toBe(404);
    }
  });

  it('refuses a wrong token, whatever is asked', async () => {
    const wrong = host.url.replace(/[0-9a-f]{32}/, '0'.repeat(32));
    for (const path of ['', 'events', 'images/5/thumbnail/128.png', 'call/catalog.info']) {
      expect((await fetch(wrong + path)).status, path).toBe(404);
    }
    expect((await fetch(origin)).status).toBe(404);
  });

  it('refuses a host name that is not this machine (a rebound name)', async () => {
    const { port } = new URL(host.url);
    expect((await ask('', { Host: `evil.example:${port}` })).status).toBe(421);
    expect((await ask('', { Host: '127.0.0.1:1' })).status).toBe(421);
    expect((await ask('', { Host: `localhost:${port}` })).status).toBe(200);
  });

  it('refuses the page of another origin, and calls without one', async () => {
    expect((await ask('', { Origin: 'https://evil.example' })).status).toBe(403);
    expect((await ask('events', { 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
    expect((await post('catalog.info', {}, {})).status).toBe(403);
    expect((await post('catalog.info', {}, { Origin: 'null' })).status).toBe(403);
  });

  it('says in words what failed', async () => {
    const { status, body } = await post('runs.detail', { id: 7 });
    expect(status).toBe(404);
    expect(JSON.parse(body.toString())).toEqual({ kind: 'missing', words: 'run not found: 7' });
  });

  it('refuses what it cannot read and what is too large', async () => {
    const headers = { Origin: origin };
    expect((await ask('call/catalog.info', headers, Uint8Array.of(1))).status).toBe(400);
    expect((await ask('call/catalog.info', headers, new Uint8Array(9 * 1024 * 1024))).status).toBe(413);
    expect((await post('catalog.unheard', {})).status).toBe(404);
    expect((await post('toString.call', {})).status).toBe(404);
  });

  it('has a schema and a sender check on every channel of the contract', async () => {
    const before = calls.length;
    for (const name of Object.keys(methods)) {
      expect((await post(name, { unheardOf: 1 })).status, `${name} with a wrong request`).toBe(400);
      expect((await post(name, {}, { Origin: 'https://evil.example' })).status, `${name} from elsewhere`).toBe(403);
    }
    expect(calls.length).toBe(before);
  });

  it('tells events of the workbench to an open page', async () => {
    const stop = new AbortController();
    const stream = await fetch(`${host.url}events`, { signal: stop.signal });
    expect(stream.headers.get('Content-Type')).toBe('text/event-stream');
    const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe('retry: 1000\n\n');
    listeners.get('catalog.changed')!({ parts: ['verdicts'] } as never);
    expect((await reader.read()).value).toBe('event: catalog.changed\ndata: {"parts":["verdicts"]}\n\n');
    stop.abort();
  });
});
