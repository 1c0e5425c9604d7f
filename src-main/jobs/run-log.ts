// The log of a run: one JSON line per entry in files beside the catalog, readable while the run goes on.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { Received } from '../../src-preload/contract.ts';
import { type LogLine, logLine } from '../../src-preload/schemas/run.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { isMendable } from '../platform/errors.ts';
import { makeFolder } from '../platform/make-folder.ts';
import { oneLine } from '../platform/words.ts';

/**
 * Lines about single files tell their names, which may be those of patients: they lie apart, so that a log can be sent
 * to somebody else.
 */
const folders = { information: 'logs', problem: 'logs', skipped: 'skipped', noted: 'skipped' } as const;

const fileOf = (catalog: Catalog, run: number, folder: string): string => catalog.path(`${folder}/run-${run}.jsonl`);

/** Appends to the log of a run; the line as stored. Lines are numbered from 1. */
export class RunLog {
  readonly #fileOf: (level: LogLine['level']) => string;
  #count: number;

  constructor(catalog: Catalog, run: number) {
    makeFolder(catalog.path(folders.skipped));
    this.#fileOf = (level) => fileOf(catalog, run, folders[level]);
    this.#count = readRunLog(catalog, run).length;
  }

  append(level: LogLine['level'], text: string): LogLine {
    const line: LogLine = { number: ++this.#count, time: new Date().toISOString(), level, text: oneLine(text) };
    try {
      appendFileSync(this.#fileOf(level), `${JSON.stringify(line)}\n`);
    } catch (error) {
      // A full disk must not end the run for its log: faces are told the line all the same.
      if (!isMendable(error)) throw error;
    }
    return line;
  }
}

/** The last `limit` lines after number `after`; none of a run that never began. A line torn by a crash is left out. */
export function readRunLog(
  catalog: Catalog,
  run: number,
  { after = 0, limit = Number.POSITIVE_INFINITY, level }: Partial<Omit<Received<'runs.log'>, 'id'>> = {},
): readonly LogLine[] {
  const files = [...new Set(Object.values(folders))].map((folder) => fileOf(catalog, run, folder)).filter(existsSync);
  const lines = files.flatMap((file) => readFileSync(file, 'utf8').split('\n').flatMap(parseLine));
  return lines
    .filter((line) => line.number > after && (level === undefined || line.level === level))
    .sort((a, b) => a.number - b.number)
    .slice(-limit);
}

function parseLine(text: string): readonly LogLine[] {
  try {
    return [logLine.parse(JSON.parse(text))];
  } catch {
    return [];
  }
}
