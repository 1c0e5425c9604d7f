// The workbench behind a desktop window: everything goes through the bridge that the preload script has put there.

import type { Bridge } from '../../src-preload/bridge.ts';
import type { EventName, EventValue, MethodName, Request, Response } from '../../src-preload/contract.ts';
import type { Host } from '../../src-preload/host.ts';
import { pack, unpack } from '../../src-preload/wire.ts';

/** The bridge of a desktop window; undefined in a browser. */
export const desktopBridge = (globalThis as { readonly residua?: Bridge }).residua;

/** Speaks with Electron's main process. Failures are Errors whose message is for a person. */
export function desktopHost(bridge: Bridge): Host {
  const listeners = new Map<EventName, Set<(value: never) => void>>();
  bridge.hear((event, value) => {
    for (const listener of listeners.get(event) ?? []) listener(value as never);
  });
  return {
    async call<M extends MethodName>(method: M, request: Request<M>): Promise<Response<M>> {
      // Bytes cross the bridge as they are; objects would be copied member by member.
      const answer = await bridge.send('workbench.call', { method, packed: pack(request) });
      if ('failure' in answer) throw new Error(answer.failure.words);
      return unpack(answer.packed) as Response<M>;
    },
    on<E extends EventName>(event: E, listener: (value: EventValue<E>) => void) {
      const heard = listeners.get(event) ?? new Set();
      listeners.set(event, heard.add(listener));
      return () => heard.delete(listener);
    },
    thumbnailUrl: (image, size) => `images/${image}/thumbnail/${size}.png`,
    isShared: false,
    notifier: {
      allowed: () => true,
      allow: async () => true,
      show: (title, text) => void bridge.send('notice.show', { title, text }),
    },
    keychain: {
      available: () => bridge.send('keychain.available', { of: 'pacs' }),
      keep: async (url, credentials) => {
        await bridge.send('keychain.keep', { url, credentials });
      },
    },
    choosePath: (what) => bridge.send('path.choose', { what }),
    pathOf: bridge.pathOf,
  };
}
