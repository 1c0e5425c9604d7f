// Export as COCO: the rules of pycocotools, and of the importers of FiftyOne and LightlyStudio, as golden expectations; masks are exact.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { unadorned } from '../../src-main/archive/decoded-image.ts';
import { createCohort } from '../../src-main/catalog/tables/cohorts.ts';
import { addAnnotation } from '../../src-main/catalog/tables/marks.ts';
import { type ExportRequest, exportImages, type ImageSources } from '../../src-main/curation/export/export-images.ts';
import { maskPolygons } from '../../src-main/curation/export/mask-polygons.ts';
import { quiet } from '../../src-main/platform/job.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { noCard } from '../../src-preload/jobs/export.ts';
import { noon, sampleCatalog } from '../catalog/sample-catalog.ts';

const [width, height] = [9, 7];

/** Pixels whose centre the polygons hold, by the even-odd rule. */
function filled(polygons: readonly (readonly number[])[]): Uint8Array {
  const holds = (x: number, y: number, corners: readonly number[]) => {
    let odd = false;
    for (let i = 0; i < corners.length; i += 2) {
      const [ax, ay] = [corners[i]!, corners[i + 1]!];
      const [bx, by] = [corners[(i + 2) % corners.length]!, corners[(i + 3) % corners.length]!];
      if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) odd = !odd;
    }
    return odd;
  };
  return Uint8Array.from({ length: width * height }, (_, pixel) => {
    const [x, y] = [(pixel % width) + 0.5, Math.floor(pixel / width) + 0.5];
    return polygons.some((corners) => holds(x, y, corners)) ? 1 : 0;
  });
}

const drawn = (...rows: readonly string[]) => Uint8Array.from([...rows.join('')], (sign) => (sign === '#' ? 1 : 0));

describe('maskPolygons', () => {
  it('goes round a rectangle by its four corners', () => {
    const mask = drawn('.........', '..###....', '..###....', '.........', '.........', '.........', '.........');
    expect(maskPolygons(width, height, (pixel) => mask[pixel] === 1)).toEqual([[5, 1, 5, 3, 2, 3, 2, 1]]);
  });

  it.each([
    ['a hole', drawn('.........', '.#####...', '.#...#...', '.#.#.#...', '.#...#...', '.#####...', '.........')],
    [
      'corners that touch',
      drawn('##.......', '##.......', '..##.....', '..##.....', '....##...', '....##...', '......###'),
    ],
    ['everything', new Uint8Array(width * height).fill(1)],
    ['nothing', new Uint8Array(width * height)],
  ])('holds exactly the pixels of %s', (_, mask) => {
    expect([...filled(maskPolygons(width, height, (pixel) => mask[pixel] === 1))]).toEqual([...mask]);
  });

  it('holds exactly the pixels of 300 random masks', () => {
    const random = randomFrom(1);
    for (let round = 0; round < 300; round++) {
      const share = random.uniform();
      const mask = Uint8Array.from({ length: width * height }, () => (random.uniform() < share ? 1 : 0));
      const polygons = maskPolygons(width, height, (pixel) => mask[pixel] === 1);
      // pycocotools refuses polygons of fewer than three corners (frPyObjects: four numbers are a box).
      expect(polygons.every((corners) => corners.length >= 8 && corners.length % 2 === 0)).toBe(true);
      expect([...filled(polygons)]).toEqual([...mask]);
    }
  });
});

interface Coco {
  readonly info: object;
  readonly licenses: readonly { readonly id: number; readonly name: string }[];
  readonly images: readonly {
    readonly id: number;
    readonly file_name: string;
    readonly width: number;
    readonly height: number;
  }[];
  readonly categories: readonly { readonly id: number; readonly name: string; readonly supercategory: string }[];
  readonly annotations: readonly {
    readonly id: number;
    readonly image_id: number;
    readonly category_id: number;
    readonly iscrowd: number;
    readonly bbox: readonly number[];
    readonly area: number;
    readonly segmentation: readonly (readonly number[])[];
  }[];
}

/** What pycocotools' createIndex, annToRLE and COCOeval, fiftyone.utils.coco and labelformat's reader of COCO rely on. */
function brokenRules(folder: string, name: string): readonly string[] {
  const coco = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Coco;
  const broken: string[] = [];
  const check = (holds: boolean, rule: string) => holds || broken.push(rule);
  const unique = (ids: readonly number[]) => new Set(ids).size === ids.length && ids.every((id) => id > 0);
  for (const key of ['info', 'licenses', 'images', 'annotations', 'categories']) check(key in coco, `has ${key}`);
  for (const list of [coco.images, coco.categories, coco.annotations]) {
    check(unique(list.map(({ id }) => id)), 'ids are positive and there once');
  }
  check(new Set(coco.categories.map((each) => each.name)).size === coco.categories.length, 'names are there once');
  const images = new Map(coco.images.map((image) => [image.id, image]));
  // FiftyOne looks file_name up below data_path, LightlyStudio below images_path: both are the folder of the export.
  for (const image of coco.images) check(existsSync(join(folder, image.file_name)), `${image.file_name} is there`);
  for (const { image_id, category_id, iscrowd, bbox, area, segmentation } of coco.annotations) {
    const image = images.get(image_id)!;
    check(image !== undefined, 'image_id names an image');
    check(
      coco.categories.some(({ id }) => id === category_id),
      'category_id names a category',
    );
    // labelformat: 0 has polygons, 1 has run lengths.
    check(iscrowd === 0 && segmentation.every((corners) => corners.length >= 6), 'polygons of three corners or more');
    const [x, y, w, h] = bbox as [number, number, number, number];
    check(
      x >= 0 && y >= 0 && w > 0 && h > 0 && x + w <= image.width && y + h <= image.height,
      'bbox lies in the image',
    );
    check(area > 0 && area <= w * h, 'area fits the box');
    const numbers = segmentation.flat();
    const edge = (axis: 0 | 1) => numbers.filter((_, index) => index % 2 === axis);
    check(Math.min(...edge(0)) === x && Math.max(...edge(1)) === y + h, 'bbox is that of the polygons');
  }
  return broken;
}

