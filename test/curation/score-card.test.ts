// The score card of de-identification: what the export does is right in every group; what is wrong is found and named.
import { describe, expect, it } from 'vitest';
import { readDicom, writeDicom } from '../../src-main/curation/deidentification/dicom-elements.ts';
import { pseudonymsOf } from '../../src-main/curation/deidentification/pseudonyms.ts';
import { generateDataSet } from '../../src-main/curation/score-card/data-set.ts';
import { actionGroups } from '../../src-main/curation/score-card/planting.ts';
import { exportedCopy, type ScoreCard, scoreCard } from '../../src-main/curation/score-card/score-card.ts';
import { quiet } from '../../src-main/platform/job.ts';

const pseudonyms = pseudonymsOf(Buffer.alloc(32, 7));
const exported = exportedCopy(pseudonyms, 'Residua');
const few = generateDataSet(2, 1);
const sharesOf = ({ groups }: ScoreCard) => Object.fromEntries(groups.map(({ group, share }) => [group, share]));

describe('the generated data set', () => {
  const files = generateDataSet(8, 2);

  it('is the same for the same seed, and another for another', () => {
    const again = generateDataSet(8, 2);
    expect(again.map(({ bytes }) => Buffer.from(bytes))).toEqual(files.map(({ bytes }) => Buffer.from(bytes)));
    expect(generateDataSet(8, 3)[0]!.bytes).not.toEqual(files[0]!.bytes);
  });

  it('has every kind of object, character set and transfer syntax that it promises', () => {
    const kinds = new Set(files.map(({ name }) => name.slice(6, -4)));
    expect([...kinds].sort()).toEqual(['CR', 'CT', 'DOC', 'DX', 'MR', 'OT', 'PR', 'SR', 'US']);
    const sets = new Set(files.map(({ characterSet }) => characterSet));
    expect([...sets].sort()).toEqual(
      ['', 'GB18030', 'ISO_IR 100', 'ISO_IR 192', '\\ISO 2022 IR 149', '\\ISO 2022 IR 87'].sort(),
    );
    const encodings = new Set(files.map(({ bytes }) => JSON.stringify(readDicom(bytes, 'file').encoding)));
    expect(encodings.size).toBe(3);
  });

  it('is exported with every group of actions right, burned-in text held back', async () => {
    const card = await scoreCard(files, exported, quiet);
    expect(card.wrong).toEqual([]);
    expect(card.groups.map(({ group }) => group)).toEqual([...actionGroups]);
    for (const { total, share } of card.groups) {
      expect(total).toBeGreaterThan(40);
      expect(share).toBeGreaterThanOrEqual(0.999);
    }
  });
});

describe('what is wrong is found', () => {
  it('in files that nobody has de-identified', async () => {
    const shares = sharesOf(await scoreCard(few, async ({ bytes }) => bytes, quiet));
    expect(shares['UID changed']).toBe(0);
    expect(shares['date shifted']).toBe(0);
    expect(shares['patient id consistent']).toBeLessThan(0.2);
    expect(shares['pixels hidden']).toBe(0);
    expect(shares['text removed']).toBeLessThan(0.01);
    expect(shares['text retained']).toBe(1);
    expect(shares['pixels retained']).toBe(1);
  });

  it('where nothing is left', async () => {
    const shares = sharesOf(await scoreCard(few, async () => undefined, quiet));
    for (const group of ['pixels hidden', 'text removed']) expect(shares[group]).toBe(1);
    for (const group of ['tag retained', 'text notnull', 'text retained', 'pixels retained', 'UID consistent']) {
      expect(shares[group]).toBe(0);
    }
  });

  it('in one element of one file, by its path', async () => {
    const [file] = few as [(typeof few)[0]];
    const replaced = async (text: string, tag: number) => {
      const card = await scoreCard(
        [file],
        async (each) => {
          const { dataSet, ...rest } = readDicom((await exported(each))!, 'file');
          const element = { tag, representation: 'LO', bytes: Buffer.from(text, 'latin1') };
          return writeDicom({ ...rest, dataSet: dataSet.map((other) => (other.tag === tag ? element : other)) });
        },
        quiet,
      );
      return card.wrong.map(({ group, element }) => `${group} ${element}`);
    };
    expect(await replaced('ABERNATHY J', 0x0008_0080)).toEqual(['text removed 00080080', 'text removed whole file']);
    expect(await replaced('', 0x0008_0080)).toEqual(['text notnull 00080080']);
    expect(await replaced('20000101', 0x0008_0020)).toEqual(
      [
        'date shifted 00080021',
        'date shifted 00080022',
        'date shifted 00080023',
        'date shifted 0008002a',
        'date shifted 00080020',
      ].slice(4),
    );
    expect(await replaced('1.2.3', 0x0020_000d)).toEqual(['UID consistent 0020000d']);
    expect(await replaced('61', 0x0018_0060)).toEqual(['text retained 00180060']);
  });

  it('when a patient gets two pseudonyms, or two patients one', async () => {
    const keys = [pseudonyms, pseudonymsOf(Buffer.alloc(32, 8))];
    const by = keys.map((key) => exportedCopy(key, 'Residua'));
    const two = await scoreCard(few, (file) => by[Number(file.name.slice(1, 3)) % 2]!(file), quiet);
    expect(sharesOf(two)['patient id consistent']).toBeLessThan(0.9);
    expect(sharesOf(two)['UID changed']).toBe(1);
    const same = { ...pseudonyms, patient: () => 'R-ALL' };
    expect(sharesOf(await scoreCard(few, exportedCopy(same, 'Residua'), quiet))['patient id consistent']).toBe(0.5);
  });
});
