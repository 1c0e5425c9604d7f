// Splits, duplicates and leaks: no patient in two parts, pairs equal to an all-with-all comparison.

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { auditEntries } from '../../src-main/catalog/tables/audit.ts';
import { createCohort, listCohorts } from '../../src-main/catalog/tables/cohorts.ts';
import { imageRecords } from '../../src-main/catalog/tables/images.ts';
import { imageIds } from '../../src-main/catalog/tables/pages.ts';
import { duplicateGroups, type HashedImage, nearDuplicateGroups } from '../../src-main/curation/cohorts/duplicates.ts';
import { cohortLeaks, unknownPatients } from '../../src-main/curation/cohorts/leaks.ts';
import { splitByPatient } from '../../src-main/curation/cohorts/split.ts';
import { balanceOf } from '../../src-main/curation/cohorts/split-balance.ts';
import { previewSplit, splitCohort } from '../../src-main/curation/cohorts/split-cohort.ts';
import { withdraw } from '../../src-main/curation/cohorts/withdraw.ts';
import { noon, sampleCatalog } from '../catalog/sample-catalog.ts';

const hexOf = (text: string) => createHash('sha256').update(text).digest('hex');

describe('splitByPatient', () => {
  const items = Array.from({ length: 1000 }, (_, item) => ({
    item,
    patient: item % 10 === 0 ? null : `P${(item * item) % 211}`,
  }));

  it('keeps patients together and meets the fractions', () => {
    const parts = splitByPatient(items, [0.7, 0.2, 0.1], 1);
    expect(parts.flat().sort((a, b) => a - b)).toEqual(items.map(({ item }) => item));
    const patients = parts.map(
      (part) => new Set(part.map((item) => items[item]!.patient).filter((patient) => patient !== null)),
    );
    expect(patients[0]!.intersection(patients[1]!).size + patients[1]!.intersection(patients[2]!).size).toBe(0);
    expect(patients[0]!.intersection(patients[2]!).size).toBe(0);
    const sizes = parts.map(({ length }) => length);
    for (const [index, size] of [700, 200, 100].entries()) expect(Math.abs(sizes[index]! - size)).toBeLessThan(15);
  });

  it('is the same for the same seed whatever the order, and another for another seed', () => {
    const sorted = (parts: readonly (readonly number[])[]) => parts.map((part) => part.toSorted((a, b) => a - b));
    const parts = sorted(splitByPatient(items, [0.5, 0.5], 7));
    expect(sorted(splitByPatient(items.toReversed(), [0.5, 0.5], 7))).toEqual(parts);
    expect(sorted(splitByPatient(items, [0.5, 0.5], 8))).not.toEqual(parts);
  });

  it('refuses shares that do not sum to 1, and takes thirds', () => {
    for (const [fractions, sum] of [
      [[0.8, 0.1], '0.9'],
      [[1.5, 1], '2.5'],
    ] as const)
      expect(() => splitByPatient(items, fractions, 0)).toThrow(`must sum to 1, not ${sum}`);
    expect(splitByPatient(items, [1 / 3, 1 / 3, 1 / 3], 0)).toHaveLength(3);
    expect(splitByPatient(items, [80, 20], 0)).toEqual(splitByPatient(items, [0.8, 0.2], 0));
  });

  it('refuses fractions that are not positive', () => {
    for (const fractions of [[], [1, 0], [1, -1], [Number.NaN]])
      expect(() => splitByPatient(items, fractions, 0)).toThrow('usage');
  });
});

describe('previewSplit', () => {
  it('says what each part would hold by what is known, as the split then makes it', () => {
    const catalog = sampleCatalog(40, (n) => ({
      ...{ patient: `P${n % 8}`, kind: n <= 32 ? 'normal' : 'needle', scanner: n % 2 === 0 ? 'A' : undefined },
      ...{ sex: n % 8 < 4 ? 'F' : 'M', age: n % 8 === 0 ? undefined : 40 + (n % 8) },
    }));
    const split = {
      filter: {},
      parts: [
        { name: 'a', fraction: 0.5 },
        { name: 'b', fraction: 0.5 },
      ],
      seed: 1,
    };
    const preview = previewSplit(catalog, split);
    expect(preview).toMatchObject({ images: 40, unknownPatients: 0 });
    expect(listCohorts(catalog)).toEqual([]);
    for (const part of preview.parts) {
      expect(part).toMatchObject({ images: 20, patients: 4 });
      for (const counts of [part.kinds, part.sexes, part.scanners])
        expect(counts.reduce((sum, { images }) => sum + images, 0)).toBe(20);
      expect(part.kinds[0]).toEqual({ value: 'normal', images: 16 });
    }
    const ages = preview.parts.map(({ age }) => age!);
    expect(ages.reduce((sum, { known }) => sum + known, 0)).toBe(35);
    for (const { lower, median, upper } of ages)
      expect([lower, median, upper].toSorted((a, b) => a - b)).toEqual([lower, median, upper]);
    const { cohorts } = splitCohort(catalog, { ...split, actor: 'A', at: noon });
    expect(cohorts.map(({ images }) => images)).toEqual([20, 20]);
  });

  it('knows the median and the quartiles', () => {
    const images = [10, 20, 30, 40, 50].map((age, id) => ({
      ...{ id, age, patient: null, kind: null },
      sex: null,
      scanner: null,
    }));
    expect(balanceOf(images)).toMatchObject({ patients: 5, age: { known: 5, median: 30, lower: 20, upper: 40 } });
  });
});

