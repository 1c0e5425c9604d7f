// The log of a run: one JSON line per entry in a file beside the catalog, readable while the run goes on.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { type LogLine, logLine } from '../../src-preload/schemas/run.ts';
import type { Catalog } from '../catalog/catalog.ts';

const fileOf = (catalog: Catalog, run: number): string => catalog.path(`logs/run-${run}.jsonl`);

/** Appends to the log of a run; the line as stored. Lines are numbered from 1. */
export class RunLog {
  readonly #file: string;
  #count: number;

  constructor(catalog: Catalog, run: number) {
    this.#file = fileOf(catalog, run);
    this.#count = readRunLog(catalog, run, 0, Number.POSITIVE_INFINITY).length;
  }

  append(level: LogLine['level'], text: string): LogLine {
    const line: LogLine = { number: ++this.#count, time: new Date().toISOString(), level, text };
    appendFileSync(this.#file, `${JSON.stringify(line)}\n`);
    return line;
  }
}

/** At most `limit` lines after number `after`; none of a run that never began. A line torn by a crash is left out. */
export function readRunLog(catalog: Catalog, run: number, after: number, limit: number): readonly LogLine[] {
  const file = fileOf(catalog, run);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').flatMap(parseLine);
  return lines.filter(({ number }) => number > after).slice(0, limit);
}

function parseLine(text: string): readonly LogLine[] {
  try {
    return [logLine.parse(JSON.parse(text))];
  } catch {
    return [];
  }
}
