// What a pickle becomes when it is read as data: plain values, and inert records where Python would have run something.
import { Problem } from '../../src-main/platform/errors.ts';

/** A value of a pickle. Lists and tuples are arrays, dictionaries are maps with plain keys, bytes are views into the file. */
export type PickleValue =
  | PicklePlain
  | Uint8Array
  | PickleValue[]
  | Map<PicklePlain, PickleValue>
  | Set<PickleValue>
  | PickleGlobal
  | PickleRecord
  | PicklePersistent;

/** A value that can be the key of a dictionary here. */
export type PicklePlain = null | boolean | number | bigint | string;

/** A class or function, by its full name; never looked up, never called. */
export interface PickleGlobal {
  readonly kind: 'global';
  readonly name: string;
}

/** What calling a global would have made: its name, the arguments, and the state set afterwards. */
export interface PickleRecord {
  readonly kind: 'record';
  readonly global: string;
  readonly arguments: readonly PickleValue[];
  state: PickleValue | undefined;
}

/** A reference to something outside the pickle (a tensor storage in files of PyTorch). */
export interface PicklePersistent {
  readonly kind: 'persistent';
  readonly id: PickleValue;
}

type Kinds = { global: PickleGlobal; record: PickleRecord; persistent: PicklePersistent };

/** True for an inert object of one kind. */
export function isKind<K extends keyof Kinds>(kind: K, value: PickleValue | undefined): value is Kinds[K] {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;
}

/** The value under a string key of a dictionary; undefined when `value` is no dictionary or has no such key. */
export function entryOf(value: PickleValue | undefined, key: string): PickleValue | undefined {
  return value instanceof Map ? value.get(key) : undefined;
}

/** The value as a whole number of at least 0, or a `content` problem that says what it should have been. */
export function wholeNumber(value: PickleValue | undefined, what: string, file: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new Problem('content', { file, reason: `${what} is not a whole number of at least 0` });
}
