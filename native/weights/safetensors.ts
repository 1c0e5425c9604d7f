// The safetensors format: 8-byte little-endian header length, JSON header, raw little-endian tensors. Read and write.
import { z } from 'zod';
import { Problem } from '../../src-main/platform/errors.ts';
import { elementBytes, elementCount, isElementType, type StoredTensor } from './tensor.ts';
import { maximumHeaderBytes, safetensorsHeaderBytes } from './weights-file.ts';

/** Content of a safetensors file; the tensors are views into the bytes that were read. */
export interface Safetensors {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

const headerSchema = z
  .object({ __metadata__: z.record(z.string(), z.string()).optional() })
  .catchall(
    z.object({ dtype: z.string(), shape: z.array(z.number()), data_offsets: z.tuple([z.number(), z.number()]) }),
  );

type Entry = z.infer<typeof headerSchema>[string];

/**
 * Reads a safetensors file (https://huggingface.co/docs/safetensors, "Format"). Nothing is copied. As the format
 * demands, the tensors must cover the data without hole or overlap. `file` is the name for messages.
 * Errors: `content` for anything that contradicts itself, `format` for an element type that is not read here.
 */
export function readSafetensors(bytes: Uint8Array, file: string): Safetensors {
  if (bytes.length < 8) throw broken(file, 'shorter than a safetensors header');
  const length = safetensorsHeaderBytes(bytes);
  if (length > maximumHeaderBytes || length > bytes.length - 8) {
    throw broken(file, `truncated, or no safetensors file: a header of ${length} bytes in ${bytes.length} bytes`);
  }
  const header = parseHeader(bytes.subarray(8, 8 + length), file);
  const { __metadata__: metadata, ...entries } = header;
  const data = bytes.subarray(8 + length);
  const tensors = new Map<string, StoredTensor>();
  let position = 0;
  for (const [name, entry] of (Object.entries(entries) as [string, Entry][]).sort(byOffset)) {
    const tensor = readTensor(name, entry, data, position, file);
    position += tensor.data.byteLength;
    tensors.set(name, tensor);
  }
  if (position !== data.length) throw broken(file, `${data.length - position} bytes belong to no tensor`);
  return { tensors, metadata: metadata ?? {} };
}

/**
 * The parts of a safetensors file in order, to be written one after the other: no tensor is copied. Tensors are sorted
 * by element size (largest first), then by insertion, and the header is padded to a multiple of eight bytes, so that
 * every tensor is aligned. Error `mismatch` when a shape does not fit its bytes.
 */
export function safetensorsParts(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] {
  const sorted = [...tensors].sort(([, a], [, b]) => elementBytes(b.dtype) - elementBytes(a.dtype));
  const header: Record<string, unknown> = { __metadata__: metadata };
  let position = 0;
  for (const [name, { dtype, shape, data }] of sorted) {
    const count = elementCount(shape);
    if (count === undefined || count * elementBytes(dtype) !== data.byteLength) {
      throw new Problem('mismatch', { what: `bytes of ${name}`, expected: `[${shape}]`, found: `${data.byteLength}` });
    }
    header[name] = { dtype, shape, data_offsets: [position, position + data.byteLength] };
    position += data.byteLength;
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.concat([json, Buffer.alloc(-json.length & 7, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return [length, padded, ...sorted.map(([, { data }]) => data)];
}

function parseHeader(bytes: Uint8Array, file: string): z.infer<typeof headerSchema> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw broken(file, 'the safetensors header is not JSON', cause);
  }
  const header = headerSchema.safeParse(json);
  if (header.success) return header.data;
  const where = header.error.issues[0]?.path.join('.') ?? '';
  throw broken(file, `the safetensors header is not as the format demands, at "${where}"`, header.error);
}

function byOffset([, a]: [string, Entry], [, b]: [string, Entry]): number {
  return a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1];
}

function readTensor(name: string, entry: Entry, data: Uint8Array, position: number, file: string): StoredTensor {
  const { dtype, shape, data_offsets: range } = entry;
  if (!isElementType(dtype)) throw new Problem('format', { file, found: `element type ${dtype} of ${name}` });
  const [begin, end] = range;
  if (begin !== position || end < begin || end > data.length) {
    throw broken(file, `tensor ${name} claims bytes ${begin} to ${end}, where ${position} to ${data.length} are left`);
  }
  const count = elementCount(shape);
  if (count === undefined || count * elementBytes(dtype) !== end - begin) {
    throw broken(file, `tensor ${name} of shape [${shape}] and type ${dtype} does not fit ${end - begin} bytes`);
  }
  return { dtype, shape, data: data.subarray(begin, end) };
}

function broken(file: string, reason: string, cause?: unknown): Problem<'content'> {
  return new Problem('content', { file, reason }, { cause });
}
