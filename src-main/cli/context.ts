// What every command gets: where to write, how it is stopped, how it shows progress, which catalog is meant.

import { defaultCatalogFolder } from '../platform/default-folders.ts';
import type { JobControl } from '../platform/job.ts';
import { oneLine } from '../platform/words.ts';
import { type ProgressBar, progressBar } from './progress-bar.ts';

/** The options of every command. */
export interface GivenEverywhere {
  readonly verbose: boolean;
  readonly catalog: string | undefined;
}

export interface Context extends JobControl {
  /** Results: standard output. */
  readonly print: (line: string) => void;
  /** Remarks on the way, above the progress bar: standard error. */
  readonly remark: (line: string) => void;
  readonly catalogFolder: string;
  /** Whether somebody named the catalog, or it is the default. */
  readonly catalogGiven: boolean;
  readonly verbose: boolean;
}

/** The context of this process. Ctrl-C asks the command to stop; a second one ends the process. */
export function processContext({ catalog, verbose }: GivenEverywhere): Context & { readonly end: () => void } {
  const stop = new AbortController();
  const bar: ProgressBar = progressBar({
    write: (text) => process.stderr.write(text),
    columns: process.stderr.isTTY ? process.stderr.columns : undefined,
    now: () => performance.now(),
  });
  const interrupt = () => {
    if (stop.signal.aborted) process.exit(1);
    bar.line('stopping after the present step; press Ctrl-C again to stop at once');
    stop.abort();
  };
  // Whoever read the results has seen enough: `residua weights | head`.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, interrupt);
  return {
    // What is piped on stays as it is; a terminal obeys no name.
    print: (text) => process.stdout.write(`${process.stdout.isTTY ? safeLines(text) : text}\n`),
    remark: (text) => bar.line(safeLines(text)),
    report: bar.report,
    signal: stop.signal,
    catalogFolder: catalog ?? defaultCatalogFolder(),
    catalogGiven: catalog !== undefined,
    verbose,
    end: bar.end,
  };
}

function safeLines(text: string): string {
  return text.split('\n').map(oneLine).join('\n');
}
