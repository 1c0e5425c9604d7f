// DICOM Segmentation objects (PS3.3 A.51): a reference mask as binary segments, a score map as a fractional one.
import type { DataSet } from '../../deidentification/dicom-elements.ts';
import {
  type Code,
  code,
  dateAndTime,
  equipment,
  fileOf,
  type ImageReference,
  instanceReference,
  long,
  sequence,
  short,
  tagValue,
  text,
  uidOf,
} from './elements.ts';

export const segmentationClass = '1.2.840.10008.5.1.4.1.1.66.4';

/** One structure: which pixels, or how much of each (0 to 255). [height, width], rows from the top. */
export interface Segment {
  readonly label: string;
  readonly description: string;
  readonly values: Uint8Array;
}

export interface Segmentation {
  readonly kind: 'mask' | 'map';
  /** Tells results of one image apart; it goes into the UIDs. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly segments: readonly Segment[];
  /** By which program, in words; undefined: drawn by hand or of unknown origin. */
  readonly algorithm: string | undefined;
}

const tissue: Code = ['85756007', 'SCT', 'Tissue'];
const abnormal: Code = ['49755003', 'SCT', 'Morphologically Abnormal Structure'];
const processed: Code = ['121322', 'DCM', 'Source image for image processing operation'];
const derived: Code = ['113076', 'DCM', 'Segmentation'];

/** The bytes of a file in the study of the image. `at`: UTC, ISO 8601; `program`: name and version. */
export function segmentationFile(
  image: ImageReference,
  segmentation: Segmentation,
  { program, at }: { readonly program: string; readonly at: string },
): Uint8Array {
  const { kind, name, width, height, segments, algorithm } = segmentation;
  const [date, time] = dateAndTime(at);
  const own = uidOf('segmentation', image.instance, String(image.frame), name, at);
  const organization = uidOf('dimensions', own);
  const binary = kind === 'mask';
  const label = binary ? 'MASK' : 'SCORE_MAP';
  return fileOf([
    ...image.shared,
    text(0x0008_0008, 'CS', 'DERIVED\\PRIMARY'),
    text(0x0008_0016, 'UI', segmentationClass),
    text(0x0008_0018, 'UI', own),
    text(0x0008_0023, 'DA', date),
    text(0x0008_0033, 'TM', time),
    text(0x0008_0060, 'CS', 'SEG'),
    text(0x0008_103e, 'LO', binary ? 'Reference mask' : `Score map: ${name}`.slice(0, 64)),
    ...equipment(program),
    referencedSeries(image),
    text(0x0020_000e, 'UI', uidOf('segmentation series', image.series, name, at)),
    text(0x0020_0011, 'IS', '1'),
    text(0x0020_0013, 'IS', '1'),
    ...(image.frameOfReference === undefined
      ? []
      : [text(0x0020_0052, 'UI', image.frameOfReference), text(0x0020_1040, 'LO', '')]),
    sequence(0x0020_9221, [text(0x0020_9164, 'UI', organization)]),
    sequence(0x0020_9222, [
      text(0x0020_9164, 'UI', organization),
      tagValue(0x0020_9165, 0x0062_000b),
      tagValue(0x0020_9167, 0x0062_000a),
      text(0x0020_9421, 'LO', 'Segment'),
    ]),
    short(0x0028_0002, 1),
    text(0x0028_0004, 'CS', 'MONOCHROME2'),
    text(0x0028_0008, 'IS', String(segments.length)),
    short(0x0028_0010, height),
    short(0x0028_0011, width),
    short(0x0028_0100, binary ? 1 : 8),
    short(0x0028_0101, binary ? 1 : 8),
    short(0x0028_0102, binary ? 0 : 7),
    short(0x0028_0103, 0),
    text(0x0028_2110, 'CS', '00'),
    text(0x0062_0001, 'CS', binary ? 'BINARY' : 'FRACTIONAL'),
    sequence(0x0062_0002, ...segments.map((segment, index) => segmentItem(segment, index, algorithm, binary))),
    ...(binary ? [] : [text(0x0062_0010, 'CS', 'PROBABILITY'), short(0x0062_000e, 255)]),
    text(0x0070_0080, 'CS', label),
    text(0x0070_0081, 'LO', name.slice(0, 64)),
    text(0x0070_0084, 'PN', 'Residua'),
    sequence(0x5200_9229, sharedGroups(image)),
    sequence(0x5200_9230, ...segments.map((_, index) => frameGroups(index))),
    {
      tag: 0x7fe0_0010,
      representation: 'OB',
      bytes: binary ? packed(segments) : Buffer.concat(segments.map(({ values }) => values)),
    },
  ]);
}

function segmentItem(
  { label, description }: Segment,
  index: number,
  algorithm: string | undefined,
  binary: boolean,
): DataSet {
  const concept = binary ? tissue : abnormal;
  return [
    code(0x0062_0003, concept),
    short(0x0062_0004, index + 1),
    text(0x0062_0005, 'LO', label.slice(0, 64)),
    text(0x0062_0006, 'ST', description),
    text(0x0062_0008, 'CS', algorithm === undefined ? 'MANUAL' : 'AUTOMATIC'),
    ...(algorithm === undefined ? [] : [text(0x0062_0009, 'LO', algorithm.slice(0, 64))]),
    code(0x0062_000f, concept),
  ];
}

const referencedSeries = (image: ImageReference) =>
  sequence(0x0008_1115, [
    text(0x0020_000e, 'UI', image.series),
    sequence(
      0x0008_114a,
      instanceReference(image).filter(({ tag }) => tag !== 0x0008_1160),
    ),
  ]);

/** What holds of every frame: the source image, and its place in the patient where it has one. */
function sharedGroups(image: ImageReference): DataSet {
  const source: DataSet = [...instanceReference(image), text(0x0028_135a, 'CS', 'YES'), code(0x0040_a170, processed)];
  const derivation = sequence(0x0008_9124, [sequence(0x0008_2112, source), code(0x0008_9215, derived)]);
  if (image.place === undefined) return [derivation];
  const { spacing, thickness, orientation, position } = image.place;
  return [
    derivation,
    sequence(0x0020_9113, [text(0x0020_0032, 'DS', position)]),
    sequence(0x0020_9116, [text(0x0020_0037, 'DS', orientation)]),
    sequence(0x0028_9110, [text(0x0018_0050, 'DS', thickness), text(0x0028_0030, 'DS', spacing)]),
  ];
}

const frameGroups = (index: number): DataSet => [
  sequence(0x0020_9111, [long(0x0020_9157, index + 1)]),
  sequence(0x0062_000a, [short(0x0062_000b, index + 1)]),
];

/** Eight pixels to a byte, the first in the lowest bit, frames one after the other without a gap (PS3.5 8.1.1). */
function packed(segments: readonly Segment[]): Uint8Array {
  const pixels = segments.reduce((sum, { values }) => sum + values.length, 0);
  const bytes = new Uint8Array(Math.ceil(pixels / 8));
  let at = 0;
  for (const { values } of segments) {
    for (const value of values) {
      if (value !== 0) bytes[at >> 3]! |= 1 << (at & 7);
      at += 1;
    }
  }
  return bytes;
}
