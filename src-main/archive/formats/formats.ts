// The image formats that Residua reads, one descriptor each. To add a format, add its line here.
import { dicom } from './dicom.ts';
import type { FormatDescriptor } from './format.ts';
import { jpeg } from './jpeg.ts';
import { nifti1, nifti2 } from './nifti.ts';
import { npy } from './npy.ts';
import { png } from './png.ts';
import { tiff } from './tiff.ts';

/** In the order in which they are tried on the content of a file. */
export const imageFormats: readonly FormatDescriptor[] = [
  // Those of more certain content first.
  dicom,
  png,
  jpeg,
  tiff,
  nifti1,
  nifti2,
  npy,
];

const byName = new Map(imageFormats.map((format) => [format.name, format]));

/** The descriptor of a format by its name, or undefined when no such format is read. */
export function formatNamed(name: string | null | undefined): FormatDescriptor | undefined {
  return byName.get(name ?? '');
}

/** Every usual ending of an image file, without the dot: `nii`, `nii.gz`. */
export const imageExtensions: readonly string[] = [
  ...new Set(
    imageFormats.flatMap(({ extensions, gzipped }) =>
      extensions.flatMap((extension) => (gzipped ? [extension, `${extension}.gz`] : [extension])),
    ),
  ),
];
