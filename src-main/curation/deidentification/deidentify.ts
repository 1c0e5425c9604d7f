// De-identifies a file of any format that is read, or says why it must be held back.
import { compressedIndices } from '../../archive/dicom/dicom-file.ts';
import type { ImageRecord } from '../../catalog/tables/images.ts';
import { Problem } from '../../platform/errors.ts';
import { type DeidentificationOptions, deidentifyDicom, likelyBurnedIn } from './dicom.ts';
import { deidentifyJpeg } from './jpeg.ts';
import { deidentifyNifti } from './nifti.ts';
import { deidentifyPng } from './png.ts';
import { profileEdition } from './profile-table.ts';
import type { Pseudonyms } from './pseudonyms.ts';

/** How identities are removed. */
export interface Deidentification extends DeidentificationOptions {
  readonly pseudonyms: Pseudonyms;
  /** Images that a person has looked at and found free of text about the patient. */
  readonly reviewed: ReadonlySet<number>;
}

/** A file in memory; `companion` is the .img of a NIfTI .hdr. */
export interface FileContent {
  readonly bytes: Uint8Array;
  readonly companion?: Uint8Array | undefined;
}

type Cleaner = (
  content: FileContent,
  file: string,
  options: Deidentification,
  program: string,
) => FileContent | Promise<FileContent>;

/** By format; files of other formats are not de-identified, only re-encoded (export as PNG or NIfTI). */
const cleaners: Readonly<Record<string, Cleaner>> = {
  DICOM: async ({ bytes }, file, options, program) => {
    const indices = await compressedIndices(bytes, file);
    return { bytes: deidentifyDicom(bytes, file, options.pseudonyms, options, program, indices) };
  },
  'NIfTI-1': deidentifyNifti,
  'NIfTI-2': deidentifyNifti,
  PNG: ({ bytes }, file) => ({ bytes: deidentifyPng(bytes, file) }),
  JPEG: ({ bytes }, file) => ({ bytes: deidentifyJpeg(bytes, file) }),
};

/**
 * The same image without what its file says about the patient. Text in its pixels: see `heldBack` and `blackOutFile`.
 * Throws `content` when the file is not well formed, `file` when its format cannot be de-identified.
 */
export async function deidentify(
  { format, path }: ImageRecord,
  content: FileContent,
  options: Deidentification,
  program: string,
): Promise<FileContent> {
  const cleaner = cleaners[format ?? ''];
  if (cleaner === undefined) {
    const reason = `${format ?? 'unknown'} files are not de-identified: export them as PNG`;
    throw new Problem('file', { file: path, reason });
  }
  return cleaner(content, path, options, program);
}

/** Why the image must not leave before a person has looked at it, or undefined. */
export function heldBack({ path }: ImageRecord, { bytes }: FileContent): string | undefined {
  const reason = likelyBurnedIn(bytes, path);
  return reason === undefined ? undefined : `held back for review: ${reason}`;
}

/** What was done, for manifests. */
export function statement({ retainDates, retainDevice }: Deidentification): Readonly<Record<string, unknown>> {
  return {
    profile: `${profileEdition} Annex E, Basic Application Level Confidentiality Profile`,
    dates: retainDates ? 'shifted by patient' : 'removed',
    devices: retainDevice ? 'retained' : 'removed',
    pixels:
      'text that a reader confirmed is blacked out; images likely to show other text were held back unless reviewed',
  };
}