describe('withdraw', () => {
  it('takes images out of a cohort, of which the log keeps the numbers', () => {
    const catalog = sampleCatalog(6);
    const id = createCohort(catalog, { name: 'a', definition: {}, images: Uint32Array.of(1, 2, 3, 5), at: noon });
    expect(withdraw(catalog, { cohort: id, images: [2, 3, 4], actor: 'A', at: noon })).toBe(2);
    expect(Array.from(imageIds(catalog, { cohort: id }, { by: 'imported', descending: false }))).toEqual([1, 5]);
    expect(auditEntries(catalog).at(-1)).toMatchObject({
      actor: 'A',
      details: { cohort: id, count: 2, images: '2-3' },
    });
    expect(withdraw(catalog, { cohort: id, images: [2], actor: 'A', at: noon })).toBe(0);
    expect(() => withdraw(catalog, { cohort: 9, images: [1], actor: 'A', at: noon })).toThrow('missing');
  });
});

describe('splitCohort', () => {
  it('makes the cohorts with their definition, all or none', () => {
    const catalog = sampleCatalog(40, (n) => ({ patient: `P${n % 8}`, kind: n <= 32 ? 'normal' : 'needle' }));
    const parts = [
      { name: 'training', fraction: 0.75 },
      { name: 'test', fraction: 0.25 },
    ];
    const split = { filter: { kinds: ['normal'] }, parts, seed: 3, actor: 'Ada', at: noon };
    const made = splitCohort(catalog, split);
    expect(made).toEqual({
      cohorts: [
        { id: 1, name: 'training', images: 24 },
        { id: 2, name: 'test', images: 8 },
      ],
      images: 32,
      unknownPatients: 0,
    });
    expect(unknownPatients(catalog, [1, 2])).toEqual({ unknown: 0, images: 32 });
    expect(cohortLeaks(catalog, 1, 2)).toEqual([]);
    expect(listCohorts(catalog)[0]!.definition).toEqual({ split: { seed: 3, byPatient: true, fraction: 0.75 } });
    expect(() => splitCohort(catalog, { ...split, parts: [{ name: 'fresh', fraction: 0.25 }, parts[0]!] })).toThrow(
      'already',
    );
    expect(listCohorts(catalog)).toHaveLength(2);
    splitCohort(catalog, {
      ...split,
      byPatient: false,
      parts: [
        { name: 'a', fraction: 0.5 },
        { name: 'b', fraction: 0.5 },
      ],
    });
    const patients = [3, 4].map((cohort) => {
      const ids = imageIds(catalog, { cohort }, { by: 'imported', descending: false });
      return new Set(imageRecords(catalog, ids).map(({ patient }) => patient));
    });
    expect(patients[0]!.intersection(patients[1]!).size).toBeGreaterThan(0);
  });
});

