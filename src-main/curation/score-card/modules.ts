// The modules that generated objects share: patient, study, series, equipment, private attributes, overlays, references (PS3.3).
import type { Random } from '../../platform/random/random.ts';
import type { Tag } from '../deidentification/dicom-elements.ts';
import { anyDoctor, anyHospital, mention, nameVariants, type Patient, personName, writtenDates } from './people.ts';
import {
  date,
  type Encode,
  kept,
  localCode,
  type Planted,
  secret,
  sequence,
  shorts,
  standardCode,
  standardUid,
  text,
  uid,
} from './planting.ts';

/** What all objects of one study have in common. */
export interface Study {
  readonly patient: Patient;
  readonly characterSet: string;
  readonly encode: Encode;
  readonly uid: string;
  readonly frameOfReference: string;
  /** YYYYMMDD. */
  readonly date: string;
  readonly accession: string;
  readonly doctor: string;
  readonly hospital: string;
  readonly random: Random;
}

/** What one object is: its SOP class and where it stands in its study. */
export interface ObjectFacts {
  readonly study: Study;
  readonly sopClass: string;
  readonly uid: string;
  readonly modality: string;
  readonly series: { readonly uid: string; readonly number: number };
  readonly number: number;
  /** Images of the study that it refers to: class and instance. */
  readonly references: readonly { readonly sopClass: string; readonly uid: string }[];
}

/** A remark about the patient, with the name, a date or a number in it. */
export function remark({ patient, date: day, accession, random, encode }: Study): Uint8Array {
  const dates = [...writtenDates(day), ...writtenDates(patient.birth)];
  const written = dates[random.below(dates.length)]!;
  const remarks = [
    `seen on ${written}, ${mention(patient, random)} agreed`,
    `${mention(patient, random)}: see ${accession}`,
    `${patient.otherId} ${mention(patient, random)} ${written}`,
    `call ${patient.phone} for ${mention(patient, random)}`,
  ];
  return encode(remarks[random.below(remarks.length)]!);
}

/** Short: at most 16 characters (SH) where the name allows. */
const shortRemark = ({ patient, encode }: Study): Uint8Array => encode(patient.family.toLowerCase().slice(0, 16));

export function patientModule(study: Study): readonly Planted[] {
  const { patient, encode, random } = study;
  const id = encode(patient.id);
  return [
    text(0x0010_0010, personName(patient, encode), ['text removed', 'text notnull', 'tag retained']),
    // Blanks around an identifier mean nothing.
    text(0x0010_0020, random.below(4) === 0 ? Buffer.concat([Buffer.from(' '), id, Buffer.from('  ')]) : id, [
      'patient id consistent',
      'text removed',
      'text notnull',
    ]),
    text(0x0010_0030, patient.birth, ['tag retained', 'text removed']),
    text(0x0010_0040, random.below(2) === 0 ? 'F' : 'M', ['tag retained']),
    secret(0x0010_1000, patient.otherId),
    secret(0x0010_1001, encode(`${patient.given}^${patient.family}`)),
    secret(0x0010_1040, encode(patient.street)),
    secret(0x0010_2154, patient.phone),
    secret(0x0010_21b0, remark(study)),
    text(0x0010_4000, remark(study), ['text removed'], random.below(3) === 0 ? 'UN' : 'LT'),
  ];
}

export function studyModule(study: Study): readonly Planted[] {
  return [
    uid(0x0020_000d, study.uid),
    date(0x0008_0020, study.date),
    kept(0x0008_0030, '101530.25'),
    secret(0x0008_0050, study.accession, 'tag retained'),
    secret(0x0008_0090, study.doctor, 'tag retained'),
    secret(0x0020_0010, study.accession, 'tag retained'),
    secret(0x0008_1030, remark(study)),
    sequence(0x0008_1032, [
      localCode(shortRemark(study), remark(study)),
      standardCode('P5-09051', 'SRT', 'Examination'),
    ]),
    secret(0x0032_1060, remark(study)),
    secret(0x0032_4000, remark(study)),
    sequence(0x0008_1110, [[text(0x0008_1150, '1.2.840.10008.3.1.2.3.1'), text(0x0008_1155, `${study.uid}.9`)]]),
  ];
}

export function seriesModule({ study, modality, series }: ObjectFacts): readonly Planted[] {
  return [
    kept(0x0008_0060, modality),
    uid(0x0020_000e, series.uid),
    kept(0x0020_0011, String(series.number)),
    date(0x0008_0021, study.date),
    kept(0x0008_0031, '101700'),
    ...(['US', 'OT', 'PR'].includes(modality) ? [text(0x0020_0060, '', ['tag retained'])] : []),
    secret(0x0008_103e, remark(study)),
    secret(0x0018_1030, study.encode(`Protocol ${study.patient.family.toUpperCase()}`)),
    secret(0x0008_1050, study.doctor),
    secret(0x0008_1070, study.doctor),
    secret(0x0040_0254, remark(study)),
    sequence(0x0040_0275, [
      [
        secret(0x0040_1001, study.accession),
        secret(0x0040_0007, remark(study)),
        sequence(0x0040_0008, [
          [
            secret(0x0008_0100, shortRemark(study)),
            text(0x0008_0102, '99HOSPITAL'),
            secret(0x0008_0104, remark(study)),
          ],
        ]),
      ],
    ]),
  ];
}

export function equipmentModule(study: Study): readonly Planted[] {
  const named = study.random.below(3) === 0;
  return [
    kept(0x0008_0070, 'Generated Medical Systems'),
    secret(0x0008_0080, study.hospital, 'text notnull'),
    secret(0x0008_0081, study.encode(study.patient.street)),
    secret(0x0008_1010, study.encode(`ROOM ${study.patient.family.slice(0, 8)}`)),
    secret(0x0008_1040, study.hospital),
    kept(0x0008_1090, 'Model 700'),
    secret(0x0018_1000, study.accession),
    // Texts about the equipment stay, but not when somebody has written a name into them.
    named ? secret(0x0018_1020, study.encode(versionOf(study))) : kept(0x0018_1020, 'V2.1'),
  ];
}

