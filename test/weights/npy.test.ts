// NumPy's files against NumPy (test/golden/weights/make.py), ours, and headers that lie.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readNpy, readNumpyFile } from '../../native/weights/npy.ts';
import { type StoredTensor, toNumbers } from '../../native/weights/tensor.ts';
import { writeNpz } from '../../src-main/archive/numpy-file.ts';
import { problemOf } from './problem-of.ts';

const golden = join(import.meta.dirname, '../golden/weights');
const { arrays } = JSON.parse(readFileSync(join(golden, 'expected.json'), 'utf8')) as {
  arrays: Readonly<Record<string, [number[], number[]]>>;
};
const folder = mkdtempSync(join(tmpdir(), 'residua-npy-'));
afterAll(() => rmSync(folder, { recursive: true }));

function plain(tensors: ReadonlyMap<string, StoredTensor>): Record<string, [readonly number[], number[]]> {
  return Object.fromEntries([...tensors].map(([name, tensor]) => [name, [tensor.shape, [...toNumbers(tensor)]]]));
}

describe('NumPy files', () => {
  it.each(['arrays.npz', 'arrays-compressed.npz'])('reads %s', async (name) => {
    const read = await readNumpyFile(join(golden, name));
    expect(plain(read)).toEqual(arrays);
    expect(read.get('w')?.dtype).toBe('F64');
  });

  it('reads a single array in Fortran order', async () => {
    expect(plain(await readNumpyFile(join(golden, 'fortran.npy')))).toEqual({ '': arrays.fortran });
  });

  it('reads the float32 latents that Residua writes, stored as numpy.savez does', async () => {
    const path = join(folder, 'projected_w.npz');
    await writeNpz(path, { w: { shape: [1, 2], data: Float32Array.of(0.5, -2) } });
    const read = await readNumpyFile(path);
    expect(plain(read)).toEqual({
      w: [
        [1, 2],
        [0.5, -2],
      ],
    });
    expect(read.get('w')?.dtype).toBe('F32');
    const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }".padEnd(117);
    expect(readFileSync(path).includes(Buffer.from(`\x93NUMPY\x01\x00\x76\x00${header}\n`, 'latin1'))).toBe(true);
  });

  const npy = (header: string, data = 16, version = 1) => {
    const length = version === 1 ? [header.length & 255, header.length >> 8] : [header.length, 0, 0, 0];
    return Buffer.concat([
      Buffer.from('\x93NUMPY', 'latin1'),
      Buffer.from([version, 0, ...length]),
      Buffer.from(header),
      Buffer.alloc(data),
    ]);
  };
  const header = (change: object) => {
    const { descr, order, shape } = { descr: "'<f8'", order: 'False', shape: '(2,)', ...change };
    return `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }\n`;
  };

  it('reads versions 2 and 3', () => {
    for (const version of [2, 3]) expect(readNpy(npy(header({}), 16, version), 'x').shape).toEqual([2]);
  });

  it.each([
    ['another file', Buffer.from('GIF89a, and then some more'), 'format'],
    ['a big-endian type', npy(header({ descr: "'>f8'" })), 'format'],
    ['objects', npy(header({ descr: "'|O'" })), 'format'],
    ['text', npy(header({ descr: "'<U4'" })), 'format'],
    ['a composed type', npy(header({ descr: "[('a', '<f8')]" })), 'format'],
    ['a shape that is too large', npy(header({ shape: '(3,)' })), 'content'],
    ['a shape that is too small', npy(header({ shape: '(1,)' })), 'content'],
    ['a shape of 2^80', npy(header({ shape: '(1208925819614629174706176,)' })), 'content'],
    ['a negative shape', npy(header({ shape: '(-2,)' })), 'content'],
    ['no shape', npy("{'descr': '<f8', 'fortran_order': False}"), 'content'],
    ['a version of the future', npy(header({}), 16, 4), 'content'],
    ['a header longer than the file', npy(header({})).subarray(0, 40), 'content'],
    ['a file of the magic alone', Buffer.from('\x93NUMPY\x01', 'latin1'), 'content'],
  ])('refuses %s', (_, bytes, kind) => {
    expect(problemOf(() => readNpy(bytes, 'bad.npy'))).toMatchObject({ kind, values: { file: 'bad.npy' } });
  });

  it('names the array of an archive that is broken', async () => {
    const path = join(folder, 'broken.npz');
    const bytes = readFileSync(join(golden, 'arrays.npz'));
    bytes[bytes.indexOf('NUMPY') + 150]! ^= 1;
    writeFileSync(path, bytes);
    await expect(readNumpyFile(path)).rejects.toMatchObject({ kind: 'content' });
  });
});
