// Export formats `original` and `link`: each original file once, copied or as a second name of the same bytes.
import { formatNamed } from '../../../archive/formats/formats.ts';
import type { ImageRecord } from '../../../catalog/tables/images.ts';
import { Problem } from '../../../platform/errors.ts';
import { type FormatContext, type FormatWriter, imagePath, writeEach } from './format.ts';

type WriteFile = (record: ImageRecord, context: FormatContext) => Promise<string>;

/** Copies of the original files, de-identified where that was requested. */
export const writeOriginals: FormatWriter = (records, context) => writeEach(records, context, oncePerFile(copy));

/** Second names of the original files, which share their bytes on the disk. */
export const writeLinks: FormatWriter = (records, context) => writeEach(records, context, oncePerFile(link));

/** The frames of a file share one file of the export. */
function oncePerFile(write: WriteFile): WriteFile {
  const written = new Map<string, string>();
  return async (record, context) => {
    const key = JSON.stringify([record.file, record.inside, record.sha256]);
    const known = written.get(key);
    if (known !== undefined) return known;
    const path = await write(record, context);
    written.set(key, path);
    return path;
  };
}

async function copy(record: ImageRecord, { original, staging }: FormatContext): Promise<string> {
  const { bytes, companion } = await original(record);
  const path = imagePath(record, extensionOf(record, bytes, companion));
  await staging.write(path, bytes);
  if (companion !== undefined) await staging.write(path.replace(/\.hdr/, '.img'), companion);
  return path;
}

async function link(record: ImageRecord, { original, staging }: FormatContext): Promise<string> {
  if (record.inside.length > 0 || record.companion !== null) {
    throw new Problem('file', { file: record.path, reason: 'is not a single file that can be linked' });
  }
  const { bytes } = await original(record);
  const path = imagePath(record, extensionOf(record, bytes));
  await staging.link(path, record.file);
  return path;
}

function extensionOf({ format, path }: ImageRecord, bytes: Uint8Array, companion?: Uint8Array): string {
  const found = formatNamed(format);
  if (found === undefined) throw new Problem('format', { file: path, found: format ?? 'unknown' });
  return found.copyExtension(companion === undefined ? { bytes } : { bytes, companion });
}
