// Generated images of five modalities: their modules (PS3.3 annex A), smooth pixels, and names burned into some of them.
import { standardRepresentation } from '../deidentification/dicom-dictionary.ts';
import { type Box, burn } from './burned-text.ts';
import {
  commonModule,
  equipmentModule,
  type ObjectFacts,
  overlayModule,
  patientModule,
  referenceItem,
  remark,
  seriesModule,
  studyModule,
} from './modules.ts';
import { mention } from './people.ts';
import { date, kept, type Planted, secret, sequence, shorts, standardCode, text, uid } from './planting.ts';

/** A generated object: its elements, and where a name is burned into its pixels. */
export interface GeneratedObject {
  readonly elements: readonly Planted[];
  readonly burned?: Box;
}

const [rows, columns] = [48, 64];

/** The pixel module. `stored`: bits of a sample; `burned`: a word in the pixels. */
function pixelModule(stored: number, { number }: ObjectFacts, burned: string | undefined) {
  const wide = stored > 8;
  const pixels = wide ? new Uint16Array(rows * columns) : new Uint8Array(rows * columns);
  const top = 2 ** stored - 1;
  for (let at = 0; at < pixels.length; at++) {
    const [y, x] = [Math.floor(at / columns), at % columns];
    pixels[at] = Math.round((top / 4) * (2 + Math.sin((x + number) / 9) * Math.cos(y / 7)));
  }
  const box = burned === undefined ? undefined : burn(pixels, columns, burned, top);
  const bytes = new Uint8Array(pixels.buffer);
  const elements: readonly Planted[] = [
    shorts(0x0028_0002, 1),
    shorts(0x0028_0010, rows),
    shorts(0x0028_0011, columns),
    shorts(0x0028_0100, wide ? 16 : 8),
    shorts(0x0028_0101, stored),
    shorts(0x0028_0102, stored - 1),
    shorts(0x0028_0103, 0),
    {
      ...{ tag: 0x7fe0_0010, representation: 'OW', bytes },
      actions: [box === undefined ? 'pixels retained' : 'pixels hidden'],
    },
  ];
  return { elements, box };
}

/** All modules that every image has. */
function image(facts: ObjectFacts, own: readonly Planted[], stored: number, burned?: string): GeneratedObject {
  const { study } = facts;
  const { elements, box } = pixelModule(stored, facts, burned);
  const planted = [
    ...[...patientModule(study), ...studyModule(study), ...seriesModule(facts), ...equipmentModule(study)],
    ...[...commonModule(facts), ...own, ...elements],
    ...(facts.number % 3 === 0 ? overlayModule(study, rows, columns) : []),
    date(0x0008_0022, study.date),
    date(0x0008_0023, study.date),
    text(0x0008_002a, `${study.date}101800.500000+0100`, ['date shifted']),
    kept(0x0008_0033, '101800'),
    secret(0x0008_4000, remark(study)),
    secret(0x0020_4000, remark(study)),
  ];
  return box === undefined ? { elements: planted } : { elements: planted, burned: box };
}

/** Frame of reference and place in the patient, of a series of four slices. */
function plane({ study, number }: ObjectFacts): readonly Planted[] {
  return [
    uid(0x0020_0052, study.frameOfReference),
    text(0x0020_1040, 'SN', ['tag retained']),
    kept(0x0020_0032, `-100\\-100\\${(number % 4) * 3}`),
    kept(0x0020_0037, '1\\0\\0\\0\\1\\0'),
    kept(0x0028_0030, '0.75\\0.75'),
    kept(0x0018_0050, '3'),
    text(0x0020_0020, 'L\\P', ['tag retained']),
  ];
}

/** A text about equipment, with a name in it in every fourth image. */
function perhapsNamed({ study, number }: ObjectFacts, tag: number, value: string): Planted {
  if (number % 4 !== 1) return kept(tag, value);
  const short = standardRepresentation(tag) === 'SH';
  const name = short ? study.patient.family.toLowerCase() : `${value} ${mention(study.patient, study.random)}`;
  return secret(tag, study.encode(name));
}

const imageType = ({ study, number }: ObjectFacts): Planted =>
  number % 5 === 2
    ? secret(0x0008_0008, `ORIGINAL\\PRIMARY\\AXIAL\\${asCode(study.patient.family)}`, 'text notnull')
    : kept(0x0008_0008, 'ORIGINAL\\PRIMARY\\AXIAL');

/** A name as some put it into code strings. */
const asCode = (name: string) =>
  name
    .toUpperCase()
    .replaceAll(/[^A-Z]/g, '_')
    .slice(0, 16);

const chest = (): Planted => sequence(0x0008_2218, [standardCode('T-D3000', 'SRT', 'Chest')], ['tag retained']);

export const ctImage = (facts: ObjectFacts): GeneratedObject =>
  image(
    facts,
    [
      ...plane(facts),
      imageType(facts),
      kept(0x0018_0015, 'CHEST'),
      kept(0x0018_0060, '120'),
      perhapsNamed(facts, 0x0018_1210, 'B30f'),
      kept(0x0018_1151, '200'),
      kept(0x0018_5100, 'HFS'),
      kept(0x0020_0012, '4'),
      kept(0x0028_0004, 'MONOCHROME2'),
      kept(0x0028_1050, '40'),
      kept(0x0028_1051, '400'),
      kept(0x0028_1052, '-1024'),
      kept(0x0028_1053, '1'),
      kept(0x0028_0301, 'NO'),
    ],
    12,
  );

