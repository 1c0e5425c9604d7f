// Channels between the page and Electron's main process: each has a schema and a check of who speaks.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ChannelHandlers, isOurPage, registerChannels, type Sender } from '../../src-main/shell/channel-table.ts';
import { pageAddress } from '../../src-main/shell/refusals.ts';
import { channels } from '../../src-preload/bridge.ts';

type Registered = (event: Sender, request: unknown) => Promise<unknown>;

const reached: string[] = [];
const handlers = Object.fromEntries(
  Object.keys(channels).map((channel) => [
    channel,
    async () => {
      reached.push(channel);
      return null;
    },
  ]),
) as unknown as ChannelHandlers;
const registered = new Map<string, Registered>();
const ipcMain = { handle: (channel: string, listener: Registered) => void registered.set(channel, listener) };
const ours = 7;
registerChannels(ipcMain as never, handlers, (sender) => isOurPage(sender, ours));

const from = ({ id = ours, url = pageAddress, parent = null as object | null } = {}) =>
  ({ sender: { id }, senderFrame: { url, parent } }) as unknown as Sender;
const examples: { readonly [C in keyof typeof channels]: unknown } = {
  'workbench.call': { method: 'catalog.info', packed: Uint8Array.of(1) },
  'path.choose': { what: 'folder' },
  'keychain.available': { of: 'pacs' },
  'keychain.keep': {
    url: 'https://pacs.example/dicom-web',
    credentials: { kind: 'bearer', token: 'abc' },
  },
  'notice.show': { title: 'Done', text: 'Import' },
};

describe('the channels of the desktop window', () => {
  it('are registered in one place', () => {
    const folder = join(import.meta.dirname, '../../src-main/shell');
    const uses = readdirSync(folder).filter((name) => /ipcMain\.\w+\(/.test(readFileSync(join(folder, name), 'utf8')));
    expect(uses).toEqual(['channel-table.ts']);
    expect([...registered.keys()].sort()).toEqual(Object.keys(channels).sort());
  });

  it.each(Object.keys(channels) as (keyof typeof channels)[])('%s has a schema and a sender check', async (channel) => {
    const send = registered.get(channel)!;
    reached.length = 0;
    const strangers = [
      from({ id: 8 }),
      from({ url: 'https://example.org/' }),
      from({ url: `${pageAddress}other.html` }),
      from({ parent: {} }),
      { ...from(), senderFrame: null },
    ];
    for (const stranger of strangers) await expect(send(stranger, examples[channel])).rejects.toThrow('refused');
    for (const wrong of [undefined, null, 3, {}, { ...(examples[channel] as object), more: 1 }]) {
      await expect(send(from(), wrong)).rejects.toThrow(channel);
    }
    expect(reached).toEqual([]);
    await expect(send(from(), examples[channel])).resolves.toBeNull();
    expect(reached).toEqual([channel]);
  });

  it('are the only ones that the preload script sends on', () => {
    const preload = readFileSync(join(import.meta.dirname, '../../src-preload/preload.ts'), 'utf8');
    const names = /const names = \[([^\]]*)\]/
      .exec(preload)![1]!
      .split(',')
      .map((name) => name.trim().slice(1, -1))
      .filter(Boolean);
    expect(names.sort()).toEqual(Object.keys(channels).sort());
  });
});
