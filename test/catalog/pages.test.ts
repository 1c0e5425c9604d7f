// Pages, filters, orders and facets against a plain search through the same rows in JavaScript.
import { describe, expect, it } from 'vitest';
import { createCohort } from '../../src-main/catalog/tables/cohorts.ts';
import type { ImageFilter } from '../../src-main/catalog/tables/image-filter.ts';
import { setTags } from '../../src-main/catalog/tables/marks.ts';
import {
  countImages,
  type ImageOrder,
  imageFacets,
  imageIds,
  pageImages,
} from '../../src-main/catalog/tables/pages.ts';
import { createRun, recordResults } from '../../src-main/catalog/tables/runs.ts';
import { scoreHistogram } from '../../src-main/catalog/tables/scores.ts';
import { insertVerdicts } from '../../src-main/catalog/tables/verdicts.ts';
import { noon, sampleCatalog } from './sample-catalog.ts';

const count = 7_000;
const kinds = ['normal', 'needle', undefined] as const;
/** Every thirteenth image was not scored, every seventeenth was but has no value; values repeat so that there are ties. */
const scoreOf = (id: number) => (id % 13 === 0 || id % 17 === 0 ? undefined : (id * 7919) % 500);
const kindOf = (id: number) => kinds[id % 3];
const viewOf = (id: number) => (id % 2 === 0 ? 'PA' : 'AP');
const decisionOf = (id: number) => (id % 5 === 0 ? 'keep' : id % 7 === 0 ? 'reject' : undefined);
const all = Array.from({ length: count }, (_, index) => index + 1);

const catalog = (() => {
  const made = sampleCatalog(count, (n) => ({ kind: kindOf(n), view: viewOf(n), modality: 'DX', bodyPart: 'CHEST' }));
  const run = createRun(made, { kind: 'score', title: '', parameters: {}, provenance: {}, images: all, at: noon });
  recordResults(
    made,
    run,
    all
      .filter((id) => id % 13 !== 0)
      .map((image) => {
        const value = scoreOf(image);
        return {
          image,
          scores: [
            value === undefined ? { score: 'MSE body', reason: 'no body found' } : { score: 'MSE body', value },
            { score: 'MSE full', value: -image },
          ],
        };
      }),
  );
  const decided = { reviewer: 'Ada', at: noon, reason: null, role: 'open' } as const;
  insertVerdicts(made, { ...decided, decision: 'keep', images: all.filter((id) => decisionOf(id) === 'keep') });
  insertVerdicts(made, { ...decided, decision: 'reject', images: all.filter((id) => decisionOf(id) === 'reject') });
  setTags(made, [3, 30, 300], ['100%_odd'], []);
  createCohort(made, { name: 'few', definition: {}, images: all.filter((id) => id % 100 === 0), at: noon });
  createCohort(made, { name: 'many', definition: {}, images: all.filter((id) => id % 4 !== 0), at: noon });
  return made;
})();
const score = { run: 1, score: 'MSE body' };

const filters: readonly (readonly [string, ImageFilter, (id: number) => boolean])[] = [
  ['nothing', {}, () => true],
  ['a small cohort', { cohort: 1 }, (id) => id % 100 === 0],
  ['a large cohort', { cohort: 2 }, (id) => id % 4 !== 0],
  ['kinds', { kinds: ['needle', 'absent'] }, (id) => kindOf(id) === 'needle'],
  ['views and a cohort', { views: ['PA'], cohort: 2 }, (id) => viewOf(id) === 'PA' && id % 4 !== 0],
  ['modality and body part', { modalities: ['DX'], bodyParts: ['CHEST'] }, () => true],
  ['a verdict', { verdicts: ['reject'] }, (id) => decisionOf(id) === 'reject'],
  ['no verdict or keep', { verdicts: ['none', 'keep'] }, (id) => decisionOf(id) !== 'reject'],
  ['a tag', { tags: ['100%_odd'] }, (id) => [3, 30, 300].includes(id)],
  [
    'a range of scores',
    { score: { name: score, from: 10, to: 20 } },
    (id) => (scoreOf(id) ?? 99) >= 10 && (scoreOf(id) ?? 99) <= 20,
  ],
  ['scores from', { score: { name: score, from: 100 } }, (id) => (scoreOf(id) ?? -1) >= 100],
  ['a text in the name', { text: 'AGE-0012' }, (id) => `image-${String(id).padStart(4, '0')}`.includes('age-0012')],
  ['a text in a tag, with wildcards', { text: '0%_o' }, (id) => [3, 30, 300].includes(id)],
  ['a text that is nowhere', { text: '%' }, (id) => [3, 30, 300].includes(id)],
  ['states', { states: ['vanished'] }, () => false],
  ['ids', { ids: Uint32Array.of(5, 6, 90_000) }, (id) => id === 5 || id === 6],
  ['no ids', { ids: [] }, () => false],
];

const orders: readonly (readonly [string, ImageOrder['by'], (id: number) => number | string | undefined])[] = [
  ['import', 'imported', (id) => id],
  ['name', 'name', (id) => `image-${String(id).padStart(4, '0')}`],
  ['kind', 'kind', kindOf],
  ['verdict', 'verdict', decisionOf],
  ['a score', score, scoreOf],
];

