// DICOM Key Object Selection documents (PS3.3 A.35.4): the images of a study that have one verdict.
import type { Decision } from '../../../catalog/tables/verdicts.ts';
import type { DataSet } from '../../deidentification/dicom-elements.ts';
import {
  type Code,
  code,
  dateAndTime,
  equipment,
  fileOf,
  type ImageReference,
  instanceReference,
  sequence,
  text,
  uidOf,
} from './elements.ts';

export const keyObjectClass = '1.2.840.10008.5.1.4.1.1.88.59';

/** Document titles of PS3.16 CID 7010. */
const titles: { readonly [D in Decision]: Code } = {
  keep: ['113009', 'DCM', 'For Research'],
  reject: ['113001', 'DCM', 'Rejected for Quality Reasons'],
  unsure: ['113008', 'DCM', 'For Peer Review'],
};
const description: Code = ['113012', 'DCM', 'Key Object Description'];

/** An image with what was decided about it. */
export interface KeyObject {
  readonly image: ImageReference;
  readonly reason: string | null;
  readonly reviewer: string;
}

/** The bytes of a file; all images are of one study. Its text names the reviewers and their reasons. */
export function keyObjectFile(
  decision: Decision,
  objects: readonly KeyObject[],
  { program, at }: { readonly program: string; readonly at: string },
): Uint8Array {
  const [{ image: first }] = objects as [KeyObject];
  const [date, time] = dateAndTime(at);
  const own = uidOf('key objects', first.study, decision, at);
  const said = [
    `Verdict in Residua: ${decision}`,
    `by ${[...new Set(objects.map(({ reviewer }) => reviewer))].join(', ')}`,
    ...new Set(objects.flatMap(({ reason }) => reason ?? [])),
  ].join('; ');
  return fileOf([
    // The text is in UTF-8, whatever the images are in; names of patients are taken over as they are only where that agrees.
    ...inUnicode(first.shared),
    text(0x0008_0016, 'UI', keyObjectClass),
    text(0x0008_0018, 'UI', own),
    text(0x0008_0023, 'DA', date),
    text(0x0008_0033, 'TM', time),
    text(0x0008_0060, 'CS', 'KO'),
    ...equipment(program),
    sequence(0x0008_1111),
    text(0x0020_000e, 'UI', uidOf('key object series', first.study, at)),
    text(0x0020_0011, 'IS', '1'),
    text(0x0020_0013, 'IS', '1'),
    text(0x0040_a040, 'CS', 'CONTAINER'),
    code(0x0040_a043, titles[decision]),
    text(0x0040_a050, 'CS', 'SEPARATE'),
    evidence(objects),
    sequence(0x0040_a504, [text(0x0008_0105, 'CS', 'DCMR'), text(0x0040_db00, 'CS', '2010')]),
    sequence(
      0x0040_a730,
      [
        text(0x0040_a010, 'CS', 'CONTAINS'),
        text(0x0040_a040, 'CS', 'TEXT'),
        code(0x0040_a043, description),
        {
          tag: 0x0040_a160,
          representation: 'UT',
          bytes: Buffer.from(Buffer.byteLength(said) % 2 === 0 ? said : `${said} `),
        },
      ],
      ...objects.map(({ image }) => [
        sequence(0x0008_1199, instanceReference(image)),
        text(0x0040_a010, 'CS', 'CONTAINS'),
        text(0x0040_a040, 'CS', 'IMAGE'),
      ]),
    ),
  ]);
}

const plain = (bytes: Uint8Array) => bytes.every((byte) => byte < 0x80 && byte !== 0x1b);

/** The same elements under ISO_IR 192; those whose text is in another character set are emptied. */
const inUnicode = (shared: DataSet): DataSet => {
  const characters = shared.find(({ tag }) => tag === 0x0008_0005)?.bytes;
  const unicode = characters !== undefined && Buffer.from(characters).toString('latin1').trim() === 'ISO_IR 192';
  return [
    text(0x0008_0005, 'CS', 'ISO_IR 192'),
    ...shared
      .filter(({ tag }) => tag !== 0x0008_0005)
      .map((element) => (unicode || plain(element.bytes!) ? element : { ...element, bytes: new Uint8Array() })),
  ];
};

/** Current Requested Procedure Evidence: study, series, instances, each once. */
function evidence(objects: readonly KeyObject[]) {
  const bySeries = Map.groupBy(objects, ({ image }) => image.series);
  return sequence(0x0040_a375, [
    text(0x0020_000d, 'UI', objects[0]!.image.study),
    sequence(
      0x0008_1115,
      ...[...bySeries].map(([series, own]) => [
        text(0x0020_000e, 'UI', series),
        sequence(
          0x0008_1199,
          ...[...new Map(own.map(({ image }) => [image.instance, image])).values()].map(({ sopClass, instance }) => [
            text(0x0008_1150, 'UI', sopClass),
            text(0x0008_1155, 'UI', instance),
          ]),
        ),
      ]),
    ),
  ]);
}
