// Reads Python pickles (protocols 0 to 5) as data: nothing is imported, called or evaluated, whatever the file says.
import { exact, PickleMachine } from './pickle-machine.ts';
import { isKind, type PicklePersistent, type PickleValue } from './pickle-value.ts';

/** Where and how to read: `position` of the first byte, the file name for messages, the globals that are understood. */
export interface PickleOptions {
  readonly file: string;
  readonly position?: number;
  readonly allows: (globalName: string) => boolean;
}

/** What was read; `end` is the position after the pickle, `persistent` every outside reference in order. */
export interface PickleResult {
  readonly value: PickleValue;
  readonly end: number;
  readonly persistent: readonly PicklePersistent[];
}

/**
 * Reads the pickle that begins at `position` of `bytes` and returns its value. Byte strings are views into `bytes`. Allowed globals become inert records, except the containers `OrderedDict`, `EasyDict`, `set`.
 * Source: the opcode list of CPython's `pickletools`, PEP 307, PEP 3154, PEP 574.
 * Errors: `unknown-global` names the first global that `allows` does not know; `content` for a broken or truncated
 * pickle, for opcodes that no weights file needs; `limit` for more than a million steps.
 */
export function readPickle(bytes: Uint8Array, options: PickleOptions): PickleResult {
  const machine = new PickleMachine(bytes, options.position ?? 0, options.file, options.allows);
  while (!machine.stopped) {
    machine.spend(1);
    const code = machine.unsigned(1);
    const run = opcodes.get(code);
    if (run === undefined) throw machine.refuse(`unknown or refused opcode 0x${code.toString(16)}`);
    run(machine);
  }
  return { value: machine.pop(), end: machine.position, persistent: machine.persistent };
}

type Opcode = (machine: PickleMachine) => void;