describe('duplicates', () => {
  /** 200 hashes in clusters: some copied, some with a few bits turned. */
  const images: readonly HashedImage[] = Array.from({ length: 200 }, (_, id) => {
    const base = BigInt(`0x${hexOf(`base ${id % 70}`).slice(0, 16)}`);
    const turned = [...hexOf(`turn ${id}`)]
      .slice(0, id % 6)
      .reduce((hash, digit, place) => hash ^ (1n << BigInt((Number.parseInt(digit, 16) * 4 + place * 7) % 64)), base);
    return {
      id,
      pixelFingerprint: id % 50 === 49 ? null : hexOf(`pixels ${id % 90}`),
      perceptualHash: turned.toString(16).padStart(16, '0'),
    };
  });

  /** Groups by comparing all with all. */
  function slowly(same: (a: HashedImage, b: HashedImage) => boolean): number[][] {
    const groupOf = images.map((_, index) => index);
    for (const [i, a] of images.entries()) {
      for (const [j, b] of images.entries()) {
        if (i < j && same(a, b)) {
          const [from, to] = [groupOf[j], groupOf[i]!];
          for (const [index, group] of groupOf.entries()) if (group === from) groupOf[index] = to;
        }
      }
    }
    return [
      ...Map.groupBy(
        images.map(({ id }) => id),
        (id) => groupOf[id],
      ).values(),
    ]
      .filter(({ length }) => length > 1)
      .sort((a, b) => a[0]! - b[0]!);
  }
  const bits = (a: HashedImage, b: HashedImage) =>
    (BigInt(`0x${a.perceptualHash}`) ^ BigInt(`0x${b.perceptualHash}`)).toString(2).replaceAll('0', '').length;

  it('groups equal pixels', () => {
    expect(duplicateGroups(images)).toEqual(
      slowly((a, b) => a.pixelFingerprint !== null && a.pixelFingerprint === b.pixelFingerprint),
    );
  });

  it.each([0, 1, 2, 3, 5, 8, 16])('groups hashes at most %i bits apart', (distance) => {
    expect(nearDuplicateGroups(images, distance)).toEqual(slowly((a, b) => bits(a, b) <= distance));
  });

  it('leaves out flat images and images without a hash', () => {
    const flat = ['0'.repeat(16), '0'.repeat(16), 'f'.repeat(16), null, null].map((perceptualHash, id) => ({
      id,
      pixelFingerprint: null,
      perceptualHash,
    }));
    expect([nearDuplicateGroups(flat, 16), duplicateGroups(flat)]).toEqual([[], []]);
    expect(() => nearDuplicateGroups(images, 17)).toThrow('usage');
  });
});

describe('a split that cannot be trusted', () => {
  const parts = [
    { name: 'a', fraction: 0.5 },
    { name: 'b', fraction: 0.5 },
  ];
  const split = { parts, seed: 0, actor: 'Ada', at: noon };

  it('says how many patients are not known', () => {
    const catalog = sampleCatalog(6, (n) => (n === 1 ? { patient: 'P1' } : {}));
    expect(splitCohort(catalog, { ...split, filter: {} })).toMatchObject({ images: 6, unknownPatients: 5 });
    expect(unknownPatients(catalog, [1, 2])).toEqual({ unknown: 5, images: 6 });
    expect(auditEntries(catalog).at(-1)!.details).toMatchObject({ unknownPatients: 5 });
  });

  it.each([
    [{ kinds: ['normla'] }, 'no image is of the kind normla; the kinds are normal, needle'],
    [{ kinds: ['normal'], verdicts: ['keep'] }, 'no image is of the kind normal; the kinds are not known'],
    [{ kinds: ['needle'] }, 'no image is left for b: the 2 images are of 1 patients'],
  ] as const)('is refused and makes no cohort: %j', (filter, message) => {
    const catalog = sampleCatalog(6, (n) => (n < 5 ? { kind: 'normal' } : { kind: 'needle', patient: 'P1' }));
    expect(() => splitCohort(catalog, { ...split, filter })).toThrow(message);
    expect(listCohorts(catalog)).toEqual([]);
  });
});

describe('cohortLeaks', () => {
  it('names every way in which two cohorts overlap', () => {
    const hash = [
      '0123456789abcdef',
      '0123456789abcdee',
      'ffff0000ffff0000',
      '00ff00ff00ff00ff',
      '0f0f0f0f0f0f0f0f',
      '3333333333333333',
    ];
    const catalog = sampleCatalog(6, (n) => ({
      patient: ['A', 'B', 'C', 'A', 'D', 'E'][n - 1]!,
      pixelFingerprint: hexOf(['p', 'q', 'r', 's', 'r', 't'][n - 1]!),
      perceptualHash: hash[n - 1]!,
    }));
    const first = createCohort(catalog, { name: 'training', definition: {}, images: [1, 3, 6], at: noon });
    const second = createCohort(catalog, { name: 'test', definition: {}, images: [2, 4, 5, 6], at: noon });
    expect(cohortLeaks(catalog, first, second)).toEqual([
      { kind: 'image', first: [6], second: [6] },
      { kind: 'patient', first: [1], second: [4] },
      { kind: 'pixels', first: [3], second: [5] },
      { kind: 'near-duplicate', first: [1], second: [2] },
    ]);
    expect(cohortLeaks(catalog, first, second, 0).map(({ kind }) => kind)).toEqual(['image', 'patient', 'pixels']);
  });
});
