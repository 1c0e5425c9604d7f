// Names, identifiers and dates of a file in texts that are kept; one pseudonym for one patient; UIDs that only look standard.
import { describe, expect, it } from 'vitest';
import { deidentifyDicom, equipmentOf } from '../../src-main/curation/deidentification/dicom.ts';
import { type DataSet, readDicom, textOf } from '../../src-main/curation/deidentification/dicom-elements.ts';
import { pseudonymsOf } from '../../src-main/curation/deidentification/pseudonyms.ts';
import { dicomStyles, element, part10, sequence } from '../archive/write-dicom.ts';

const style = dicomStyles[0]!;
const pseudonyms = pseudonymsOf(Buffer.alloc(32, 7));
const text = (tag: number, representation: string, value: string | Uint8Array) =>
  element(style, tag, representation, value);
const latin = (value: string) => Buffer.from(value, 'latin1');

function cleaned(elements: readonly Buffer[], options = { retainDates: true, retainDevice: false }): DataSet {
  const bytes = part10(style, Buffer.concat(elements));
  return readDicom(deidentifyDicom(bytes, 'file', pseudonyms, options, 'Residua', new Set()), 'file').dataSet;
}
const valueAt = (dataSet: DataSet, tag: number) =>
  textOf(dataSet.find((each) => each.tag === tag)?.bytes ?? Buffer.of());

/** What becomes of a software version (kept otherwise) in a file about somebody. */
const versionOf = (version: string | Uint8Array, name: string | Uint8Array, characterSet = 'ISO_IR 100') =>
  valueAt(
    cleaned([
      text(0x0008_0005, 'CS', characterSet),
      text(0x0008_0020, 'DA', '20190304'),
      text(0x0008_0050, 'SH', 'ACC4711'),
      text(0x0008_0090, 'PN', 'Zimmer^Leo^^Dr'),
      text(0x0010_0010, 'PN', name),
      text(0x0010_0020, 'LO', 'P-0815'),
      text(0x0010_0030, 'DA', '19510203'),
      text(0x0018_1020, 'LO', version),
    ]),
    0x0018_1020,
  );

describe('a text about equipment', () => {
  it.each([
    'for DOE, JANE',
    'jane doe 1.0',
    'JaneDoeson',
    'V1_DOE_J',
    'P-0815 v2',
    'acc4711',
    'Dr zimmer',
    '20190304',
    '2019-03-04',
    '04.03.2019',
    '3/4/2019',
    '4 March 2019',
    'Mar 4, 2019',
    'born 03.02.1951',
  ])('that names somebody goes: %s', (version) => {
    expect(versionOf(latin(version), version === 'JaneDoeson' ? 'Doeson^Jane' : 'Doe^Jane')).toBe('REMOVED');
  });

  it.each(['VB17', 'syngo MR E11', 'doesn', 'v20190305', 'Dr 2.0', 'Leopard'])(
    'that names nobody stays: %s',
    (version) => {
      expect(versionOf(latin(version), 'Doe^Jane')).toBe(version);
    },
  );

  it.each(['Müller', 'MUELLER', 'muller', 'M_LLER', 'Mller', 'x MÜLLER-1'])(
    'goes with a name in other letters: %s',
    (version) => {
      expect(versionOf(latin(version), latin('Müller^Jörg'))).toBe('REMOVED');
      expect(versionOf(Buffer.from(version), Buffer.from('Müller^Jörg'), 'ISO_IR 192')).toBe('REMOVED');
    },
  );

  it('goes with a name in letters of Japan, and in UTF-8 whose bytes Windows 1252 reads differently', () => {
    const escaped = Buffer.from('1b2442 3b334544 1b2842'.replaceAll(' ', ''), 'hex');
    const name = Buffer.concat([latin('Yamada^Tarou='), escaped]);
    expect(versionOf(Buffer.concat([latin('V1 '), escaped]), name, '\\ISO 2022 IR 87')).toBe('REMOVED');
    const polish = Buffer.from('łukasiewicz');
    expect(versionOf(polish, Buffer.from('Łukasiewicz^Zoë'), 'ISO_IR 192')).toBe('REMOVED');
    expect(versionOf(polish, 'Doe^Jane', 'ISO_IR 192')).toBe(polish.toString('latin1'));
  });

  it('loses only the value that names somebody', () => {
    expect(versionOf('VB17\\Doe 2\\VA1', 'Doe^Jane')).toBe('VB17\\REMOVED\\VA1');
  });
});

