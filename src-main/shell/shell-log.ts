// The log of the desktop program: starts, ends and deaths of processes. No path, name or text of an image is in it.
import { appendFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../platform/make-folder.ts';

/** The file is rotated at this size; the previous one is kept as `.1`. */
const largest = 1024 * 1024;

/** A function that writes one line with the time (UTC). A full or read-only disk is ignored. */
export function openShellLog(file: string): (line: string) => void {
  return (line) => {
    try {
      makeFolder(dirname(file));
      if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > largest) renameSync(file, `${file}.1`);
      appendFileSync(file, `${new Date().toISOString()} ${line}\n`);
    } catch (error) {
      console.error('the log cannot be written', error);
    }
  };
}
