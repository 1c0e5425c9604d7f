// Turns a failure into one clear line, once, for every face (command line, window, report).
import { isProblem, type Problem, type ProblemKind, type ProblemValues } from './errors.ts';

const sentences: { readonly [K in ProblemKind]: (values: ProblemValues[K]) => string } = {
  usage: ({ message }) => message,
  file: ({ file, reason }) => `${file}: ${reason}`,
  format: ({ file, found }) => `${file}: not a format that Residua reads (${found})`,
  content: ({ file, reason }) => `${file}: ${reason}`,
  limit: ({ what, value, limit }) => `${what} is ${value}, more than the limit of ${limit}`,
  'unknown-global': ({ file, name }) => `${file}: refers to ${name}, which Residua does not load`,
  mismatch: ({ what, expected, found }) => `${what}: expected ${expected}, found ${found}`,
  missing: ({ what, name }) => `${what} not found: ${name}`,
  device: ({ device, reason }) => `device ${device} cannot be used: ${reason}`,
  cancelled: ({ job }) => `${job} was cancelled`,
  process: ({ process, reason }) => `the ${process} process ended: ${reason}`,
  drive: ({ folder, reason }) => `${folder}: ${reason}`,
  peer: ({ peer, reason }) => `${peer}: ${reason}`,
  run: ({ run, reason }) => `${run}: ${reason}`,
};

const systemReasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  ENOSPC: 'the disk is full',
  EROFS: 'the folder is read-only',
  EISDIR: 'is a folder',
  ENOTDIR: 'is not a folder',
  EMFILE: 'too many open files',
  EIO: 'the drive reported an input/output error',
  EDQUOT: 'the disk quota of this user is used up',
  ENODEV: 'the drive is gone',
  ENXIO: 'the drive is gone',
  ENOTCONN: 'the drive is gone',
  ESTALE: 'the drive is gone',
  SQLITE_FULL: 'the disk is full',
  SQLITE_READONLY: 'the folder is read-only',
  SQLITE_BUSY: 'another process keeps the catalog busy',
  SQLITE_CANTOPEN: 'the catalog cannot be opened',
  SQLITE_CORRUPT: 'the catalog is damaged',
  SQLITE_IOERR: 'the drive reported an input/output error',
};

/** The reason of a failed system call in words, or undefined when the error is not one. */
export function systemReason(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  // SQLite's extended codes begin with the code that says what is wrong: SQLITE_IOERR_WRITE.
  return code === undefined
    ? undefined
    : (systemReasons[code] ?? systemReasons[/^SQLITE_[A-Z]+/.exec(code)?.[0] ?? '']);
}

/** Control characters, and those that turn or hide text (bidirectional marks, zero width, line separators). */
export const invisible = /[\p{Cc}\p{Zl}\p{Zp}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffd]/u;

const everyInvisible = new RegExp(invisible, 'gu');

/** A text that may hold names from outside as one line that steers no terminal and forges no second line: `\u{1b}`. */
export function oneLine(text: string): string {
  return text.replace(everyInvisible, (odd) => `\\u{${odd.codePointAt(0)!.toString(16)}}`);
}

/** One line for a person: never a stack trace, never an empty string, nothing that steers a terminal. */
export function inWords(error: unknown): string {
  return oneLine(wordsOf(error));
}

function wordsOf(error: unknown): string {
  if (isProblem(error)) return sentence(error);
  const system = systemReason(error);
  const path = (error as NodeJS.ErrnoException | undefined)?.path;
  if (system !== undefined) return path === undefined ? system : `${path}: ${system}`;
  return error instanceof Error ? error.message || error.name : String(error);
}

function sentence<K extends ProblemKind>(problem: Problem<K>): string {
  return sentences[problem.kind](problem.values);
}
