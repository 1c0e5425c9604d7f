// Generated objects without pixels: structured reports, presentation states with graphic text, encapsulated PDF.
import type { Tag } from '../deidentification/dicom-elements.ts';
import type { GeneratedObject } from './images.ts';
import {
  commonModule,
  equipmentModule,
  type ObjectFacts,
  patientModule,
  referenceItem,
  remark,
  type Study,
  seriesModule,
  studyModule,
} from './modules.ts';
import { mention, personName } from './people.ts';
import { date, kept, localCode, type Planted, secret, sequence, standardCode, text, uid } from './planting.ts';

function document(facts: ObjectFacts, own: readonly Planted[]): GeneratedObject {
  const { study } = facts;
  return {
    elements: [
      ...[...patientModule(study), ...studyModule(study), ...seriesModule(facts), ...equipmentModule(study)],
      ...[...commonModule(facts), ...own],
    ],
  };
}

/** One item of a content tree: a value below a concept name. */
const content = (type: string, name: readonly Planted[], ...value: readonly Planted[]): readonly Planted[] => [
  text(0x0040_a010, 'CONTAINS'),
  text(0x0040_a040, type),
  sequence(0x0040_a043, [name]),
  ...value,
];

/** Concept names of PS3.16, without scoring: the tree need not be kept. */
const named = (code: string, meaning: string): readonly Planted[] => [
  text(0x0008_0100, code),
  text(0x0008_0102, 'DCM'),
  text(0x0008_0104, meaning),
];

const spoken = (study: Study, code: string, meaning: string) =>
  content('TEXT', named(code, meaning), text(0x0040_a160, remark(study), ['text removed']));

/** The evidence of a report or what a presentation state shows: references by study and series. */
const bySeries = (facts: ObjectFacts, references: Tag): readonly Planted[] => [
  uid(0x0020_000e, facts.series.uid),
  sequence(references, facts.references.map(referenceItem), ['tag retained']),
];

/** A basic text report whose findings name the patient in every kind of value. */
export function structuredReport(facts: ObjectFacts): GeneratedObject {
  const { study, references } = facts;
  const { patient, encode } = study;
  return document(facts, [
    date(0x0008_0023, study.date),
    kept(0x0008_0033, '110000'),
    sequence(0x0008_1111, [], ['tag retained']),
    kept(0x0040_a040, 'CONTAINER'),
    kept(0x0040_a050, 'SEPARATE'),
    sequence(0x0040_a043, [standardCode('126000', 'DCM', 'Imaging Measurement Report')], ['tag retained']),
    sequence(0x0040_a372, [], ['tag retained']),
    sequence(
      0x0040_a375,
      [[uid(0x0020_000d, study.uid), sequence(0x0008_1115, [bySeries(facts, 0x0008_1199)], ['tag retained'])]],
      ['tag retained'],
    ),
    kept(0x0040_a491, 'COMPLETE'),
    kept(0x0040_a493, 'VERIFIED'),
    sequence(
      0x0040_a073,
      [
        [
          secret(0x0040_a027, study.hospital, 'text notnull'),
          text(0x0040_a030, `${study.date}120000`, ['date shifted']),
          secret(0x0040_a075, study.doctor, 'text notnull'),
          sequence(0x0040_a088, [], ['tag retained']),
        ],
      ],
      ['tag retained'],
    ),
    sequence(
      0x0040_a730,
      [
        content('PNAME', named('121008', 'Person Observer Name'), secret(0x0040_a123, personName(patient, encode))),
        spoken(study, '121071', 'Finding'),
        content(
          'CONTAINER',
          named('121070', 'Findings'),
          text(0x0040_a050, 'SEPARATE'),
          sequence(0x0040_a730, [spoken(study, '121073', 'Impression'), spoken(study, '121069', 'Previous Finding')]),
        ),
        content(
          'CODE',
          named('121071', 'Finding'),
          sequence(0x0040_a168, [
            localCode(encode('LOCAL'), encode(mention(patient, study.random))).map((each) => ({
              ...each,
              actions: each.actions.filter((action) => action === 'text removed' && each.tag === 0x0008_0104),
            })),
          ]),
        ),
        ...references
          .slice(0, 1)
          .map(({ sopClass, uid: instance }) =>
            content(
              'IMAGE',
              named('121191', 'Referenced Segment'),
              sequence(0x0008_1199, [[text(0x0008_1150, sopClass), text(0x0008_1155, instance)]]),
            ),
          ),
      ],
      ['tag retained'],
    ),
  ]);
}

