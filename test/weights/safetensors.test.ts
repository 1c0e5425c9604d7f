// Safetensors: round trips, the golden files, and every lie that a header can tell.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSafetensors, safetensorsParts } from '../../native/weights/safetensors.ts';
import { fromFloats, type StoredTensor, toFloats, toNumbers } from '../../native/weights/tensor.ts';
import { problemOf } from './problem-of.ts';

function fileOf(header: unknown, data: Uint8Array): Uint8Array {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, data]);
}

const eight = new Uint8Array(8);
const entry = (change: object) => ({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 8], ...change } });

describe('safetensors', () => {
  it('reads the golden weights', () => {
    const path = join(import.meta.dirname, '../golden/stylegan2/tiny-weights.safetensors');
    const { tensors, metadata } = readSafetensors(readFileSync(path), path);
    expect(tensors.size).toBe(112);
    expect(metadata.img_resolution).toBe('32');
    const weight = tensors.get('G.synthesis.b4.conv1.weight')!;
    expect(weight.shape).toEqual([48, 48, 3, 3]);
    expect(Array.from(toFloats(weight)).every(Number.isFinite)).toBe(true);
  });

  it('writes what it reads, aligned and in any order of element sizes', () => {
    const floats = fromFloats({ shape: [2, 3], data: Float32Array.of(1, -0, 3.5, 1e-40, Number.NaN, -1 / 0) });
    const flags: StoredTensor = { dtype: 'BOOL', shape: [3], data: Uint8Array.of(1, 0, 1) };
    const wide: StoredTensor = { dtype: 'I64', shape: [], data: Uint8Array.of(254, 255, 255, 255, 255, 255, 255, 255) };
    const empty: StoredTensor = { dtype: 'F16', shape: [0, 4], data: new Uint8Array() };
    const tensors = new Map(Object.entries({ flags, floats, empty, wide }));
    const bytes = Buffer.concat(safetensorsParts(tensors, { note: 'µ' }));
    const read = readSafetensors(bytes, 'file');
    expect(read.metadata).toEqual({ note: 'µ' });
    for (const [name, tensor] of tensors) {
      expect(read.tensors.get(name)).toMatchObject({ dtype: tensor.dtype, shape: tensor.shape });
      expect(Buffer.compare(read.tensors.get(name)!.data, tensor.data)).toBe(0);
    }
    expect(toNumbers(read.tensors.get('wide')!)).toEqual(Float64Array.of(-2));
    expect((8 + Number(bytes.readBigUInt64LE())) % 8).toBe(0);
  });

  it('converts half and brain floats, subnormals and infinities included', () => {
    const words = (...values: number[]) => new Uint8Array(Uint16Array.from(values).buffer);
    const half: StoredTensor = {
      dtype: 'F16',
      shape: [6],
      data: words(0x3c00, 0xc000, 0x0001, 0x7c00, 0x8000, 0x7bff),
    };
    expect(Array.from(toFloats(half))).toEqual([1, -2, 2 ** -24, Number.POSITIVE_INFINITY, -0, 65504]);
    const brain: StoredTensor = { dtype: 'BF16', shape: [3], data: words(0x3f80, 0xc049, 0xff80) };
    expect(Array.from(toFloats(brain))).toEqual([1, -3.140625, Number.NEGATIVE_INFINITY]);
  });

  it('copies floats that are not aligned', () => {
    const bytes = new Uint8Array(9);
    bytes.set(new Uint8Array(Float32Array.of(2.5, -1).buffer), 1);
    for (const data of [bytes.subarray(1), Buffer.from(bytes.buffer).subarray(1)]) {
      expect(Array.from(toFloats({ dtype: 'F32', shape: [2], data }))).toEqual([2.5, -1]);
    }
  });

  it.each([
    ['too short', eight.subarray(0, 4)],
    ['header longer than the file', fileOf('{}', eight).subarray(0, 9)],
    ['header of 2^63 bytes', Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 128, 123)],
    ['no JSON', fileOf('{"a":', eight)],
    ['no UTF-8', fileOf('{"\u00e9"}', eight).map((byte) => (byte === 0xc3 ? 0xff : byte))],
    ['header that is a list', fileOf([], eight)],
    ['metadata that is no text', fileOf({ __metadata__: { a: 1 } }, new Uint8Array())],
    ['negative dimension', fileOf(entry({ shape: [-2] }), eight)],
    ['fractional dimension', fileOf(entry({ shape: [1.5] }), eight)],
    ['shape whose product overflows', fileOf(entry({ shape: [2 ** 40, 2 ** 40, 0.5] }), eight)],
    ['shape of 2^60 elements', fileOf(entry({ shape: [2 ** 30, 2 ** 30] }), eight)],
    ['shape that does not fit', fileOf(entry({ shape: [3] }), eight)],
    ['offset after the end', fileOf(entry({ data_offsets: [0, 16], shape: [4] }), eight)],
    ['hole before a tensor', fileOf(entry({ data_offsets: [4, 8], shape: [1] }), eight)],
    ['end before begin', fileOf(entry({ data_offsets: [0, -8] }), eight)],
    ['data of no tensor', fileOf({}, eight)],
    ['truncated data', fileOf(entry({}), eight.subarray(1))],
    ['overlap', fileOf({ ...entry({}), b: { dtype: 'U8', shape: [4], data_offsets: [4, 8] } }, eight)],
  ])('refuses %s', (_, bytes) => {
    expect(problemOf(() => readSafetensors(bytes, 'bad.safetensors'))).toMatchObject({
      kind: 'content',
      values: { file: 'bad.safetensors' },
    });
  });

  it('refuses an unknown element type by name', () => {
    expect(problemOf(() => readSafetensors(fileOf(entry({ dtype: 'F8_E4M3' }), eight), 'x'))).toEqual({
      kind: 'format',
      values: { file: 'x', found: 'element type F8_E4M3 of a' },
    });
  });

  it('does not write a tensor whose shape does not fit', () => {
    const tensor: StoredTensor = { dtype: 'F32', shape: [3], data: eight };
    expect(problemOf(() => safetensorsParts(new Map([['a', tensor]]))).kind).toBe('mismatch');
    expect(problemOf(() => fromFloats({ shape: [3], data: new Float32Array(2) })).kind).toBe('mismatch');
  });
});
