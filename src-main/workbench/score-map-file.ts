// Score maps as NumPy files: float32 [height, width], so that any tool can open what Residua keeps.
import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '../platform/atomic-file.ts';
import { Problem } from '../platform/errors.ts';

/** A score for every window position; row-major. */
export interface StoredMap {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

const magic = '\x93NUMPY\x01\x00';

/** Writes NumPy format 1.0 (numpy.lib.format), little-endian, C order. */
export async function writeScoreMap(path: string, { width, height, values }: StoredMap): Promise<void> {
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${height}, ${width}), }`;
  // The whole header is a multiple of 64 bytes and ends with a line feed.
  const padded = `${dictionary.padEnd(Math.ceil((dictionary.length + 11) / 64) * 64 - 11)}\n`;
  const head = Buffer.from(`${magic}\0\0${padded}`, 'latin1');
  head.writeUInt16LE(padded.length, magic.length);
  const data = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  await writeFileAtomic(path, Buffer.concat([head, data]));
}

/** Reads what `writeScoreMap` wrote. Throws `content` for anything else. */
export async function readScoreMap(path: string): Promise<StoredMap> {
  const bytes = await readFile(path);
  const broken = () => new Problem('content', { file: path, reason: 'is not a score map' });
  if (bytes.length < 10 || bytes.toString('latin1', 0, 8) !== magic) throw broken();
  const start = 10 + bytes.readUInt16LE(8);
  const shape = /'descr': '<f4', 'fortran_order': False, 'shape': \((\d+), (\d+)\)/.exec(
    bytes.toString('latin1', 10, start),
  );
  if (shape === null) throw broken();
  const [height, width] = [Number(shape[1]), Number(shape[2])];
  if (bytes.length - start !== height * width * 4) throw broken();
  return { width, height, values: new Float32Array(Uint8Array.from(bytes.subarray(start)).buffer) };
}
