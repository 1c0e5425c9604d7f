// What `dciodvfy` (Debian dicom3tools) found wrong in de-identified copies and not in their originals, and what belongs there.
import { describe, expect, it } from 'vitest';
import { deidentifyDicom } from '../../src-main/curation/deidentification/dicom.ts';
import { type DataSet, readDicom, textOf } from '../../src-main/curation/deidentification/dicom-elements.ts';
import { pseudonymsOf } from '../../src-main/curation/deidentification/pseudonyms.ts';
import { type DicomStyle, dicomStyles, element, part10, sequence } from '../archive/write-dicom.ts';

const pseudonyms = pseudonymsOf(Buffer.alloc(32, 7));
const [explicit, , implicit, , big] = dicomStyles as readonly DicomStyle[];
const styles = [explicit!, implicit!, big!];

/** The elements of a de-identified file of these elements. */
function cleaned(style: DicomStyle, elements: readonly Buffer[], retainDates = true): DataSet {
  const options = { retainDates, retainDevice: false };
  const bytes = deidentifyDicom(
    part10(style, Buffer.concat(elements)),
    'file',
    pseudonyms,
    options,
    'Residua',
    new Set(),
  );
  return readDicom(bytes, 'file').dataSet;
}

const itemsAt = (dataSet: DataSet, tag: number) => dataSet.find((each) => each.tag === tag)?.items;
const valueAt = (dataSet: DataSet, tag: number) => {
  const bytes = dataSet.find((each) => each.tag === tag)?.bytes;
  return bytes === undefined ? undefined : textOf(bytes);
};

describe.each(styles)('$name', (style) => {
  const text = (tag: number, representation: string, value: string) => element(style, tag, representation, value);
  const localCode = Buffer.concat([text(0x0008_0100, 'SH', 'XRAY-7'), text(0x0008_0102, 'SH', '99LOCAL')]);

  it('a code that may not leave is replaced by one that says nothing', () => {
    const [item] = itemsAt(cleaned(style, [sequence(style, 0x0008_2218, [localCode])]), 0x0008_2218)!;
    expect(item!.map(({ bytes }) => textOf(bytes!))).toEqual(['REMOVED', '99RESIDUA', 'REMOVED']);
    const person = itemsAt(cleaned(style, [sequence(style, 0x0040_1101, [localCode])]), 0x0040_1101)!;
    expect(person.map((each) => valueAt(each, 0x0008_0100))).toEqual(['REMOVED']);
  });

  it('a report has a content tree of one comment, and verifying observers without names', () => {
    const observer = Buffer.concat([
      text(0x0040_a027, 'LO', 'Clinic'),
      text(0x0040_a030, 'DT', '20200301120000'),
      text(0x0040_a075, 'PN', 'Doe^Jane'),
      sequence(style, 0x0040_a088, [localCode]),
    ]);
    const dataSet = cleaned(style, [
      text(0x0010_0020, 'LO', 'P1'),
      sequence(style, 0x0040_a073, [observer]),
      sequence(style, 0x0040_a730, [text(0x0040_a160, 'UT', 'Jane Doe')]),
    ]);
    const [verifying] = itemsAt(dataSet, 0x0040_a073)!;
    expect([0x0040_a027, 0x0040_a075].map((tag) => valueAt(verifying!, tag))).toEqual(['REMOVED', 'REMOVED']);
    expect(valueAt(verifying!, 0x0040_a030)).toMatch(/^20[12]\d{5}120000$/);
    expect(itemsAt(verifying!, 0x0040_a088)).toEqual([]);
    const [content] = itemsAt(dataSet, 0x0040_a730)!;
    const types = [0x0040_a010, 0x0040_a040, 0x0040_a160].map((tag) => valueAt(content!, tag));
    expect(types).toEqual(['CONTAINS', 'TEXT', 'REMOVED']);
    expect(valueAt(itemsAt(content!, 0x0040_a043)![0]!, 0x0008_0100)).toBe('121106');
  });

  it('a presentation state has an annotation, a description and a date', () => {
    const dataSet = cleaned(
      style,
      [
        sequence(style, 0x0070_0001, [text(0x0070_0002, 'CS', 'LAYER')]),
        text(0x0070_0081, 'LO', 'of Jane Doe'),
        text(0x0070_0082, 'DA', '20200301'),
        text(0x0070_0083, 'TM', '101112'),
      ],
      false,
    );
    const [annotation] = itemsAt(dataSet, 0x0070_0001)!;
    const [shown] = itemsAt(annotation!, 0x0070_0008)!;
    expect(valueAt(shown!, 0x0070_0006)).toBe('REMOVED');
    expect(shown!.find(({ tag }) => tag === 0x0070_0011)!.bytes).toHaveLength(8);
    expect([0x0070_0081, 0x0070_0082, 0x0070_0083].map((tag) => valueAt(dataSet, tag))).toEqual([
      '',
      '19000101',
      '000000',
    ]);
  });

  it('texts that must be there are', () => {
    const dataSet = cleaned(style, [
      text(0x0042_0010, 'ST', 'Letter about Jane Doe'),
      text(0x0042_0012, 'LO', 'application/pdf'),
      sequence(style, 0x0062_0002, [
        Buffer.concat([text(0x0062_0005, 'LO', "Jane's liver"), text(0x0062_0009, 'LO', 'Threshold')]),
      ]),
    ]);
    expect(valueAt(dataSet, 0x0042_0010)).toBe('');
    expect(valueAt(dataSet, 0x0042_0012)).toBe('application/pdf');
    const [segment] = itemsAt(dataSet, 0x0062_0002)!;
    expect([0x0062_0005, 0x0062_0009].map((tag) => valueAt(segment!, tag))).toEqual(['REMOVED', 'Threshold']);
    expect(valueAt(cleaned(style, [text(0x0042_0012, 'LO', 'application/of Jane')]), 0x0042_0012)).toBeUndefined();
  });

  it('sequences that must not be empty are not there, and those of reports are', () => {
    const reference = [text(0x0008_1155, 'UI', '1.2.3')];
    const tags = [0x0008_0082, 0x0008_1072, 0x0008_1110, 0x0008_1111];
    const sequences = tags.map((tag) => sequence(style, tag, reference));
    const there = (dataSet: DataSet) => tags.filter((tag) => itemsAt(dataSet, tag) !== undefined);
    expect(there(cleaned(style, [text(0x0008_0016, 'UI', '1.2.840.10008.5.1.4.1.1.2'), ...sequences]))).toEqual([]);
    const report = cleaned(style, [text(0x0008_0016, 'UI', '1.2.840.10008.5.1.4.1.1.88.11'), ...sequences]);
    expect(there(report)).toEqual([0x0008_1111]);
    expect(itemsAt(report, 0x0008_1111)).toEqual([]);
  });

  it('a date that cannot be shifted is treated as the profile says without shifting', () => {
    const dataSet = cleaned(style, [
      text(0x0008_0020, 'DA', 'yesterday'),
      text(0x0008_0021, 'DA', '2020.03.01'),
      text(0x0008_002a, 'DT', '2020'),
    ]);
    expect(valueAt(dataSet, 0x0008_0020)).toBe('');
    expect(valueAt(dataSet, 0x0008_0021)).toMatch(/^20[12]\d{5}$/);
    expect(valueAt(dataSet, 0x0008_002a)).toBe('19000101000000');
  });
});
