// One transfer from a peer into a folder, as a run does it, and what came of it: for tests.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Fetched, fetchSeries } from '../../src-main/pacs/fetch.ts';
import { findSeries } from '../../src-main/pacs/find.ts';
import { openPacs } from '../../src-main/pacs/open-pacs.ts';
import { inWords } from '../../src-main/platform/words.ts';
import { pacsPeer, pacsQuery } from '../../src-preload/schemas/pacs.ts';
import type { Input } from '../../src-preload/schemas/read-only.ts';

export interface Transfer {
  readonly fetched?: Fetched;
  /** How it failed, in words. */
  readonly failure?: string;
  /** Lines about instances, and about connections that were refused. */
  readonly faults: readonly string[];
  /** Everything below the folder, `study/series/instance.dcm`. */
  readonly files: readonly string[];
}

export interface TransferOptions {
  readonly query?: Input<typeof pacsQuery>;
  readonly timeout?: number;
  readonly parallel?: number;
  readonly signal?: AbortSignal;
  readonly rate?: number;
  /** Bytes a second. */
  readonly bandwidth?: number;
}

/** Never rejects. */
export async function transfer(
  folder: string,
  peer: Input<typeof pacsPeer>,
  options: TransferOptions = {},
): Promise<Transfer> {
  const { query = {}, timeout = 5, parallel = 2, signal = new AbortController().signal, rate, bandwidth } = options;
  const faults: string[] = [];
  const outcome = async () => {
    const onFault = (line: string) => void faults.push(line);
    await using source = await openPacs(pacsPeer.parse(peer), { timeout, parallel, onRefused: onFault });
    const { series } = await findSeries(source, pacsQuery.parse(query), signal, parallel);
    const pace = { instances: rate ?? null, bytes: bandwidth ?? null };
    return await fetchSeries(source, series, {
      folder,
      parallel,
      pace,
      signal,
      onFault,
      report: () => {},
      firstPause: 1,
    });
  };
  const result = await outcome().then(
    (fetched) => ({ fetched }),
    (error: unknown) => ({ failure: inWords(error) }),
  );
  return { ...result, faults, files: filesIn(folder) };
}

/** Paths below a folder, sorted. */
export function filesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const found = readdirSync(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();
}

export const contentOf = (folder: string, file: string): Buffer => readFileSync(join(folder, file));