/** One row for each opcode, by its character in `pickletools`. */
const rows: Readonly<Record<string, Opcode>> = {
  // Protocol 0 and 1: numbers, text, containers
  N: (machine) => machine.push(null),
  I: (machine) => machine.push(integerLine(machine)),
  L: (machine) => machine.push(integerLine(machine)),
  F: (machine) => machine.push(numberLine(machine)),
  S: (machine) => machine.push(quoted(machine)),
  V: (machine) =>
    machine.push(
      machine.line().replace(/\\u([0-9a-f]{4})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    ),
  J: (machine) => machine.push(machine.unsigned(4) | 0),
  K: (machine) => machine.push(machine.unsigned(1)),
  M: (machine) => machine.push(machine.unsigned(2)),
  G: (machine) => machine.push(machine.float()),
  T: (machine) => machine.push(latin(machine, machine.unsigned(4))),
  U: (machine) => machine.push(latin(machine, machine.unsigned(1))),
  X: (machine) => machine.push(machine.text(machine.unsigned(4))),
  '(': (machine) => machine.mark(),
  ')': (machine) => machine.push([]),
  ']': (machine) => machine.push([]),
  '}': (machine) => machine.push(new Map()),
  t: (machine) => machine.push(machine.popToMark()),
  l: (machine) => machine.push(machine.popToMark()),
  d: (machine) => {
    const pairs = machine.popToMark();
    machine.push(new Map());
    machine.setItems(machine.top(), pairs);
  },
  a: (machine) => {
    const item = machine.pop();
    machine.list(machine.top()).push(item);
  },
  e: (machine) => {
    const items = machine.popToMark();
    const list = machine.list(machine.top());
    for (const item of items) list.push(item);
  },
  s: (machine) => {
    const pair = machine.popMany(2);
    machine.setItems(machine.top(), pair);
  },
  u: (machine) => {
    const pairs = machine.popToMark();
    machine.setItems(machine.top(), pairs);
  },
  // Stack and memo
  '0': (machine) => machine.discard(),
  '1': (machine) => void machine.popToMark(),
  '2': (machine) => machine.push(machine.top()),
  p: (machine) => machine.memoize(Number(integerLine(machine))),
  q: (machine) => machine.memoize(machine.unsigned(1)),
  r: (machine) => machine.memoize(machine.unsigned(4)),
  g: (machine) => machine.recall(Number(integerLine(machine))),
  h: (machine) => machine.recall(machine.unsigned(1)),
  j: (machine) => machine.recall(machine.unsigned(4)),
  '.': (machine) => {
    machine.stopped = true;
  },
  // Where Python would run something: names against the list, and inert records
  c: (machine) => machine.pushGlobal(machine.line(), machine.line()),
  R: (machine) => {
    const [callee = null, values = null] = machine.popMany(2);
    machine.pushCall(callee, values);
  },
  b: (machine) => {
    const state = machine.pop();
    const target = machine.top();
    // Attributes of a dictionary (`_metadata` of a state dict) are not items: nothing here needs them.
    if (isKind('record', target)) target.state = state;
    else if (!(target instanceof Map)) throw machine.refuse('a state for something that has none');
  },
  Q: (machine) => machine.pushPersistent(machine.pop()),
  // Protocol 2
  '\x80': (machine) => {
    if (machine.unsigned(1) > 5) throw machine.refuse('a pickle protocol newer than 5');
  },
  '\x81': (machine) => {
    const [callee = null, values = null] = machine.popMany(2);
    machine.pushCall(callee, values);
  },
  '\x85': (machine) => machine.push(machine.popMany(1)),
  '\x86': (machine) => machine.push(machine.popMany(2)),
  '\x87': (machine) => machine.push(machine.popMany(3)),
  '\x88': (machine) => machine.push(true),
  '\x89': (machine) => machine.push(false),
  '\x8a': (machine) => machine.push(machine.signed(machine.unsigned(1))),
  '\x8b': (machine) => machine.push(machine.signed(machine.unsigned(4))),
  // Protocols 3 to 5
  B: (machine) => machine.push(machine.take(machine.unsigned(4))),
  C: (machine) => machine.push(machine.take(machine.unsigned(1))),
  '\x8c': (machine) => machine.push(machine.text(machine.unsigned(1))),
  '\x8d': (machine) => machine.push(machine.text(machine.unsigned(8))),
  '\x8e': (machine) => machine.push(machine.take(machine.unsigned(8))),
  '\x8f': (machine) => machine.push(new Set()),
  '\x90': (machine) => {
    const items = machine.popToMark();
    const target = machine.top();
    if (!(target instanceof Set)) throw machine.refuse('items for something that is no set');
    for (const item of items) target.add(item);
  },
  '\x91': (machine) => machine.push(new Set(machine.popToMark())),
  '\x93': (machine) => {
    const [module = null, name = null] = machine.popMany(2);
    machine.pushGlobal(module, name);
  },
  '\x94': (machine) => machine.memoize(),
  '\x95': (machine) => void machine.unsigned(8),
  '\x96': (machine) => machine.push(machine.take(machine.unsigned(8))),
};

const opcodes: ReadonlyMap<number, Opcode> = new Map(
  Object.entries(rows).map(([character, run]) => [character.charCodeAt(0), run]),
);

/** A decimal integer of protocols 0 and 1; `01` and `00` are its booleans, `L` ends a long one. */
function integerLine(machine: PickleMachine): number | bigint | boolean {
  const text = machine.line();
  if (text === '01' || text === '00') return text === '01';
  if (!/^[+-]?\d{1,400}L?$/.test(text)) throw machine.refuse('a number that is none');
  return exact(BigInt(text.replace('L', '')));
}

function numberLine(machine: PickleMachine): number {
  const text = machine.line();
  const value = Number(text.replace(/^(-?)inf$/, '$1Infinity'));
  if (text !== 'nan' && (text === '' || Number.isNaN(value))) throw machine.refuse('a number that is none');
  return value;
}

/** A quoted string of protocol 0. Python 2 wrote names with it; backslash sequences other than of these are refused. */
function quoted(machine: PickleMachine): string {
  const text = machine.line();
  if (!/^(?:'[^'\\]*'|"[^"\\]*")$/.test(text)) throw machine.refuse('a quoted string with escapes or without quotes');
  return text.slice(1, -1);
}

function latin(machine: PickleMachine, length: number): string {
  return Buffer.from(machine.take(length)).toString('latin1');
}
