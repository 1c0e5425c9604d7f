// Runs the command line as a person does, in a process of its own, and small images to run it on.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodePng } from '../../src-main/archive/raster/encode-png.ts';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program's file. */
export const main = fileURLToPath(new URL('../../src-main/cli/main.ts', import.meta.url));

/** Runs `residua ...words` with a catalog of its own unless `--catalog` says otherwise; never rejects. */
export function residua(words: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const env = { ...process.env, RESIDUA_CATALOG: join(tmpdir(), 'residua-no-such-catalog'), ...environment };
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...words], { env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, stdout, stderr });
    });
  });
}

/** A new folder that is removed when `await using` ends. */
export async function temporaryFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'residua-test-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Writes a grey PNG whose pixel (x, y) has the given level. */
export async function writeGrey(
  path: string,
  width: number,
  height: number,
  level: (x: number, y: number) => number,
): Promise<void> {
  const samples = Uint8Array.from({ length: width * height }, (_, i) => level(i % width, Math.floor(i / width)));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, await encodePng(width, height, 1, samples));
}

/** Mean of `f` over an array. */
export function meanOf(values: ArrayLike<number>, f: (value: number, index: number) => number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += f(values[i]!, i);
  return sum / values.length;
}
