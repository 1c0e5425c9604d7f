// DICOM files of a few patients, studies and series, in several encodings, for tests with a PACS.
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { type DicomStyle, dicomStyles, element, encapsulated, part10, uint16 } from '../archive/write-dicom.ts';

export interface Sample {
  readonly patient: string;
  readonly name: string;
  readonly study: string;
  readonly date: string;
  readonly description: string;
  readonly series: string;
  readonly modality: string;
  readonly bodyPart: string;
  readonly seriesDescription: string;
  readonly instance: string;
  readonly style?: DicomStyle;
  /** Width and height of the image. */
  readonly side?: number;
  readonly seed?: number;
  /** Of its character set; names are then UTF-8. */
  readonly utf8?: boolean;
  /** In place of the pixels. */
  readonly jpeg?: Uint8Array;
}

/** A sample as a whole file. */
export interface SampleFile extends Sample {
  readonly syntax: string;
  readonly sopClass: string;
  readonly bytes: Buffer;
  /** The data set alone, as DIMSE sends it. */
  readonly dataSet: Buffer;
}

const ctImage = '1.2.840.10008.5.1.4.1.1.2';
const crImage = '1.2.840.10008.5.1.4.1.1.1';

/** A whole Part 10 file of one image of 8 bits, with pixels by its seed. */
export function sampleFile(sample: Sample): SampleFile {
  const { jpeg, side = 16, utf8 = false } = sample;
  const style =
    jpeg === undefined ? (sample.style ?? dicomStyles[0]!) : { ...dicomStyles[0]!, syntax: '1.2.840.10008.1.2.4.50' };
  const plain = dicomStyles[0]!;
  const text = (tag: number, representation: string, value: string) =>
    element(style, tag, representation, utf8 ? Buffer.from(value, 'utf8').toString('latin1') : value);
  const short = (tag: number, value: number) => element(style, tag, 'US', uint16(value, style.little));
  const random = randomFrom(sample.seed ?? 1).fork(sample.instance);
  const pixels = Buffer.from(Uint8Array.from({ length: side * side }, () => random.below(256)));
  const sopClass = sample.modality === 'CT' ? ctImage : crImage;
  const dataSet = Buffer.concat([
    ...(utf8 ? [text(0x0008_0005, 'CS', 'ISO_IR 192')] : []),
    text(0x0008_0016, 'UI', sopClass),
    text(0x0008_0018, 'UI', sample.instance),
    text(0x0008_0020, 'DA', sample.date),
    text(0x0008_0060, 'CS', sample.modality),
    text(0x0008_1030, 'LO', sample.description),
    text(0x0008_103e, 'LO', sample.seriesDescription),
    text(0x0010_0010, 'PN', sample.name),
    text(0x0010_0020, 'LO', sample.patient),
    text(0x0018_0015, 'CS', sample.bodyPart),
    text(0x0020_000d, 'UI', sample.study),
    text(0x0020_000e, 'UI', sample.series),
    short(0x0028_0002, 1),
    text(0x0028_0004, 'CS', 'MONOCHROME2'),
    short(0x0028_0010, side),
    short(0x0028_0011, side),
    short(0x0028_0100, 8),
    short(0x0028_0101, 8),
    short(0x0028_0102, 7),
    short(0x0028_0103, 0),
    jpeg === undefined ? element(style, 0x7fe0_0010, style.implicit ? 'OW' : 'OB', pixels) : encapsulated(jpeg),
  ]);
  const meta = [element(plain, 0x0002_0002, 'UI', sopClass), element(plain, 0x0002_0003, 'UI', sample.instance)];
  return { ...sample, sopClass, syntax: style.syntax, dataSet, bytes: part10(style, dataSet, meta) };
}

/** Three patients: CTs in every plain encoding, a radiograph, names in UTF-8. `count` slices in each of the CT's two series. */
export function sampleStudies(count = 12, side = 16): readonly SampleFile[] {
  const chest = { patient: 'P1', name: 'Doe^Jane', study: '2.25.10', date: '20240115', description: 'Chest routine' };
  const styles = dicomStyles.filter(({ definedLengths, deflated }) => !definedLengths && !deflated);
  const ct = [1, 2].flatMap((series) =>
    Array.from({ length: count }, (_, at) =>
      sampleFile({
        ...chest,
        series: `2.25.10.${series}`,
        modality: 'CT',
        bodyPart: 'CHEST',
        seriesDescription: series === 1 ? 'Lung' : 'Soft tissue',
        instance: `2.25.10.${series}.${at + 1}`,
        style: styles[at % styles.length]!,
        side,
      }),
    ),
  );
  const hand = { patient: 'P2', name: 'Müller^Jürgen', study: '2.25.20', date: '20240620', description: 'Hand links' };
  const cr = Array.from({ length: 3 }, (_, at) =>
    sampleFile({
      ...hand,
      series: '2.25.20.1',
      modality: 'CR',
      bodyPart: 'HAND',
      seriesDescription: 'ap',
      instance: `2.25.20.1.${at + 1}`,
      utf8: true,
      side,
    }),
  );
  const other = sampleFile({
    patient: 'P3',
    name: 'Roe^Richard',
    study: '2.25.30',
    date: '20231231',
    description: '',
    series: '2.25.30.1',
    modality: 'CT',
    bodyPart: 'ABDOMEN',
    seriesDescription: '',
    instance: '2.25.30.1.1',
    side,
  });
  return [...ct, ...cr, other];
}
