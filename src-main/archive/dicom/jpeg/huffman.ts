// Huffman-coded bits of a JPEG scan: decoding tables, and a reader that never runs past the end unnoticed.
import type { CodeTable } from './markers.ts';

/** For every code length: the first code, the last (or -1), and where its values begin (T.81 F.2.2.3). */
export interface Decoding {
  readonly first: Int32Array;
  readonly last: Int32Array;
  readonly offset: Int32Array;
  readonly values: Uint8Array;
  /** For every 8 bits that begin with a whole code: length * 256 + value; 0 for longer codes. */
  readonly quick: Uint16Array;
}

/** Prepares a transmitted table. Throws when the counts ask for more codes than a length has. */
export function decodingOf({ counts, values }: CodeTable): Decoding {
  const first = new Int32Array(17);
  const last = new Int32Array(17).fill(-1);
  const offset = new Int32Array(17);
  const quick = new Uint16Array(256);
  let code = 0;
  let position = 0;
  for (let length = 1; length <= 16; length++) {
    const count = counts[length - 1]!;
    first[length] = code;
    offset[length] = position;
    if (count > 0) last[length] = code + count - 1;
    if (code + count > 2 ** length) throw new Error('a JPEG code table is impossible');
    for (let index = 0; index < count && length <= 8; index++) {
      const shift = 8 - length;
      quick.fill(length * 256 + values[position + index]!, (code + index) << shift, (code + index + 1) << shift);
    }
    position += count;
    code = (code + count) << 1;
  }
  return { first, last, offset, values, quick };
}

/** Reads the bits of one scan. Owns its position; every method throws at the end of the data. */
export class BitReader {
  readonly #data: Uint8Array;
  #at = 0;
  #bits = 0;
  #count = 0;

  constructor(data: Uint8Array) {
    this.#data = data;
  }

  /** How many bytes have been consumed: up to two more than the bits read so far need. */
  get position(): number {
    return this.#at;
  }

  /** The next bit. */
  bit(): number {
    if (this.#count === 0) this.#fill();
    this.#count--;
    return (this.#bits >> this.#count) & 1;
  }

  /** The next `length` bits (0..16) as an unsigned number. */
  bits(length: number): number {
    while (this.#count < length) this.#fill();
    this.#count -= length;
    return (this.#bits >> this.#count) & ((1 << length) - 1);
  }

  /** The next `length` bits (0..16) as a signed difference (T.81 F.2.2.1, EXTEND). */
  signed(length: number): number {
    if (length === 0) return 0;
    const value = this.bits(length);
    return value < 1 << (length - 1) ? value - (1 << length) + 1 : value;
  }

  /** The value of the next code. */
  decode(table: Decoding): number {
    // Near the end there may be fewer than eight bits left, and enough of them.
    if (this.#count >= 8 || this.#more()) {
      const quick = table.quick[(this.#bits >> (this.#count - 8)) & 0xff]!;
      if (quick !== 0) {
        this.#count -= quick >> 8;
        return quick & 0xff;
      }
    }
    let code = 0;
    for (let length = 1; length <= 16; length++) {
      code = (code << 1) | this.bit();
      if (code <= table.last[length]!) return table.values[table.offset[length]! + code - table.first[length]!]!;
    }
    throw new Error('the JPEG data holds an unknown code');
  }

  /** Steps over the restart marker that must be next, dropping the bits before it. */
  restart(): void {
    this.#count = 0;
    while (this.#data[this.#at] === 0xff && this.#data[this.#at + 1] === 0xff) this.#at++;
    const marker = this.#data[this.#at + 1] ?? 0;
    if (this.#data[this.#at] !== 0xff || marker < 0xd0 || marker > 0xd7) {
      throw new Error('a JPEG restart marker is missing');
    }
    this.#at += 2;
  }

  #more(): boolean {
    const byte = this.#data[this.#at];
    if (byte === undefined || (byte === 0xff && this.#data[this.#at + 1] !== 0)) return false;
    this.#fill();
    return this.#count >= 8;
  }

  #fill(): void {
    const byte = this.#data[this.#at];
    if (byte === undefined) throw new Error('the JPEG data is cut short');
    if (byte === 0xff) {
      if (this.#data[this.#at + 1] !== 0) throw new Error('the JPEG data ends before the image is complete');
      this.#at++;
    }
    this.#at++;
    // At most 16 + 8 bits are ever held: they fit.
    this.#bits = ((this.#bits << 8) | byte) & 0xff_ffff;
    this.#count += 8;
  }
}