/** A greyscale presentation state with the patient's name drawn over the image, and a layer that bears it. */
export function presentationState(facts: ObjectFacts): GeneratedObject {
  const { study } = facts;
  const { patient, encode } = study;
  const layer = patient.family
    .toUpperCase()
    .replaceAll(/[^A-Z]/g, '_')
    .slice(0, 16);
  return document(facts, [
    date(0x0070_0082, study.date),
    kept(0x0070_0083, '111500'),
    secret(0x0070_0080, layer, 'text notnull'),
    secret(0x0070_0081, remark(study), 'tag retained'),
    secret(0x0070_0084, study.doctor, 'tag retained'),
    sequence(0x0008_1115, [bySeries(facts, 0x0008_1140)], ['tag retained']),
    sequence(
      0x0070_0001,
      [
        [
          secret(0x0070_0002, layer),
          sequence(0x0070_0008, [
            [
              text(0x0070_0003, 'PIXEL'),
              secret(0x0070_0006, encode(mention(patient, study.random))),
              numbers(0x0070_0010, 1, 1),
              numbers(0x0070_0011, 40, 9),
              text(0x0070_0012, 'LEFT'),
            ],
          ]),
        ],
      ],
      ['tag retained'],
    ),
    sequence(
      0x0070_0060,
      [[secret(0x0070_0002, layer, 'text notnull'), kept(0x0070_0062, '1'), secret(0x0070_0068, remark(study))]],
      ['tag retained'],
    ),
    sequence(
      0x0070_005a,
      [
        [
          signed(0x0070_0052, 1, 1),
          signed(0x0070_0053, 64, 48),
          kept(0x0070_0100, 'SCALE TO FIT'),
          kept(0x0070_0102, '1\\1'),
        ],
      ],
      ['tag retained'],
    ),
    kept(0x2050_0020, 'IDENTITY'),
  ]);
}

function numbers(tag: number, ...values: readonly number[]): Planted {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeFloatLE(value, index * 4);
  return { tag, representation: 'FL', bytes, actions: [] };
}

function signed(tag: number, ...values: readonly number[]): Planted {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeInt32LE(value, index * 4);
  return { tag, representation: 'SL', bytes, actions: ['text retained', 'tag retained'] };
}

/** A letter about the patient as a PDF within a DICOM file. */
export function encapsulatedPdf(facts: ObjectFacts): GeneratedObject {
  const { study } = facts;
  const letter = Buffer.concat([
    Buffer.from('%PDF-1.4\n1 0 obj\n<< /Title ('),
    remark(study),
    Buffer.from(') >>\nendobj\n%%EOF\n'),
  ]);
  return document(facts, [
    date(0x0008_0023, study.date),
    text(0x0008_002a, `${study.date}1030`, ['date shifted']),
    kept(0x0008_0033, '103000'),
    kept(0x0008_0064, 'WSD'),
    kept(0x0028_0301, 'YES'),
    secret(0x0042_0010, remark(study), 'tag retained'),
    sequence(0x0040_a043, [standardCode('121144', 'DCM', 'Document Title')]),
    { ...text(0x0042_0011, letter, ['text removed', 'text notnull']), representation: 'OB' },
    kept(0x0042_0012, 'application/pdf'),
  ]);
}