describe('code strings and codes', () => {
  it('go where they are a name; those that say how to read the image stay', () => {
    const dataSet = cleaned([
      text(0x0008_0008, 'CS', 'ORIGINAL\\PRIMARY\\MONO'),
      text(0x0008_0060, 'CS', 'MONO'),
      text(0x0010_0010, 'PN', 'Mono^Jane'),
      text(0x0028_0004, 'CS', 'MONO'),
      sequence(style, 0x0008_2218, [
        Buffer.concat([text(0x0008_0100, 'SH', 'JANE'), text(0x0008_0102, 'SH', 'SCT'), text(0x0008_0104, 'LO', 'X')]),
      ]),
    ]);
    expect(valueAt(dataSet, 0x0008_0008)).toBe('ORIGINAL\\PRIMARY\\REMOVED');
    expect([0x0008_0060, 0x0028_0004].map((tag) => valueAt(dataSet, tag))).toEqual(['MONO', 'MONO']);
    const [code] = dataSet.find(({ tag }) => tag === 0x0008_2218)!.items!;
    expect(valueAt(code!, 0x0008_0100)).toBe('REMOVED');
  });
});

describe('a patient', () => {
  const pseudonymOf = (id: string | Uint8Array, characterSet: string) =>
    valueAt(cleaned([text(0x0008_0005, 'CS', characterSet), text(0x0010_0020, 'LO', id)]), 0x0010_0020);

  it('has one pseudonym, whatever the character set and the blanks around the identifier', () => {
    const expected = pseudonyms.patient('ÄB-1');
    expect(pseudonymOf(latin('ÄB-1'), 'ISO_IR 100')).toBe(expected);
    expect(pseudonymOf(Buffer.from('ÄB-1'), 'ISO_IR 192')).toBe(expected);
    expect(pseudonymOf(Buffer.from('A\u0308B-1'), 'ISO_IR 192')).toBe(expected);
    expect(pseudonymOf(latin(' ÄB-1  '), 'ISO_IR 100')).toBe(expected);
    expect(pseudonymOf('P1', '')).toBe(pseudonyms.patient('P1'));
  });

  it('of an item is the one that the item names; dates move with the patient of the file', () => {
    const dataSet = cleaned([
      text(0x0010_0020, 'LO', 'CHILD'),
      sequence(style, 0x0008_1250, [
        Buffer.concat([text(0x0008_0021, 'DA', '20200301'), text(0x0010_0020, 'LO', 'MOTHER')]),
        text(0x0010_0010, 'PN', ''),
      ]),
    ]);
    const [mother, child] = dataSet.find(({ tag }) => tag === 0x0008_1250)!.items!;
    expect(valueAt(mother!, 0x0010_0020)).toBe(pseudonyms.patient('MOTHER'));
    expect(valueAt(child!, 0x0010_0010)).toBe(pseudonyms.patient('CHILD'));
    const moved = Date.UTC(2020, 2, 1 - pseudonyms.days('CHILD'));
    expect(valueAt(mother!, 0x0008_0021)).toBe(new Date(moved).toISOString().slice(0, 10).replaceAll('-', ''));
  });
});

describe('UIDs', () => {
  it('of instances below the root of the standard are replaced, those of the standard stay', () => {
    const uids = ['1.2.840.10008.5.1.4.1.1.2', '1.2.840.10008.99.20190304.7'];
    const dataSet = cleaned([
      text(0x0008_0016, 'UI', uids[0]!),
      text(0x0008_0018, 'UI', uids[0]!),
      text(0x0008_001a, 'UI', uids[1]!),
      text(0x0020_000d, 'UI', uids[1]!),
      text(0x0020_0052, 'UI', '1.2.840.10008.1.4.1.1'),
    ]);
    expect([0x0008_0016, 0x0020_0052].map((tag) => valueAt(dataSet, tag))).toEqual([uids[0], '1.2.840.10008.1.4.1.1']);
    expect(valueAt(dataSet, 0x0008_0018)).toBe(pseudonyms.uid(uids[0]!));
    for (const tag of [0x0008_001a, 0x0020_000d]) expect(valueAt(dataSet, tag)).toBe(pseudonyms.uid(uids[1]!));
  });
});

describe('retained devices', () => {
  it('keep their serial number, but no name', () => {
    const device = (serial: string) =>
      valueAt(
        cleaned([text(0x0010_0010, 'PN', 'Doe^Jane'), text(0x0018_1000, 'LO', serial)], {
          retainDates: true,
          retainDevice: true,
        }),
        0x0018_1000,
      );
    expect(device('SN-4711')).toBe('SN-4711');
    expect(device("Jane's")).toBe('REMOVED');
  });
});

describe('the equipment that an export tells of', () => {
  it('is named without who the file is about', () => {
    const equipment = (model: string) =>
      equipmentOf(
        part10(
          style,
          Buffer.concat([
            text(0x0008_0070, 'LO', 'ACME'),
            text(0x0008_1090, 'LO', model),
            text(0x0010_0010, 'PN', 'Quackenbush^Ophelia'),
          ]),
        ),
        'file',
      );
    expect(equipment('Model X 200')).toBe('ACME Model X 200');
    expect(equipment('Model Quackenbush Ophelia')).toBe('ACME REMOVED');
  });
});
