// Reads a DICOMDIR (PS3.3 F): which files a medium says it holds, to tell which of them are missing.
import { Problem } from '../../platform/errors.ts';
import { items, parseDicomFile, text, textValues } from './data-set.ts';

/** Media Storage Directory, and no longer identifier: its even length needs no padding. */
const mediaStorageDirectory = /1\.2\.840\.10008\.1\.3\.10[^.0-9]/;

const latin1 = new TextDecoder('latin1');

/** True for the bytes of a DICOM file, or the first 512 of them, that is a directory of others. */
export function isDicomdir(bytes: Uint8Array): boolean {
  if (bytes[128] !== 0x44) return false;
  const head = latin1.decode(bytes.subarray(128, 512));
  return head.startsWith('DICM') && mediaStorageDirectory.test(head);
}

/**
 * The files that the directory refers to, as paths below it joined by `/`, in its order and each once. Throws `content`
 * when it is broken or a reference would leave its folder.
 */
export function readDicomdir(bytes: Uint8Array, name: string): readonly string[] {
  const { attributes } = parseDicomFile(bytes, name);
  const records = items(attributes, 'x00041220');
  const paths = records
    .filter((record) => text(record, 'x00041500') !== undefined)
    .map((record) => textValues(record, 'x00041500'));
  const allowed = /^[A-Z0-9_]{1,8}$/;
  const hostile = paths.flat().find((part) => !allowed.test(part));
  if (hostile !== undefined)
    throw new Problem('content', { file: name, reason: 'a reference of the directory is not allowed' });
  return [...new Set(paths.map((parts) => parts.join('/')))];
}
