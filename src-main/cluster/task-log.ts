// What a task has printed.
import { open } from 'node:fs/promises';
import { oneLine } from '../platform/words.ts';

const mostBytes = 64 * 1024;

/** The last lines of a log, without empty ones; none where there is no log. */
export async function readLog(file: string): Promise<readonly string[]> {
  return linesOf((await readEnd(file, 0)).bytes);
}

/** The complete lines of a log after its first `from` bytes, of many the last ones; and where the next one begins. */
export async function readNewLines(
  file: string,
  from: number,
): Promise<{ readonly lines: readonly string[]; readonly next: number }> {
  const { bytes, begin } = await readEnd(file, from);
  const complete = bytes.subarray(0, bytes.lastIndexOf('\n') + 1);
  return { lines: linesOf(complete), next: begin + complete.length };
}

/** At most the last 64 KiB of a file after its first `from` bytes, and where they begin. */
async function readEnd(file: string, from: number): Promise<{ readonly bytes: Buffer; readonly begin: number }> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return { bytes: Buffer.alloc(0), begin: from };
  try {
    const { size } = await handle.stat();
    const begin = Math.max(from, size - mostBytes);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.max(0, size - begin)), 0, null, begin);
    return { bytes: buffer.subarray(0, bytesRead), begin };
  } finally {
    await handle.close();
  }
}

function linesOf(bytes: Buffer): readonly string[] {
  const lines = bytes.toString('utf8').split(/[\r\n]+/);
  return lines.map((line) => oneLine(line.trim())).filter((line) => line !== '');
}
