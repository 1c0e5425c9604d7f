// The attributes of a DICOM file that an import keeps as columns of metadata: where and how an image was made, of whom.
import { type Attributes, textValues } from './data-set.ts';

/** Tag (8 lower-case hexadecimal digits) -> keyword of PS3.6. All hold text, or numbers written as text (DS, IS). */
export const keptAttributes: Readonly<Record<string, string>> = {
  '00080008': 'ImageType',
  '00080020': 'StudyDate',
  '00080070': 'Manufacturer',
  '00080080': 'InstitutionName',
  '00081010': 'StationName',
  '00081030': 'StudyDescription',
  '0008103e': 'SeriesDescription',
  '00081090': 'ManufacturerModelName',
  '00100040': 'PatientSex',
  '00101010': 'PatientAge',
  '00180050': 'SliceThickness',
  '00180060': 'KVP',
  '00181000': 'DeviceSerialNumber',
  '00181020': 'SoftwareVersions',
  '00181030': 'ProtocolName',
  '00181150': 'ExposureTime',
  '00181151': 'XRayTubeCurrent',
  '00181152': 'Exposure',
  '00181210': 'ConvolutionKernel',
  '00187004': 'DetectorType',
};

/** A longer text describes one image, and is nothing to sort or filter by. */
const longestText = 256;

/**
 * The values of text attributes of the data set itself, by tag; several values are joined by backslashes, as in the file. Attributes without
 * a value, and those longer than 256 characters, are left out.
 */
export function textsOf(attributes: Attributes, tags: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    tags.flatMap((tag) => {
      const text = textValues(attributes, `x${tag}`).join('\\').trim();
      return text === '' || text.length > longestText ? [] : [[tag, text]];
    }),
  );
}