type Key = (id: number) => number | string | undefined;

/** All ids in ascending order of a key, sorted once per key. */
const rankings = new Map(
  orders.map(([, , key]) => [
    key,
    all.filter((id) => key(id) !== undefined).sort((a, b) => (key(a)! < key(b)! ? -1 : key(a)! > key(b)! ? 1 : a - b)),
  ]),
);

function expected(passes: (id: number) => boolean, key: Key, descending: boolean): readonly number[] {
  const ranked = rankings.get(key)!.filter(passes);
  return [...(descending ? ranked.reverse() : ranked), ...all.filter((id) => key(id) === undefined && passes(id))];
}

describe('imageIds', () => {
  it.each(filters)('filters by %s in every order', (_, filter, passes) => {
    expect(countImages(catalog, filter)).toBe(all.filter(passes).length);
    for (const [, by, key] of orders) {
      for (const descending of [false, true]) {
        expect(imageIds(catalog, filter, { by, descending }).join()).toBe(expected(passes, key, descending).join());
      }
    }
  });
});

describe('pageImages', () => {
  it.each(filters)('cuts pages out of the list filtered by %s', (_, filter, passes) => {
    for (const [, by, key] of orders) {
      const ids = expected(passes, key, true);
      for (const offset of [0, 7, Math.max(0, ids.length - 900), ids.length - 3, ids.length + 5]) {
        const page = pageImages(catalog, {
          filter,
          order: { by, descending: true },
          offset: Math.max(0, offset),
          limit: 10,
        });
        expect(page.map(({ id }) => id)).toEqual(ids.slice(Math.max(0, offset)).slice(0, 10));
      }
    }
  });

  it('gives rows with verdict, tags and the score that orders them', () => {
    const [row] = pageImages(catalog, {
      filter: { ids: [30] },
      order: { by: score, descending: false },
      offset: 0,
      limit: 1,
    });
    expect(row).toEqual({
      columns: [],
      id: 30,
      name: 'image-0030.png',
      kind: 'normal',
      modality: 'DX',
      bodyPart: 'CHEST',
      view: 'PA',
      width: 64,
      height: 64,
      frame: 0,
      frames: 1,
      state: 'present',
      verdict: 'keep',
      tags: ['100%_odd'],
      why: null,
      score: scoreOf(30),
    });
  });

  it('carries another score when asked', () => {
    const order = { by: 'name', descending: false } as const;
    const [row] = pageImages(catalog, { filter: {}, order, offset: 1, limit: 1, score: { run: 1, score: 'MSE full' } });
    expect(row?.score).toBe(-2);
  });
});

describe('imageFacets', () => {
  it('counts the values of what a filter lets through', () => {
    const facets = imageFacets(catalog, { ids: [3, 5, 7, 30] });
    expect(facets).toEqual({
      modalities: [{ value: 'DX', images: 4 }],
      bodyParts: [{ value: 'CHEST', images: 4 }],
      views: [
        { value: 'AP', images: 3 },
        { value: 'PA', images: 1 },
      ],
      kinds: [
        { value: 'normal', images: 2 },
        { value: null, images: 1 },
        { value: 'needle', images: 1 },
      ],
      verdicts: [
        { value: 'keep', images: 2 },
        { value: null, images: 1 },
        { value: 'reject', images: 1 },
      ],
      tags: [{ value: '100%_odd', images: 2 }],
      reasons: [{ value: null, images: 4 }],
      states: [{ value: 'present', images: 4 }],
    });
  });
});

describe('scoreHistogram', () => {
  it('counts every value of each cohort once', () => {
    const { edges, counts } = scoreHistogram(catalog, score, [1, 2], 25);
    const values = [all.filter((id) => id % 100 === 0), all.filter((id) => id % 4 !== 0)].map((ids) =>
      ids.map(scoreOf).filter((value) => value !== undefined),
    );
    const [low, high] = [Math.min(...values.flat()), Math.max(...values.flat())];
    expect([edges.length, edges[0], edges[25]]).toEqual([26, low, high]);
    expect(counts.map((row) => row.reduce((a, b) => a + b))).toEqual(values.map(({ length }) => length));
    const inBin = (bin: number) => (value: number) =>
      value >= edges[bin]! && (value < edges[bin + 1]! || (bin === 24 && value === high));
    expect(counts.map((row) => [...row])).toEqual(
      values.map((own) => Array.from({ length: 25 }, (_, bin) => own.filter(inBin(bin)).length)),
    );
  });

  it('is empty without values and centred on a single one', () => {
    expect(scoreHistogram(catalog, { run: 9, score: 'none' }, [1], 2).counts).toEqual([Uint32Array.of(0, 0)]);
    const one = createCohort(catalog, { name: 'one', definition: {}, images: [1], at: noon });
    expect(scoreHistogram(catalog, score, [one], 2)).toEqual({
      edges: Float64Array.of(scoreOf(1)! - 0.5, scoreOf(1)!, scoreOf(1)! + 0.5),
      counts: [Uint32Array.of(0, 1)],
    });
  });
});