/** A software version that somebody has put a name or a date into. */
function versionOf({ patient, date: day, doctor, hospital, random }: Study): string {
  const others = [hospital.toUpperCase(), `Dr ${doctor.split('^')[0]!.toLowerCase()}`];
  const written = [...writtenDates(day), ...nameVariants(patient), ...others];
  return `V2.1 ${written[random.below(written.length)]!}`;
}

/** The SOP common module, and what goes into every object: private attributes, and nested items of other objects. */
export function commonModule(facts: ObjectFacts): readonly Planted[] {
  const { study, sopClass, uid: instance, number, references } = facts;
  return [
    ...(study.characterSet === '' ? [] : [kept(0x0008_0005, study.characterSet)]),
    standardUid(0x0008_0016, sopClass),
    uid(0x0008_0018, instance),
    date(0x0008_0012, study.date),
    kept(0x0008_0013, '101800'),
    uid(0x0008_0014, '1.3.6.1.4.1.99999.7'),
    kept(0x0020_0013, String(number)),
    ...privateAttributes(study),
    relatedSeries(study),
    ...(references.length === 0
      ? []
      : [
          sequence(
            0x0008_1140,
            references.map((reference) => [
              ...referenceItem(reference),
              text(0x0009_0010, study.encode(`ACME ${study.patient.given}`), ['text removed'], 'LO'),
              text(0x0009_1001, remark(study), ['text removed'], 'LO'),
            ]),
            ['tag retained'],
          ),
        ]),
  ];
}

/** A series that belongs to this one, with the patient again, and a code that is a name. */
function relatedSeries(study: Study): Planted {
  const { patient, encode } = study;
  return sequence(
    0x0008_1250,
    [
      [
        secret(0x0008_103e, remark(study)),
        text(0x0010_0010, personName(patient, encode), ['text removed', 'text notnull']),
        text(0x0010_0020, encode(patient.id), ['patient id consistent', 'text removed', 'text notnull']),
        uid(0x0020_000d, study.uid),
        uid(0x0020_000e, `${study.uid}.1`),
        sequence(
          0x0040_a170,
          [
            standardCode('122403', 'DCM', 'Same Anatomy'),
            [
              text(0x0008_0100, patient.family.replaceAll(/[^A-Za-z]/g, '').slice(0, 16), [
                'text removed',
                'text notnull',
              ]),
              text(0x0008_0102, 'SCT', ['text notnull']),
              text(0x0008_0104, remark(study), ['text removed', 'text notnull']),
            ],
          ],
          ['tag retained'],
        ),
      ],
    ],
    ['tag retained'],
  );
}

export const referenceItem = ({ sopClass, uid: instance }: ObjectFacts['references'][number]): readonly Planted[] => [
  standardUid(0x0008_1150, sopClass),
  uid(0x0008_1155, instance),
];

/** Blocks of two creators, with names in every kind of value, and one within a sequence. */
function privateAttributes(study: Study): readonly Planted[] {
  const { patient, encode } = study;
  const named = (tag: Tag, representation: string) => text(tag, remark(study), ['text removed'], representation);
  return [
    text(0x0009_0010, encode(`ACME ${patient.family}`), ['text removed'], 'LO'),
    named(0x0009_1001, 'LO'),
    named(0x0009_1002, 'UN'),
    text(0x0009_1003, study.date, ['text removed'], 'DA'),
    { ...sequence(0x0009_1004, [[secret(0x0010_0010, personName(patient, encode))]]) },
    text(0x0029_0010, 'GENERATED HEADER', [], 'LO'),
    named(0x0029_1010, 'OB'),
  ];
}

/** Overlay planes with labels, descriptions and comments. */
export function overlayModule(study: Study, rows: number, columns: number): readonly Planted[] {
  return [0x6000_0000, 0x6002_0000].flatMap((group) =>
    [
      shorts(group + 0x0010, rows),
      shorts(group + 0x0011, columns),
      text(group + 0x0022, remark(study), ['text removed'], 'LO'),
      text(group + 0x0040, 'G', [], 'CS'),
      { ...shorts(group + 0x0050, 1, 1), representation: 'SS' },
      shorts(group + 0x0100, 1),
      shorts(group + 0x0102, 0),
      text(group + 0x1500, remark(study), ['text removed'], 'LO'),
      text(group + 0x3000, new Uint8Array((rows * columns) / 8).fill(0x5a), ['text removed'], 'OW'),
    ].map((each) => ({ ...each, actions: each.actions.filter((action) => action === 'text removed') })),
  );
}

/** A study of a patient. `root` is the root of its UIDs, `number` tells studies apart. */
export function studyOf(patient: Patient, number: number, root: string, encode: Encode, random: Random): Study {
  const characterSet = patient.characterSets[number % patient.characterSets.length]!;
  const day = `20${10 + random.below(14)}${String(1 + random.below(12)).padStart(2, '0')}${String(1 + random.below(28)).padStart(2, '0')}`;
  return {
    ...{ patient, characterSet, encode, random, date: day },
    // Some vendors write dates and numbers of patients into UIDs, and some below the root of the standard.
    uid: `${root}.${day}.${number}`,
    frameOfReference: `${root}.${day}.${number}.77`,
    accession: `ACC${random.below(900_000) + 100_000}`,
    doctor: anyDoctor(random),
    hospital: anyHospital(random),
  };
}
