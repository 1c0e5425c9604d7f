// Tells what a file is from its content, never from its name alone; formats that are not read have a name here too.
import { gunzipSync } from 'node:zlib';
import { isTar } from './containers/tar-header.ts';
import { type FormatDescriptor, hasBytes } from './formats/format.ts';
import { imageFormats } from './formats/formats.ts';

/** What a file turned out to be: a format that is read, an archive to walk into, or another one, by name. */
export type Sniffed =
  | { readonly kind: 'image'; readonly format: FormatDescriptor }
  | { readonly kind: 'zip' }
  | { readonly kind: 'tar'; readonly gzipped: boolean }
  | { readonly kind: 'other'; readonly name: string };

/** How many leading bytes `sniff` wants to see (more does not help, fewer may hide the format). */
export const SNIFF_BYTES = 4096;

const GZIP = [0x1f, 0x8b];

type Signature = readonly [offset: number, bytes: string | readonly number[], name: string];

const others: readonly Signature[] = [
  [0, '%PDF', 'PDF document'],
  [0, 'GIF8', 'GIF image'],
  [0, 'BM', 'BMP image'],
  [0, 'CDF\x01', 'MINC-1 volume (NetCDF)'],
  [0, 'CDF\x02', 'MINC-1 volume (NetCDF)'],
  [0, [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a], 'HDF5 file (MINC-2 volume or other)'],
  [0, [0, 0, 0, 12, 0x6a, 0x50, 0x20, 0x20], 'JPEG 2000 file outside DICOM'],
  [0, [0xff, 0x4f, 0xff, 0x51], 'JPEG 2000 codestream outside DICOM'],
  [0, [0, 0, 0, 12, 0x4a, 0x58, 0x4c, 0x20], 'JPEG XL image'],
  [0, [0xff, 0x0a], 'JPEG XL image'],
  [8, 'WEBP', 'WebP image'],
  [4, 'ftyp', 'ISO media file (HEIF, AVIF, MP4)'],
  [0, '8BPS', 'Photoshop image'],
  [0, 'TRACK', 'TrackVis streamlines'],
  [0, 'mrtrix tracks', 'MRtrix streamlines'],
  [0, 'mrtrix image', 'MRtrix image'],
  [0, 'NRRD0', 'NRRD volume'],
  [0, 'ObjectType', 'MetaImage volume'],
  [0, 'MATRIX7', 'ECAT volume'],
  [0, 'PAR:', 'Philips PAR header'],
  [0, '# === DATA DESCRIPTION FILE', 'Philips PAR header'],
  [0, 'SIMPLE  =', 'FITS image'],
  [0, 'Rar!', 'RAR archive'],
  [0, [0x37, 0x7a, 0xbc, 0xaf], '7-Zip archive'],
  [0, [0xfd, 0x37, 0x7a, 0x58, 0x5a], 'xz archive'],
  [0, 'BZh', 'bzip2 archive'],
  [0, [0x28, 0xb5, 0x2f, 0xfd], 'Zstandard archive'],
  [0, 'SQLite format 3', 'SQLite database'],
  [0, '<?xml', 'XML text'],
  [0, '<!DOCTYPE', 'HTML text'],
  [0, '<svg', 'SVG drawing'],
  [0, '\x7fELF', 'program'],
  [0, 'MZ', 'program'],
  [0, [0x80, 0x02], 'Python pickle'],
  [0, [0x80, 0x03], 'Python pickle'],
  [0, [0x80, 0x04], 'Python pickle'],
  [36, 'acsp', 'ICC colour profile'],
];

/** Tells the format of a file from its first bytes (`SNIFF_BYTES` of them, or all of a shorter file). */
export function sniff(head: Uint8Array): Sniffed {
  if (hasBytes(head, 0, GZIP)) return sniffGzip(head);
  if (hasBytes(head, 0, 'PK\x03\x04') || hasBytes(head, 0, 'PK\x05\x06')) return { kind: 'zip' };
  if (isTar(head)) return { kind: 'tar', gzipped: false };
  const format = imageFormats.find(({ recognises }) => recognises(head));
  if (format !== undefined) return { kind: 'image', format };
  for (const [offset, bytes, name] of others) if (hasBytes(head, offset, bytes)) return { kind: 'other', name };
  return { kind: 'other', name: sniffUnmarked(head) };
}

/** What `sniff` found, in words. */
export function nameOf(found: Sniffed): string {
  if (found.kind === 'image') return found.format.name;
  if (found.kind === 'tar') return found.gzipped ? 'gzipped tar archive' : 'tar archive';
  return found.kind === 'zip' ? 'ZIP archive' : found.name;
}

function sniffGzip(head: Uint8Array): Sniffed {
  const inner = inflateHead(head);
  const inside = hasBytes(inner, 0, GZIP) ? { kind: 'other' as const, name: 'gzip' } : sniff(inner);
  if (inside.kind === 'image' && inside.format.gzipped) return inside;
  if (inside.kind === 'tar' && !inside.gzipped) return { kind: 'tar', gzipped: true };
  return { kind: 'other', name: `gzip of ${nameOf(inside)}` };
}

/** The first bytes inside a gzip stream of which only the beginning is known; empty when it is broken. */
function inflateHead(head: Uint8Array): Uint8Array {
  try {
    // Z_SYNC_FLUSH: a stream that ends early gives what is there. At most SNIFF_BYTES * 1032 come out.
    return gunzipSync(head.subarray(0, SNIFF_BYTES), { finishFlush: 2 }).subarray(0, SNIFF_BYTES);
  } catch {
    return new Uint8Array(0);
  }
}

/** Formats without a signature. */
function sniffUnmarked(head: Uint8Array): string {
  if (head.length === 0) return 'empty file';
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.length >= 4) {
    if (view.getInt32(0, true) === 348 || view.getInt32(0, false) === 348) return 'Analyze 7.5 volume';
    if (view.getInt32(0, false) === 1 && head.length >= 284) return 'FreeSurfer MGH volume';
  }
  const text = new TextDecoder('latin1').decode(head.subarray(0, 512));
  if (/^\s*type\s*=\s*(string|integer|float)-attribute/.test(text)) return 'AFNI header';
  if (/^\s*[[{]/.test(text)) return 'JSON text';
  if (/^[\t\n\r\x20-\x7e\xa0-\xff]*$/.test(text)) return 'text';
  return 'unknown content';
}
