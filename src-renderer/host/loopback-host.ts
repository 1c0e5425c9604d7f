// The workbench behind `residua serve`: requests as POST, events as an event stream, typed arrays as bytes.
import type { Response as Answer, EventName, EventValue, MethodName, Request } from '../../src-preload/contract.ts';
import type { FailureMessage, Host, Notifier } from '../../src-preload/host.ts';
import { pack, unpack } from '../../src-preload/wire.ts';
import { readWindowKey } from './window-storage.ts';

/** Speaks with the host that served this page. Failures are Errors whose message is for a person. */
export function loopbackHost(): Host {
  const key = readWindowKey();
  const stream = new EventSource(`events?window=${key}`);
  return {
    async call<M extends MethodName>(method: M, request: Request<M>): Promise<Answer<M>> {
      const answer = await fetch(`call/${method}`, {
        method: 'POST',
        headers: { 'X-Residua-Window': key },
        body: pack(request),
      }).catch(() => {
        throw new Error('No answer from Residua: residua serve has stopped, or the connection to its machine is lost.');
      });
      if (!answer.ok) throw new Error(await wordsOf(answer));
      return unpack(new Uint8Array(await answer.arrayBuffer())) as Answer<M>;
    },
    on<E extends EventName>(event: E, listener: (value: EventValue<E>) => void) {
      const hear = ({ data }: MessageEvent<string>) => listener(JSON.parse(data));
      stream.addEventListener(event, hear);
      return () => stream.removeEventListener(event, hear);
    },
    thumbnailUrl: (image, size) => `images/${image}/thumbnail/${size}.png`,
    isShared: true,
    notifier: browserNotifier(),
    keychain: null,
    choosePath: null,
    pathOf: null,
  };
}

function browserNotifier(): Notifier | null {
  if (!('Notification' in globalThis)) return null;
  const allowed = () => Notification.permission === 'granted';
  return {
    allowed,
    allow: async () => (await Notification.requestPermission()) === 'granted',
    show(title, body) {
      if (allowed()) new Notification(title, { body });
    },
  };
}

async function wordsOf(answer: Response): Promise<string> {
  const text = await answer.text();
  if (!answer.headers.get('Content-Type')?.startsWith('application/json')) return text;
  return (JSON.parse(text) as FailureMessage).words;
}
