// A weights file as bytes, within the limit of what Node reads at once, and what kind of file its first bytes say it is.
import { readFile, stat } from 'node:fs/promises';
import { Problem } from '../../src-main/platform/errors.ts';
import { maximumBytes } from './tensor.ts';

/** The kinds of file that weights and latents come in. `torch-legacy` is also a pickle, and comes first. */
export const weightsKinds = ['safetensors', 'zip', 'npy', 'torch-legacy', 'pickle'] as const;
export type WeightsKind = (typeof weightsKinds)[number];

/** As in the reference implementation of safetensors: no header is longer. */
export const maximumHeaderBytes = 100_000_000;

/** Whether the first bytes of a file, as hexadecimal digits, are those of a kind. */
const beginnings: { readonly [K in WeightsKind]: (digits: string, bytes: Uint8Array) => boolean } = {
  // Eight bytes of header length, then the brace of its JSON.
  safetensors: (digits, bytes) => digits.startsWith('7b', 16) && safetensorsHeaderBytes(bytes) <= maximumHeaderBytes,
  zip: (digits) => digits.startsWith('504b0304'),
  npy: (digits) => digits.startsWith('934e554d5059'),
  // PyTorch's magic number as the first of several pickles.
  'torch-legacy': (digits) => digits.startsWith('80028a0a6cfc9c46f9206aa85019'),
  pickle: (digits) => /^800[2-5]/.test(digits),
};

/** The kind of file that `bytes` begin as; undefined for any other. */
export function weightsKind(bytes: Uint8Array): WeightsKind | undefined {
  const digits = firstDigits(bytes, 16);
  return weightsKinds.find((kind) => beginnings[kind](digits, bytes));
}

/** The problem with a file that is not of a kind that can be used: `format`, saying what it is instead. */
export function wrongKind(bytes: Uint8Array, file: string, wanted: string): Problem<'format'> {
  const begins = bytes.length === 0 ? 'an empty file' : `begins with ${firstDigits(bytes, 4)}`;
  return new Problem('format', { file, found: `${weightsKind(bytes) ?? begins}; expected ${wanted}` });
}

/** The header length that a safetensors file claims. */
export function safetensorsHeaderBytes(bytes: Uint8Array): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
}

/** The bytes of a file. Errors: those of the file system; `file` when it is none; `limit` for 2 GiB and more. */
export async function readWeightsFile(path: string): Promise<Uint8Array> {
  const found = await stat(path);
  if (!found.isFile()) throw new Problem('file', { file: path, reason: 'is no regular file' });
  if (found.size >= maximumBytes) {
    throw new Problem('limit', { what: `size of ${path}`, value: found.size, limit: maximumBytes });
  }
  return readFile(path);
}

function firstDigits(bytes: Uint8Array, count: number): string {
  return Buffer.from(bytes.subarray(0, count)).toString('hex');
}
