// The stack machine of a pickle: a cursor over the bytes, the stack with its marks, and the memo. Bounds are checked here.
import { Problem } from '../../src-main/platform/errors.ts';
import {
  isKind,
  type PicklePersistent,
  type PicklePlain,
  type PickleRecord,
  type PickleValue,
} from './pickle-value.ts';

/** More steps than any weights file needs (a StyleGAN2 pickle takes ten thousand); bounds time and memory. */
const maximumSteps = 1_000_000;

/** State of one reading; owned by `readPickle`. `refuse` makes the problem for broken content. */
export class PickleMachine {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #allows: (name: string) => boolean;
  readonly #memo = new Map<number, PickleValue>();
  readonly #marks: number[] = [];
  readonly #stack: PickleValue[] = [];
  readonly file: string;
  position: number;
  stopped = false;
  readonly persistent: PicklePersistent[] = [];
  #steps = 0;

  constructor(bytes: Uint8Array, position: number, file: string, allows: (name: string) => boolean) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#allows = allows;
    this.file = file;
    this.position = position;
  }

  refuse(reason: string): Problem<'content'> {
    return new Problem('content', { file: this.file, reason: `${reason} (at byte ${this.position} of a pickle)` });
  }

  /** Counts work; error `limit` when a pickle asks for more than any weights file needs. */
  spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps > maximumSteps)
      throw new Problem('limit', {
        what: `steps of the pickle in ${this.file}`,
        value: this.#steps,
        limit: maximumSteps,
      });
  }

  /** A view of the next `length` bytes; nothing is allocated, so a hostile length costs nothing. */
  take(length: number): Uint8Array {
    if (length < 0 || length > this.#bytes.length - this.position) throw this.refuse('truncated');
    this.position += length;
    return this.#bytes.subarray(this.position - length, this.position);
  }

  /** Little-endian unsigned integer of 1, 2, 4 or 8 bytes. */
  unsigned(bytes: 1 | 2 | 4 | 8): number {
    const at = this.position;
    this.take(bytes);
    if (bytes === 8) return Number(this.#view.getBigUint64(at, true));
    if (bytes === 4) return this.#view.getUint32(at, true);
    return bytes === 2 ? this.#view.getUint16(at, true) : this.#view.getUint8(at);
  }

  /** Little-endian two's complement of any length, as a number where that is exact. */
  signed(length: number): number | bigint {
    if (length > 1024) throw this.refuse(`an integer of ${length} bytes`);
    const digits = this.take(length).toReversed();
    if (digits.length === 0) return 0;
    return exact(BigInt.asIntN(length * 8, BigInt(`0x${Buffer.from(digits).toString('hex')}`)));
  }

  /** Big-endian float64. */
  float(): number {
    const at = this.position;
    this.take(8);
    return this.#view.getFloat64(at, false);
  }

  /** Text up to the next line feed (protocol 0). */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.position);
    if (end < 0) throw this.refuse('truncated');
    const text = Buffer.from(this.take(end - this.position)).toString('latin1');
    this.position += 1;
    return text;
  }

  text(length: number): string {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.take(length));
    } catch (error) {
      throw error instanceof Problem ? error : this.refuse('a string that is not UTF-8');
    }
  }

  push(value: PickleValue): void {
    this.#stack.push(value);
  }

  pop(): PickleValue {
    if (this.#stack.length <= (this.#marks.at(-1) ?? 0)) throw this.refuse('the stack is empty');
    return this.#stack.pop() as PickleValue;
  }

  /** The last `count` values, in order. */
  popMany(count: number): PickleValue[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  /** Removes one value, or the mark when it is on top. */
  discard(): void {
    if (this.#marks.at(-1) === this.#stack.length && this.#marks.length > 0) this.#marks.pop();
    else this.pop();
  }

  mark(): void {
    this.#marks.push(this.#stack.length);
  }

  /** The values above the last mark, which is removed with them. */
  popToMark(): PickleValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw this.refuse('no mark on the stack');
    return this.#stack.splice(mark);
  }

  top(): PickleValue {
    const value = this.pop();
    this.#stack.push(value);
    return value;
  }

  memoize(index = this.#memo.size): void {
    this.#memo.set(index, this.top());
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw this.refuse(`nothing was memoized as ${index}`);
    this.push(value);
  }

  /** Pushes a class or function when its full name is allowed; error `unknown-global` when it is not. */
  pushGlobal(module: PickleValue, name: PickleValue): void {
    if (typeof module !== 'string' || typeof name !== 'string') throw this.refuse('a global without a name');
    const full = `${module}.${name}`;
    if (!this.#allows(full)) throw new Problem('unknown-global', { file: this.file, name: full.slice(0, 200) });
    this.push({ kind: 'global', name: full });
  }

  /** Pushes what calling `callee` stands for. */
  pushCall(callee: PickleValue, values: PickleValue): void {
    if (!isKind('global', callee) || !Array.isArray(values)) throw this.refuse('a call of something that is no global');
    const record: PickleRecord = { kind: 'record', global: callee.name, arguments: values, state: undefined };
    this.push(plainResults[callee.name]?.(record, this) ?? record);
  }

  pushPersistent(id: PickleValue): void {
    const reference: PicklePersistent = { kind: 'persistent', id };
    this.persistent.push(reference);
    this.push(reference);
  }

  /** The value as a list or tuple. */
  list(value: PickleValue): PickleValue[] {
    if (!Array.isArray(value)) throw this.refuse('items for something that is no list');
    return value;
  }

  /** Adds pairs (key, value, key, value, …) to a dictionary. */
  setItems(target: PickleValue, pairs: readonly PickleValue[]): void {
    if (!(target instanceof Map) || pairs.length % 2 !== 0)
      throw this.refuse('items for something that is no dictionary');
    for (let index = 0; index < pairs.length; index += 2) target.set(this.key(pairs[index]), pairs[index + 1]!);
  }

  key(value: PickleValue | undefined): PicklePlain {
    if (value === null || (value !== undefined && typeof value !== 'object')) return value;
    throw this.refuse('a dictionary key that is not a plain value');
  }
}

/** The number when it is exact, else the big integer. */
export function exact(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** Calls whose result is plain data of ours; every other allowed call stays an inert record. */
const plainResults: Readonly<Record<string, (record: PickleRecord, machine: PickleMachine) => PickleValue>> = {
  'collections.OrderedDict': dictionary,
  'dnnlib.util.EasyDict': dictionary,
  'builtins.set': set,
  '__builtin__.set': set,
  'builtins.bytes': noBytes,
  '__builtin__.bytes': noBytes,
  '_codecs.encode': ({ arguments: [text, encoding] }, machine) => {
    if (typeof text !== 'string' || encoding !== 'latin1') throw machine.refuse('bytes in an unknown encoding');
    machine.spend(text.length / 1000);
    return Buffer.from(text, 'latin1');
  },
};

/** Empty byte strings of protocol 2. */
function noBytes({ arguments: values }: PickleRecord, machine: PickleMachine): PickleValue {
  if (values.length > 0) throw machine.refuse('bytes made of something');
  return new Uint8Array();
}

/** A dictionary of a list of pairs, as Python 2 pickled ordered dictionaries. */
function dictionary({ arguments: [pairs] }: PickleRecord, machine: PickleMachine): PickleValue {
  const result = new Map<PicklePlain, PickleValue>();
  for (const pair of items(pairs, machine)) machine.setItems(result, machine.list(pair));
  return result;
}

function set({ arguments: [members] }: PickleRecord, machine: PickleMachine): PickleValue {
  return new Set(items(members, machine));
}

function items(value: PickleValue | undefined, machine: PickleMachine): readonly PickleValue[] {
  const list = value === undefined ? [] : machine.list(value);
  machine.spend(list.length);
  return list;
}
