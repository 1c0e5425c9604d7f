// Every DICOM file of shared/data/dicom-edge.zip is decoded to the pixels that other programs give, or refused with a reason.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { openImageFile } from '../../src-main/archive/decode.ts';
import { EntryReader } from '../../src-main/archive/entry-reader.ts';
import { isProblem } from '../../src-main/platform/errors.ts';
import { inWords } from '../../src-main/platform/words.ts';
import { cpuSeconds, sharedData, sharedEntries } from './shared-data.ts';

/** SHA-256 per program that could read the file; see test/golden/archive/dicom_edge.py. */
const golden: Readonly<Record<string, Readonly<Record<string, string>>>> = JSON.parse(
  readFileSync(new URL('../golden/archive/dicom-edge.json', import.meta.url), 'utf8'),
);

/** Files that no program above reads rightly, and the file of the same image whose pixels they must have. */
const samePixels: Readonly<Record<string, string>> = {
  // Palettes in big-endian words are swapped by neither.
  'pydicom-data/data_store/data/OBXXXX1A_expb.dcm': 'OBXXXX1A.dcm',
  'pydicom-data/data_store/data/OBXXXX1A_expb_2frame.dcm': 'OBXXXX1A_2frame.dcm',
  // The end marker is missing, the frames are whole.
  'pydicom-data/data_store/data/emri_small_jpeg_2k_lossless_too_short.dcm': 'emri_small_jpeg_2k_lossless.dcm',
  // One bit per pixel, in syntaxes newer than the programs.
  'pydicom-data/data_store/data/liver_deflate.dcm': 'liver.dcm',
  'pydicom-data/data_store/data/liver_rle.dcm': 'liver.dcm',
  'pydicom-data/data_store/data/liver_nonbyte_aligned_deflate.dcm': 'liver_nonbyte_aligned.dcm',
  'pydicom-data/data_store/data/liver_nonbyte_aligned_rle.dcm': 'liver_nonbyte_aligned.dcm',
};

/**
 * Files without preamble, prefix or meta information, which no program above reads as they are: what dcmdjpls (DCMTK 3.6.7)
 * makes of them once 128 zeros and DICM are put before them, and pydicom with `force=True`.
 */
const withoutHeader: Readonly<Record<string, string>> = {
  'pydicom-data/data_store/data/JLSL_RGB_ILV0.dcm': '8e3a17d117c129b64094d2dd9a10ffd05f2d58250d70865f203f4ef61f1d45d3',
  'pydicom-data/data_store/data/JLSL_RGB_ILV1.dcm': '8e3a17d117c129b64094d2dd9a10ffd05f2d58250d70865f203f4ef61f1d45d3',
  'pydicom-data/data_store/data/JLSL_RGB_ILV2.dcm': '8e3a17d117c129b64094d2dd9a10ffd05f2d58250d70865f203f4ef61f1d45d3',
  'pydicom-data/data_store/data/JLSN_RGB_ILV0.dcm': 'ed2494a2f7162be48ce6b342a84feee7be8990138e923cc9c1dc1fec3f249145',
  'pydicom-data/data_store/data/OT-PAL-8-face.dcm': '34d9e9d293df3f7ceafbd9ead2f717b8e92f9f7f1297e0034325264a8e3065b4',
};

/** Files that a program above fills up or guesses at, and why they are refused here. */
const refused: Readonly<Record<string, RegExp>> = {
  'pydicom/src/pydicom/data/test_files/MR_truncated.dcm': /broken or cut short/,
  'pydicom/src/pydicom/data/test_files/JPEG2000-embedded-sequence-delimiter.dcm':
    /frame is 3722445056 x 1024 x 1, declared 256/,
};

const path = sharedData('dicom-edge.zip');
const entries = path === undefined ? new Map() : await sharedEntries(path);
const reader = new EntryReader();
afterAll(() => reader.close());

async function hashOf(name: string): Promise<string> {
  const file = await openImageFile(await reader.read(entries.get(name)!));
  const hash = createHash('sha256');
  for (let index = 0; index < file.frameCount; index++) {
    const { samples } = await file.frame(index);
    hash.update(new Uint8Array(new Float64Array(samples).buffer));
  }
  return hash.digest('hex');
}

const reason = path === undefined ? ' (skipped: shared/data/dicom-edge.zip is not on this machine)' : '';

describe.skipIf(path === undefined)(`dicom-edge.zip${reason}`, () => {
  it('has the files that were hashed', () => {
    expect(entries.size).toBeGreaterThan(300);
    for (const name of Object.keys(golden)) expect(entries.has(name), name).toBe(true);
  });

  it.each([...entries.keys()])('%s', async (name) => {
    const before = process.cpuUsage();
    const result: unknown = await hashOf(name).catch((error: unknown) => error);
    expect(cpuSeconds(before)).toBeLessThan(5);
    const sibling = samePixels[name]?.replace(/^/, name.replace(/[^/]*$/, ''));
    const known = Object.values(golden[sibling ?? name] ?? {});
    if (refused[name] !== undefined) expect(inWords(result)).toMatch(refused[name]);
    else if (withoutHeader[name] !== undefined) expect(result).toBe(withoutHeader[name]);
    else if (known.length > 0) expect(known, inWords(result)).toContain(result);
    else expect(isProblem(result), String(result)).toBe(true);
  });
});