export const mrImage = (facts: ObjectFacts): GeneratedObject =>
  image(
    facts,
    [
      ...plane(facts),
      kept(0x0008_0008, 'ORIGINAL\\PRIMARY\\M\\SE'),
      kept(0x0018_0015, 'BRAIN'),
      kept(0x0018_0020, 'SE'),
      kept(0x0018_0021, 'SK'),
      text(0x0018_0022, '', ['tag retained']),
      kept(0x0018_0023, '2D'),
      perhapsNamed(facts, 0x0018_0024, 'se2d'),
      kept(0x0018_0080, '500'),
      kept(0x0018_0081, '15'),
      kept(0x0018_0087, '1.5'),
      kept(0x0018_0091, '1'),
      perhapsNamed(facts, 0x0018_1250, 'HEAD 8CH'),
      kept(0x0018_5100, 'HFS'),
      kept(0x0020_0012, '1'),
      kept(0x0028_0004, 'MONOCHROME2'),
      // Images that were used to plan this one.
      sequence(
        0x0008_2112,
        facts.references.map((reference) => [
          ...referenceItem(reference),
          sequence(0x0040_a170, [standardCode('121311', 'DCM', 'Localizer')]),
        ]),
        ['tag retained'],
      ),
    ].filter(({ items }) => items === undefined || items.length > 0),
    12,
  );

export const crImage = (facts: ObjectFacts): GeneratedObject =>
  image(
    facts,
    [
      kept(0x0008_0008, 'ORIGINAL\\PRIMARY'),
      kept(0x0018_0015, 'CHEST'),
      kept(0x0018_5101, 'PA'),
      kept(0x0018_1164, '0.2\\0.2'),
      perhapsNamed(facts, 0x0018_1260, 'ST-VI'),
      secret(0x0018_1004, facts.study.accession),
      secret(0x0018_1400, facts.study.encode(`PFR ${facts.study.patient.given}`), 'text notnull'),
      kept(0x0020_0020, 'L\\F'),
      kept(0x0028_0004, 'MONOCHROME1'),
      kept(0x0028_1050, '512'),
      kept(0x0028_1051, '1024'),
      chest(),
    ],
    10,
  );

export const dxImage = (facts: ObjectFacts): GeneratedObject =>
  image(
    facts,
    [
      kept(0x0008_0008, 'ORIGINAL\\PRIMARY'),
      kept(0x0008_0068, 'FOR PRESENTATION'),
      chest(),
      sequence(0x0054_0220, [standardCode('R-10202', 'SRT', 'frontal')], ['tag retained']),
      sequence(0x0040_0555, [], ['tag retained']),
      kept(0x0018_7004, 'DIRECT'),
      secret(0x0018_700a, facts.study.accession, 'text notnull'),
      date(0x0018_700c, facts.study.date),
      kept(0x0018_1164, '0.15\\0.15'),
      perhapsNamed(facts, 0x0018_1160, 'FLAT'),
      secret(0x0018_1401, remark(facts.study)),
      text(0x0018_1508, '', ['tag retained']),
      kept(0x0020_0020, 'L\\F'),
      kept(0x0020_0062, 'U'),
      kept(0x0028_0004, 'MONOCHROME2'),
      kept(0x0028_0301, 'NO'),
      kept(0x0028_1040, 'LOG'),
      shortSign(),
      kept(0x0028_1050, '2048'),
      kept(0x0028_1051, '4096'),
      secret(0x0028_1055, remark(facts.study)),
      kept(0x0028_1052, '0'),
      kept(0x0028_1053, '1'),
      kept(0x0028_1054, 'US'),
      kept(0x0028_2110, '00'),
      kept(0x2050_0020, 'IDENTITY'),
    ],
    12,
  );

/** Pixel Intensity Relationship Sign: lower values, less radiation. */
const shortSign = (): Planted => ({ ...shorts(0x0028_1041, 1), representation: 'SS' });

/** Some say that text is burned in, some say nothing, and some are free of it. */
export const usImage = (facts: ObjectFacts): GeneratedObject => {
  const kind = facts.number % 3;
  const { family, given } = facts.study.patient;
  return image(
    facts,
    [
      kept(0x0008_0008, 'ORIGINAL\\PRIMARY\\ABDOMINAL\\0001'),
      text(0x0020_0020, '', ['tag retained']),
      kept(0x0028_0004, 'MONOCHROME2'),
      kept(0x0028_2110, '00'),
      ...(kind === 2 ? [] : [kept(0x0028_0301, kind === 0 ? 'NO' : 'YES')]),
      perhapsNamed(facts, 0x0018_5000, '100'),
    ],
    8,
    kind === 0 ? undefined : `${family} ${given}`,
  );
};

/** A picture of a screen. */
export const secondaryCapture = (facts: ObjectFacts): GeneratedObject =>
  image(
    facts,
    [
      kept(0x0008_0008, 'DERIVED\\SECONDARY'),
      kept(0x0008_0064, 'WSD'),
      secret(0x0018_1010, facts.study.accession),
      text(0x0020_0020, '', ['tag retained']),
      kept(0x0028_0004, 'MONOCHROME2'),
    ],
    8,
    facts.study.patient.id,
  );
