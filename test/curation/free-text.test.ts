// What leaves a DICOM file beyond the profile's table: every standard attribute, in every encoding, with text planted in it.
import { describe, expect, it } from 'vitest';
import { type DeidentificationOptions, deidentifyDicom } from '../../src-main/curation/deidentification/dicom.ts';
import { standardRepresentation, standardTags } from '../../src-main/curation/deidentification/dicom-dictionary.ts';
import { type DataSet, readDicom, textOf } from '../../src-main/curation/deidentification/dicom-elements.ts';
import { pseudonymsOf } from '../../src-main/curation/deidentification/pseudonyms.ts';
import { type DicomStyle, dicomStyles, element, part10, sequence, uint16 } from '../archive/write-dicom.ts';

const pseudonyms = pseudonymsOf(Buffer.alloc(32, 7));
const clean = (bytes: Uint8Array, options: Partial<DeidentificationOptions> = {}) =>
  deidentifyDicom(
    bytes,
    'file',
    pseudonyms,
    { retainDates: false, retainDevice: false, ...options },
    'Residua',
    new Set(),
  );
const [explicit, , implicit] = dicomStyles as readonly [DicomStyle, DicomStyle, DicomStyle];
const valueAt = (dataSet: DataSet, tag: number) => {
  const found = dataSet.find((each) => each.tag === tag);
  return found?.bytes === undefined ? undefined : textOf(found.bytes);
};

const binary = new Set(['US', 'SS', 'UL', 'SL', 'UV', 'SV', 'FL', 'FD', 'AT', 'SQ']);
const pixelGroup = 0x7fe0;

/** Every standard attribute that holds text or bytes, with a text that stands nowhere else. */
function everything(style: DicomStyle): { readonly bytes: Buffer; readonly planted: ReadonlyMap<number, string> } {
  const planted = new Map<number, string>();
  const elements = standardTags.flatMap((tag) => {
    const representation = standardRepresentation(tag)!;
    if (binary.has(representation) || tag >>> 16 === pixelGroup) return [];
    const date = `19${50 + (tag % 50)}0${1 + (tag % 9)}1${tag % 9}`;
    // Names only where names belong: a text that repeats one goes, whatever it is about.
    const word = representation === 'PN' ? 'Doe' : 'Txt';
    const text = ['DA', 'DT'].includes(representation) ? date : `${word}^${tag.toString(16).padStart(8, '0')}`;
    if (!['DA', 'DT'].includes(representation)) planted.set(tag, text);
    return [element(style, tag, representation, text)];
  });
  return { bytes: part10(style, Buffer.concat(elements)), planted };
}

/** A data set as plain data: tags with their values, whatever the encoding. */
function plain(dataSet: DataSet): unknown {
  return dataSet.map(({ tag, bytes, items }) => [tag.toString(16), bytes && textOf(bytes), items?.map(plain)]);
}

/** Texts about equipment and methods, kept as they are. */
const kept = [
  0x0008_0070, 0x0008_1090, 0x0018_0024, 0x0018_1020, 0x0018_1210, 0x0018_1250, 0x0028_1054, 0x0054_1103, 0x0062_0009,
];

describe('text planted in every standard attribute', () => {
  it.each([explicit, implicit, dicomStyles[3]!, dicomStyles[4]!])(
    'goes, but for equipment and methods: $name',
    (style) => {
      const { bytes, planted } = everything(style);
      expect(planted.size).toBeGreaterThan(1500);
      for (const options of [{}, { retainDates: true }]) {
        const cleaned = Buffer.from(clean(bytes, options));
        const found = [...planted].filter(([, text]) => cleaned.includes(text)).map(([tag]) => tag);
        expect(found.length).toBeLessThan(60);
        for (const tag of kept) expect(found).toContain(tag);
        // Comments, descriptions, order numbers, labels, patients, visits, procedures.
        const groups = new Set(found.map((tag) => (tag >>> 16).toString(16)));
        expect([...groups].sort()).toEqual(['18', '20', '28', '40', '54', '62', '8']);
        expect(found.filter((tag) => tag >>> 16 === 0x0040)).toEqual([0x0040_9210]);
      }
    },
  );

  it.each([{}, { retainDates: true }, { retainDevice: true }])('leaves the same in both encodings: %j', (options) => {
    const sets = [explicit, implicit].map(
      (style) => readDicom(clean(everything(style).bytes, options), 'file').dataSet,
    );
    expect(plain(sets[1]!)).toEqual(plain(sets[0]!));
  });
});

