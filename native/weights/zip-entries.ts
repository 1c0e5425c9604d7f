// The entries of a zip archive in memory (.pt, .npz): stored ones are views, deflated ones are inflated within declared sizes.
import { crc32, inflateRawSync } from 'node:zlib';
import { type Entry, fromBufferPromise } from 'yauzl';
import { Problem } from '../../src-main/platform/errors.ts';
import { maximumBytes } from './tensor.ts';

/** Takes the content of one entry out of the archive. Error `content` when it is broken (size, checksum). */
export type ZipEntry = () => Uint8Array;

const methods = { stored: 0, deflated: 8 } as const;

/**
 * The files in a zip archive by name. Errors: `content` for a broken archive, an encrypted entry, another compression,
 * a name twice; `limit` when the entries would take more than 2 GiB.
 */
export async function zipEntries(bytes: Uint8Array, file: string): Promise<ReadonlyMap<string, ZipEntry>> {
  const entries = new Map<string, ZipEntry>();
  let total = 0;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const archive = await fromBufferPromise(buffer, { lazyEntries: true });
    for await (const entry of archive.eachEntry()) {
      const { fileDataStart } = await archive.readLocalFileHeaderPromise(entry, { minimal: true });
      total += entry.uncompressedSize;
      if (entries.has(entry.fileName)) throw new Error(`two entries of the name ${entry.fileName}`);
      const content = bytes.subarray(fileDataStart, fileDataStart + entry.compressedSize);
      entries.set(entry.fileName, () => contentOf(entry, content, file));
    }
  } catch (cause) {
    const reason = `broken zip archive: ${cause instanceof Error ? cause.message : cause}`;
    throw new Problem('content', { file, reason }, { cause });
  }
  if (total > maximumBytes)
    throw new Problem('limit', { what: `content of ${file}`, value: total, limit: maximumBytes });
  return entries;
}

function contentOf(entry: Entry, content: Uint8Array, file: string): Uint8Array {
  const { fileName, compressionMethod, uncompressedSize } = entry;
  const broken = (reason: string, cause?: unknown) =>
    new Problem('content', { file, reason: `${reason}: ${fileName}` }, { cause });
  const known = compressionMethod === methods.stored || compressionMethod === methods.deflated;
  if (!known || entry.isEncrypted()) throw broken('an entry that is encrypted or compressed in an unknown way');
  let data = content;
  if (compressionMethod === methods.deflated) {
    try {
      data = inflateRawSync(content, { maxOutputLength: Math.max(1, uncompressedSize) });
    } catch (cause) {
      throw broken('an entry that cannot be inflated to its declared size', cause);
    }
  }
  if (data.byteLength !== uncompressedSize) throw broken('an entry that has not its declared size');
  if (crc32(data) !== entry.crc32) throw broken('an entry whose checksum is wrong');
  return data;
}
