// What a task has printed.
import { open } from 'node:fs/promises';
import { oneLine } from '../platform/words.ts';

const mostBytes = 64 * 1024;

/** The last lines of a log, without empty ones; none where there is no log. */
export async function readLog(file: string): Promise<readonly string[]> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return [];
  try {
    const { size } = await handle.stat();
    const begin = Math.max(0, size - mostBytes);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - begin), 0, size - begin, begin);
    const lines = buffer.toString('utf8', 0, bytesRead).split(/[\r\n]+/);
    return lines.map((line) => oneLine(line.trim())).filter((line) => line !== '');
  } finally {
    await handle.close();
  }
}
