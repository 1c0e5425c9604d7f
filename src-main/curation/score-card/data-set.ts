// The generated data set: patients, studies, series and objects of nine kinds, with the required action of every element.
import { type Random, randomFrom } from '../../platform/random/random.ts';
import { writeDicom } from '../deidentification/dicom-elements.ts';
import { encapsulatedPdf, presentationState, structuredReport } from './documents.ts';
import { crImage, ctImage, dxImage, type GeneratedObject, mrImage, secondaryCapture, usImage } from './images.ts';
import { type ObjectFacts, type Study, studyOf } from './modules.ts';
import { encoder, type Patient, patients, writtenDates } from './people.ts';
import { dataSetOf, inOrder, text } from './planting.ts';
import { secretWords } from './secrets.ts';

/** One file of the data set, and what must become of it. */
export interface PlantedFile extends GeneratedObject {
  /** Such as `0007-CT.dcm`; de-identified copies have the same name. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly characterSet: string;
  /** Tells patients apart; not what the file says. */
  readonly patient: number;
  /** Words that may be in no copy, folded. */
  readonly secrets: readonly string[];
}

const storage = '1.2.840.10008.5.1.4.1.1';

/** The kinds of object in a study: modality, SOP class, how many in a series, how they are made. */
const kinds: readonly {
  readonly modality: string;
  readonly sopClass: string;
  readonly count: number;
  readonly make: (facts: ObjectFacts) => GeneratedObject;
}[] = [
  { modality: 'CT', sopClass: `${storage}.2`, count: 4, make: ctImage },
  { modality: 'MR', sopClass: `${storage}.4`, count: 4, make: mrImage },
  { modality: 'CR', sopClass: `${storage}.1`, count: 2, make: crImage },
  { modality: 'DX', sopClass: `${storage}.1.1`, count: 2, make: dxImage },
  { modality: 'US', sopClass: `${storage}.6.1`, count: 3, make: usImage },
  { modality: 'OT', sopClass: `${storage}.7`, count: 1, make: secondaryCapture },
  { modality: 'SR', sopClass: `${storage}.88.11`, count: 1, make: structuredReport },
  { modality: 'PR', sopClass: `${storage}.11.1`, count: 1, make: presentationState },
  { modality: 'DOC', sopClass: `${storage}.104.1`, count: 1, make: encapsulatedPdf },
];

/** Explicit little endian, implicit, deflated. */
const [explicit, implicit, deflated] = ['1.2.840.10008.1.2.1', '1.2.840.10008.1.2', '1.2.840.10008.1.2.1.99'];

/** `count` patients with two studies each, 19 objects in a study. The same seed gives the same bytes. */
export function generateDataSet(count: number, seed: number): readonly PlantedFile[] {
  const random = randomFrom(seed).fork('score card');
  return patients(count, random.fork('patients')).flatMap((patient, index) =>
    [0, 1].flatMap((number) => {
      // The second study of every other patient has UIDs below the root of the standard, as some devices wrote.
      const root = number === 1 && index % 2 === 1 ? '1.2.840.10008.99' : '1.3.6.1.4.1.99999';
      const own = random.fork(index * 2 + number);
      const characterSet = patient.characterSets[number % patient.characterSets.length]!;
      const study = studyOf(patient, number, `${root}.${index + 1}`, encoder(characterSet), own);
      return studyFiles(study, index, number, own);
    }),
  );
}

function studyFiles(study: Study, patient: number, studyNumber: number, random: Random): PlantedFile[] {
  const { patient: person, accession, doctor, hospital, characterSet } = study;
  const dates = [study.date, person.birth].flatMap(writtenDates);
  const secrets = secretWords(person, [accession, hospital, ...doctor.split('^'), ...dates]);
  const images: { readonly sopClass: string; readonly uid: string }[] = [];
  return kinds.flatMap(({ modality, sopClass, count, make }, series) =>
    Array.from({ length: count }, (_, at) => {
      const uid = `${study.uid}.${series + 1}.${at + 1}`;
      const facts: ObjectFacts = {
        ...{ study, sopClass, uid, modality },
        series: { uid: `${study.uid}.${series + 1}`, number: series + 1 },
        number: at + random.below(2) * count,
        references: images.slice(0, 2),
      };
      const { elements, ...more } = make(facts);
      images.push({ sopClass, uid });
      const order = (patient * 2 + studyNumber) * 100 + series * 10 + at;
      const turn = patient + studyNumber + series + at;
      const syntax = turn % 5 === 4 ? implicit : turn % 7 === 6 ? deflated : explicit;
      const sorted = inOrder(elements);
      const name = `${String(order).padStart(5, '0')}-${modality}.dcm`;
      const bytes = fileOf(sorted, sopClass, uid, syntax, person);
      return { ...{ name, bytes, characterSet, patient, secrets, elements: sorted }, ...more };
    }),
  );
}

function fileOf(
  elements: GeneratedObject['elements'],
  sopClass: string,
  uid: string,
  syntax: string,
  { family }: Patient,
): Uint8Array {
  const meta = dataSetOf([
    { tag: 0x0002_0001, representation: 'OB', bytes: Uint8Array.of(0, 1), actions: [] },
    text(0x0002_0002, sopClass, [], 'UI'),
    text(0x0002_0003, uid, [], 'UI'),
    text(0x0002_0010, syntax, [], 'UI'),
    text(0x0002_0012, '1.3.6.1.4.1.99999.1', [], 'UI'),
    text(
      0x0002_0016,
      family
        .toUpperCase()
        .replaceAll(/[^A-Z]/g, '_')
        .slice(0, 16),
      [],
      'AE',
    ),
  ]);
  const encoding = { littleEndian: true, implicit: syntax === implicit, deflated: syntax === deflated };
  return writeDicom({ meta, dataSet: dataSetOf(elements), encoding });
}