describe('implicit files', () => {
  const dataSet = (style: DicomStyle) =>
    part10(
      style,
      Buffer.concat([
        element(style, 0x0008_0018, 'UI', '1.2.3'),
        element(style, 0x0020_0052, 'UI', '1.2.3.4'),
        // The frame of reference again, outside the table; a name and a date outside it.
        element(style, 0x0020_9312, 'UI', '1.2.3.4'),
        element(style, 0x0028_0010, 'US', uint16(4, true)),
        sequence(style, 0x0040_0275, [element(style, 0x0040_1001, 'SH', 'ORDER-77')]),
        sequence(style, 0x0054_0016, [
          Buffer.concat([
            element(style, 0x0018_0031, 'LO', 'FDG'),
            element(style, 0x0018_1078, 'DT', '20240101120000'),
            element(style, 0x0040_a075, 'PN', 'Doe^John'),
          ]),
        ]),
      ]),
    );

  it('lose the same UIDs, names and dates as explicit ones', () => {
    const [first, second] = [explicit, implicit].map((style) => readDicom(clean(dataSet(style)), 'file').dataSet);
    expect(plain(second!)).toEqual(plain(first!));
    expect(valueAt(second!, 0x0020_9312)).toBe(pseudonyms.uid('1.2.3.4'));
    expect(valueAt(second!, 0x0020_9312)).toBe(valueAt(second!, 0x0020_0052));
    const [item] = second!.find(({ tag }) => tag === 0x0054_0016)!.items!;
    expect(item!.map(({ tag }) => tag)).toEqual([0x0018_0031, 0x0040_a075]);
    expect(valueAt(item!, 0x0040_a075)).toBe('REMOVED');
  });

  it('are read as the standard says: text that looks like a sequence is text', () => {
    const disguised = Buffer.concat([
      Buffer.from('feff00e010000000', 'hex'),
      element(implicit, 0x0018_1020, 'LO', 'John Doe'),
    ]);
    const bytes = part10(implicit, element(implicit, 0x0020_4000, 'LT', disguised));
    expect(Buffer.from(clean(bytes)).includes('John')).toBe(false);
  });
});

describe('dates', () => {
  const dates = (style: DicomStyle) =>
    part10(
      style,
      Buffer.concat([
        element(style, 0x0008_0020, 'DA', '20240229'),
        element(style, 0x0008_0030, 'TM', '10:20:30'),
        element(style, 0x0008_0031, 'TM', 'John Doe'),
        element(style, 0x0010_0020, 'LO', 'P1'),
        element(style, 0x0010_0030, 'DA', '19510203'),
        element(style, 0x0010_0032, 'TM', '0405'),
        element(style, 0x0010_0033, 'LO', '13300113'),
        element(style, 0x0010_0034, 'LO', '14020113'),
        element(style, 0x0010_0035, 'CS', 'ISLAMIC'),
        element(style, 0x0010_1010, 'AS', '073Y'),
      ]),
    );

  it.each([explicit, implicit])('of birth and death are never retained, in any calendar: $name', (style) => {
    const { dataSet } = readDicom(clean(dates(style), { retainDates: true }), 'file');
    expect(valueAt(dataSet, 0x0008_0020)).toMatch(/^20(1|2)\d{5}$/);
    expect(valueAt(dataSet, 0x0008_0020)).not.toBe('20240229');
    expect(valueAt(dataSet, 0x0008_0030)).toBe('10:20:30');
    // What is no time gets the dummy of the profile.
    expect(valueAt(dataSet, 0x0008_0031)).toBe('000000');
    const patient = dataSet.filter(({ tag }) => tag >>> 16 === 0x0010);
    expect(patient.map(({ tag }) => [tag, valueAt(dataSet, tag)])).toEqual([
      [0x0010_0020, pseudonyms.patient('P1')],
      [0x0010_0030, ''],
    ]);
  });
});

