// Messages between page and host: what is packed comes out the same, and broken bytes are refused.
import { describe, expect, it } from 'vitest';
import { pack, unpack } from '../../src-preload/wire.ts';

describe('wire', () => {
  it('keeps plain values, and typed arrays of every kind wherever they stand', () => {
    const message = {
      text: 'Δ',
      nothing: null,
      list: [1.5, { deep: Float64Array.of(1e-300, Number.NaN) }],
      arrays: [
        Uint8Array.of(1, 2, 3),
        Int8Array.of(-1),
        Uint16Array.of(65535),
        Int16Array.of(-2, 7),
        Uint32Array.of(4e9),
        Int32Array.of(-5),
        Float32Array.of(0.5),
        new Float32Array(0),
      ],
    };
    expect(unpack(pack(message))).toEqual(message);
    expect(unpack(pack(Uint8Array.of(9)))).toEqual(Uint8Array.of(9));
    expect(unpack(pack({ png: Buffer.from([1]) }))).toEqual({ png: Uint8Array.of(1) });
  });

  it('sends only the part of a buffer that an array looks at, from any place in the bytes received', () => {
    const part = Float64Array.of(1, 2, 3).subarray(1, 2);
    const shifted = new Uint8Array([0, ...pack({ part })]).subarray(1);
    expect(unpack(shifted)).toEqual({ part: Float64Array.of(2) });
  });

  it('refuses bytes that are cut off, and places that the message does not own', () => {
    const bytes = pack({ array: Float64Array.of(1, 2) });
    for (const length of [0, 3, 20, bytes.length - 8]) expect(() => unpack(bytes.subarray(0, length))).toThrow();
    const forged = (header: object) => {
      const text = new TextEncoder().encode(JSON.stringify(header));
      return new Uint8Array([...new Uint8Array(Uint32Array.of(text.length).buffer), ...text, ...new Uint8Array(64)]);
    };
    for (const at of [['__proto__', 'polluted'], ['constructor'], ['taken'], ['absent']]) {
      const header = { plain: { taken: 1 }, places: [{ at, kind: 'Uint8Array', length: 1 }] };
      expect(() => unpack(forged(header)), at.join('.')).toThrow('an array has no place');
    }
    expect(() => unpack(forged({ plain: null, places: [{ at: [], kind: 'Function', length: 1 }] }))).toThrow();
    expect(() => unpack(forged({ plain: null, places: [{ at: [], kind: 'Uint8Array', length: -1 }] }))).toThrow();
  });
});