const mask = drawn('.........', '.#####...', '.#...#...', '.#...#...', '.#####.#.', '.......#.', '.........');
const sources: ImageSources = {
  read: () => Promise.reject(new Error('decoded already')),
  decode: async ({ id }) => ({
    ...{ ...unadorned, format: 'PNG', width, height, channels: 1, bitsStored: 8, photometric: 'MONOCHROME2' },
    ...{ samples: new Uint8Array(width * height).fill(id), frame: { index: 0, count: 1 }, warnings: [] },
  }),
  // The third image has none; those of the fourth do not fit it.
  labels: async ({ id }) =>
    id === 3
      ? undefined
      : { width: id === 4 ? width + 1 : width, height, samples: Uint16Array.from(mask, (v) => v * id) },
};

async function exported(more: Partial<ExportRequest> = {}) {
  const catalog = sampleCatalog(5, () => ({ width, height }));
  for (const [image, label] of [
    [1, 'needle'],
    [3, 'clip'],
    // Text that a reader confirmed or allowed is no anomaly: it is in no list.
    [2, 'text'],
    [2, 'side marker'],
  ] as const) {
    addAnnotation(catalog, { image, x: 1.5, y: 2, width: 3, height: 4, label, reviewer: 'Ada', at: noon });
  }
  for (const [name, images] of Object.entries({ train: [1], validation: [2], test: [3] })) {
    createCohort(catalog, { name, definition: {}, images, at: noon });
  }
  const facts = {
    scores: [],
    deidentification: null,
    program: 'Residua',
    actor: 'Ada',
    at: noon,
    format: 'coco',
  } as const;
  const target = join(catalog.folder, 'export');
  const report = await exportImages(catalog, { target, images: [1, 2, 3, 4], ...facts, ...more }, sources, quiet);
  const read = (name: string) => JSON.parse(readFileSync(join(report.folder, name), 'utf8')) as Coco;
  return { ...report, read };
}

describe('export as COCO', () => {
  it('has rectangles and masks that keep every rule', async () => {
    const { folder, skipped, read } = await exported({ card: { ...noCard, name: 'Knees', licence: 'CC0-1.0' } });
    expect(skipped).toEqual([{ image: 4, reason: 'its mask has 10x7 where the image has 9x7' }]);
    // An image that was left out leaves no file.
    expect(readdirSync(join(folder, 'images')).sort()).toEqual(['00000001.png', '00000002.png', '00000003.png']);
    expect(brokenRules(folder, 'annotations.json')).toEqual([]);
    const { info, licenses, images, categories, annotations } = read('annotations.json');
    expect(info).toMatchObject({ description: 'Knees', year: 2026 });
    expect(licenses).toEqual([{ id: 1, name: 'CC0-1.0', url: '' }]);
    expect(images[0]).toEqual({ id: 1, file_name: 'images/00000001.png', width, height, license: 1 });
    expect(categories).toEqual([
      { id: 1, name: 'clip', supercategory: 'anomaly' },
      { id: 2, name: 'needle', supercategory: 'anomaly' },
      { id: 3, name: 'label 1', supercategory: 'structure' },
      { id: 4, name: 'label 2', supercategory: 'structure' },
    ]);
    expect(annotations.map(({ id, image_id, category_id }) => [id, image_id, category_id])).toEqual([
      [1, 1, 2],
      [2, 3, 1],
      [3, 1, 3],
      [4, 2, 4],
    ]);
    expect(annotations[0]!.segmentation).toEqual([[1.5, 2, 1.5, 6, 4.5, 6, 4.5, 2]]);
    expect(annotations[3]).toMatchObject({ bbox: [1, 1, 7, 5], area: 16 });
    expect([...filled(annotations[3]!.segmentation)]).toEqual([...mask]);
    const png = await sharp(join(folder, images[1]!.file_name)).metadata();
    expect([png.width, png.height]).toEqual([width, height]);
  });

  it('has a file for each split, and leaves out what is in none', async () => {
    const { folder, skipped, read } = await exported({ splits: { train: 1, validation: 2, test: 3 } });
    expect(skipped).toEqual([{ image: 4, reason: 'is in none of the cohorts of the split' }]);
    expect(readdirSync(folder).filter((name) => name.startsWith('annotations'))).toEqual([
      'annotations-test.json',
      'annotations-train.json',
      'annotations-validation.json',
      'annotations.json',
    ]);
    for (const [index, split] of (['train', 'validation', 'test'] as const).entries()) {
      expect(brokenRules(folder, `annotations-${split}.json`)).toEqual([]);
      const { images, annotations, categories } = read(`annotations-${split}.json`);
      expect(images.map(({ id }) => id)).toEqual([index + 1]);
      expect(annotations.every(({ image_id }) => image_id === index + 1)).toBe(true);
      expect(categories).toHaveLength(4);
    }
    expect(readFileSync(join(folder, 'manifest.csv'), 'utf8').split('\n')[2]).toMatch(/^2,.*,validation$/);
    expect(readFileSync(join(folder, 'data-card.md'), 'utf8')).toContain(
      '0 patients have images in more than one split.',
    );
  });

  it('refuses a split whose cohorts share an image', async () => {
    await expect(exported({ splits: { train: 1, validation: 1, test: null } })).rejects.toMatchObject({
      values: { message: 'image 1 is in the cohorts for train and for validation' },
    });
  });
});