describe('overlays', () => {
  it('go with their labels and descriptions', () => {
    const bytes = part10(
      explicit,
      Buffer.concat([
        element(explicit, 0x6000_0010, 'US', uint16(4, true)),
        element(explicit, 0x6000_0022, 'LO', 'John Doe'),
        element(explicit, 0x6002_1500, 'LO', 'John Doe'),
        element(explicit, 0x6002_3000, 'OW', 'John Doe'),
      ]),
    );
    expect(readDicom(clean(bytes), 'file').dataSet.filter(({ tag }) => tag >>> 24 === 0x60)).toEqual([]);
  });
});

describe('codes', () => {
  const coded = (code: string, scheme: string, meaning: string) =>
    part10(
      explicit,
      sequence(explicit, 0x0008_2218, [
        Buffer.concat([
          element(explicit, 0x0008_0100, 'SH', code),
          element(explicit, 0x0008_0102, 'SH', scheme),
          element(explicit, 0x0008_0103, 'SH', '2024'),
          element(explicit, 0x0008_0104, 'LO', meaning),
        ]),
      ]),
    );
  const itemOf = (bytes: Uint8Array) => readDicom(bytes, 'file').dataSet[0]!.items![0]!;

  it('of standard schemes stay without the free text of their meaning', () => {
    const item = itemOf(clean(coded('T-D3000', 'SRT', 'Chest of John Doe')));
    expect(item.map(({ bytes }) => textOf(bytes!))).toEqual(['T-D3000', 'SRT', 'T-D3000']);
  });

  it.each([
    ['JOHN', '99LOCAL', 'Chest'],
    ['John Doe', 'SRT', 'Chest'],
  ])('of others go, and an item without meaning stays: %s of %s', (code, scheme, meaning) => {
    const item = itemOf(clean(coded(code, scheme, meaning)));
    expect(item.map(({ bytes }) => textOf(bytes!))).toEqual(['REMOVED', '99RESIDUA', 'REMOVED']);
  });
});

describe('numbers and code strings', () => {
  it.each([
    [0x0018_0050, 'DS', '2.5', true],
    [0x0028_1053, 'DS', '1,5', true],
    [0x0028_0030, 'DS', ' 0.5\\-.25e2 ', true],
    [0x0018_0050, 'DS', 'John Doe', false],
    [0x0020_0013, 'IS', '+12', true],
    [0x0020_0013, 'IS', '12 John', false],
    [0x0008_0008, 'CS', 'ORIGINAL\\PRIMARY\\Axial', true],
    [0x0008_0008, 'CS', 'DOE^JOHN', false],
    [0x0008_0008, 'CS', 'A CODE STRING THAT IS TOO LONG', false],
    [0x0018_9461, 'FL', 'AAAABBBB', true],
    [0x0018_1110, 'DS', '1000', true],
    [0x0028_0002, 'US', 'AB', true],
    [0x0028_0002, 'US', 'Doe^John', false],
    [0x0028_0009, 'AT', 'Doe^Jo', false],
    // A representation of the file's own does not make text of it.
    [0x0008_0008, 'LT', 'Doe, John', false],
    [0x0020_000d, 'UI', '1.2.840.10008.JOHN', false],
  ] as const)('%s %s %j stays: %s', (tag, representation, value, stays) => {
    const { dataSet } = readDicom(clean(part10(explicit, element(explicit, tag, representation, value))), 'file');
    if (stays) expect(valueAt(dataSet, tag)).toBe(value.replace(/ $/, ''));
    else expect(valueAt(dataSet, tag) ?? '').not.toContain(value);
  });

  it('unknown elements go, whatever they are', () => {
    const bytes = part10(
      explicit,
      Buffer.concat([
        element(explicit, 0x0018_fff0, 'US', uint16(4, true)),
        element(explicit, 0x0028_fff0, 'UT', 'John Doe'),
        element(explicit, 0x0042_0013, 'ST', 'John Doe'),
      ]),
    );
    expect(readDicom(clean(bytes), 'file').dataSet.map(({ tag }) => tag)).toEqual([
      0x0012_0062, 0x0012_0063, 0x0012_0064, 0x0028_0303,
    ]);
  });
});
