// The scheme under which a desktop window gets its page: names of the built page and ids of images, nothing else.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Problem } from '../../src-main/platform/errors.ts';
import { contentSecurityPolicy } from '../../src-main/serve/page-files.ts';
import { answerRequest } from '../../src-main/shell/page-protocol.ts';
import { isOfThisProgram, pageAddress } from '../../src-main/shell/refusals.ts';
import { recall, remember } from '../../src-main/shell/remembered.ts';
import type { Workbench } from '../../src-preload/contract.ts';

const asked: unknown[] = [];
const workbench: Workbench = {
  call: async (method, request) => {
    asked.push([method, request]);
    if ((request as { id: number }).id === 404) throw new Problem('missing', { what: 'image', name: '404' });
    return { png: Uint8Array.of(1, 2, 3) } as never;
  },
  on: () => () => {},
};
const page = new Map([['index.html', { bytes: new Uint8Array(Buffer.from('page')), type: 'text/html' }]]);
const get = (url: string, method = 'GET') => answerRequest({ url, method }, page, workbench);

describe('the scheme of the page', () => {
  it('answers with the page under the policy of every face', async () => {
    const answer = await get(pageAddress);
    expect(await answer.text()).toBe('page');
    expect(answer.headers.get('Content-Security-Policy')).toBe(contentSecurityPolicy);
    expect(contentSecurityPolicy).not.toMatch(/unsafe|\*|https?:/);
  });

  it('answers with thumbnails by the id of an image', async () => {
    const answer = await get(`${pageAddress}images/12/thumbnail/256.png?catalog=84d73cd8dc01f8fc`);
    expect([...new Uint8Array(await answer.arrayBuffer())]).toEqual([1, 2, 3]);
    expect(asked).toEqual([['images.thumbnail', { id: 12, size: 256, catalog: '84d73cd8dc01f8fc' }]]);
    expect((await get(`${pageAddress}images/404/thumbnail/256.png`)).status).toBe(404);
  });

  it('knows no path, no other host and no other method', async () => {
    for (const path of [
      '../package.json',
      '..%2fpackage.json',
      'etc/passwd',
      '/etc/passwd',
      'images/a/thumbnail/9.png',
    ])
      expect((await get(pageAddress + path)).status, path).toBe(404);
    expect((await get('residua://elsewhere/')).status).toBe(404);
    expect((await get(pageAddress, 'POST')).status).toBe(405);
  });

  it('is the only address that a request may have', () => {
    expect(
      ['https://example.org', 'file:///etc/passwd', 'ws://127.0.0.1', 'residua://elsewhere/'].filter(isOfThisProgram),
    ).toEqual([]);
    expect(isOfThisProgram(`${pageAddress}index.html`)).toBe(true);
  });
});

describe('what the window remembers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'residua-remembered-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('keeps one thing beside the other, and is nothing where the file is broken', async () => {
    const file = join(folder, 'window.json');
    expect(recall(file)).toEqual({});
    await remember(file, { catalog: '/data/chest' });
    await remember(file, { bounds: { x: 0, y: 0, width: 1440, height: 900 } });
    expect(recall(file)).toEqual({ catalog: '/data/chest', bounds: { x: 0, y: 0, width: 1440, height: 900 } });
    writeFileSync(file, '{"catalog": 3}');
    expect(recall(file)).toEqual({});
  });
});
