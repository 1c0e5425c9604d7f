// Walks an archive ahead of whoever reads it, so that the number of its files is known long before the last one is read.
import { type WalkControl, type WalkItem, walk } from './walk.ts';

/** What is found and not yet taken takes memory: a larger archive is walked as it is read, and counted late. */
const mostWaiting = 250_000;

/** The items of `walk`, with its faults. `found` is told how many there are once all have been found. */
export async function* walkAhead(
  root: string,
  control: WalkControl,
  found: (items: number) => void,
  most = mostWaiting,
): AsyncGenerator<WalkItem> {
  const stop = new AbortController();
  const signal = AbortSignal.any([control.signal, stop.signal]);
  let waiting: WalkItem[] = [];
  let changed = Promise.withResolvers<void>();
  const tell = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  let ended = false;
  const walking = async () => {
    let items = 0;
    for await (const item of walk(root, { ...control, signal })) {
      items++;
      waiting.push(item);
      tell();
      while (waiting.length >= most && !signal.aborted) await changed.promise;
    }
    found(items);
  };
  const walked = walking().finally(() => {
    ended = true;
    tell();
  });
  // Told below, once what was found before it has been taken.
  walked.catch(() => {});
  try {
    while (!ended || waiting.length > 0) {
      if (waiting.length === 0) await changed.promise;
      const taken = waiting;
      waiting = [];
      tell();
      yield* taken;
    }
    await walked;
  } finally {
    stop.abort();
    tell();
  }
}
