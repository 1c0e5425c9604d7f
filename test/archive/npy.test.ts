// NumPy arrays as images: every numeric type, byte order and memory order against files that NumPy wrote.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openImageFile } from '../../src-main/archive/decode.ts';
import { inWords } from '../../src-main/platform/words.ts';
import { mutations } from './mutate.ts';

interface Golden {
  readonly file: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** See test/golden/archive/npy.py. */
const golden: Readonly<Record<string, Golden>> = JSON.parse(
  readFileSync(new URL('../golden/archive/npy.json', import.meta.url), 'utf8'),
);
const bytesOf = (name: string) => new Uint8Array(Buffer.from(golden[name]!.file, 'base64'));
const open = (bytes: Uint8Array) => openImageFile({ name: 'a.npy', bytes });
const words = (bytes: Uint8Array) => open(bytes).then(() => 'opened', inWords);

/** A version 1 file around a header and some elements. */
function npy(description: string, shape: string, elements: Uint8Array, fortran = 'False'): Uint8Array {
  const header = `{'descr': ${description}, 'fortran_order': ${fortran}, 'shape': ${shape}, }\n`;
  const length = Buffer.from([header.length & 255, header.length >> 8]);
  return new Uint8Array(
    Buffer.concat([Buffer.from('\x93NUMPY\x01\0', 'latin1'), length, Buffer.from(header), elements]),
  );
}

describe('a .npy file', () => {
  it('there are files of every type and order', () => {
    expect(Object.keys(golden)).toHaveLength(12 * 2 * 2 * 2 + 1);
  });

  it.each(Object.keys(golden))('%s', async (name) => {
    const { shape, values } = golden[name]!;
    const file = await open(bytesOf(name));
    const [height, width] = shape.slice(-2);
    expect(file).toMatchObject({ format: 'NumPy', frameCount: shape.length === 3 ? shape[0] : 1 });
    const found: number[] = [];
    for (let index = 0; index < file.frameCount; index++) {
      const image = await file.frame(index);
      expect(image).toMatchObject({
        width,
        height,
        channels: 1,
        warnings: [],
        frame: { index, count: file.frameCount },
      });
      found.push(...image.samples);
    }
    expect(found).toEqual(values);
  });

  it('keeps the element type: 8 bits stay 8-bit levels', async () => {
    const image = await (await open(bytesOf('<u1 2-D C'))).frame(0);
    expect(image.samples).toBeInstanceOf(Uint8Array);
    expect(image.bitsStored).toBe(8);
    expect((await (await open(bytesOf('>f4 3-D F'))).frame(1)).samples).toBeInstanceOf(Float32Array);
  });

  it('notes bytes behind the array', async () => {
    const file = await open(new Uint8Array([...bytesOf('<u2 2-D C'), 0, 0, 0]));
    expect((await file.frame(0)).warnings).toEqual(['3 bytes behind the array were ignored']);
  });

  it.each([
    [`'|O'`, '(2, 2)', 64, 'a.npy: not a format that Residua reads (NumPy array O)'],
    [`'<c8'`, '(2, 2)', 64, 'a.npy: not a format that Residua reads (NumPy array c8)'],
    [`'<U4'`, '(2, 2)', 64, 'a.npy: not a format that Residua reads (NumPy array U4)'],
    [`[('x', '<f4')]`, '(2, 2)', 64, 'a.npy: not a format that Residua reads (NumPy array of records)'],
    [`'<f4'`, '(16,)', 64, 'a.npy: NumPy array: it has 1 axes, an image 2 or 3'],
    [`'<f4'`, '(2, 2, 2, 2)', 64, 'a.npy: NumPy array: it has 4 axes, an image 2 or 3'],
    [`'<f4'`, '(2, 0)', 64, 'a.npy: NumPy array: an axis has no length'],
    [`'<f4'`, '(2, 100)', 64, 'a.npy: NumPy array: it holds 64 of 800 bytes'],
    [`'|u1'`, '(99999999999, 99999999999)', 64, 'a.npy: NumPy array: it holds 64 of 9.9999999998e+21 bytes'],
    [`'|u1'`, '(1, 70000)', 70_000, 'length of an axis is 70000, more than the limit of 65535'],
  ])('refuses %s %s', async (description, shape, length, reason) => {
    expect(await words(npy(description, shape, new Uint8Array(length)))).toBe(reason);
  });

  it('cut and mutated files end as a whole image or as a Problem', async () => {
    for (const { bytes, cut } of mutations(Buffer.from(bytesOf('<i2 3-D F')), 60)) {
      const image = await open(bytes)
        .then((file) => file.frame(0))
        .catch(inWords);
      if (typeof image === 'string') continue;
      expect(cut).toBe(false);
      expect(image.samples).toHaveLength(image.width * image.height);
    }
  });
});
