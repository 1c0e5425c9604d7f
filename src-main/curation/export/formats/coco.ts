// Export format `coco`: PNG files, and annotated rectangles and reference masks in the layout of COCO.
import type { ImageRecord } from '../../../catalog/tables/images.ts';
import { type Annotation, annotationsOf } from '../../../catalog/tables/marks.ts';
import { isAboutText } from '../../annotations/text-labels.ts';
import { labelNames } from '../label-names.ts';
import { maskPolygons } from '../mask-polygons.ts';
import { splitNames } from '../splits.ts';
import { checkSize, type FormatContext, type FormatWriter, type Labels, writeEach } from './format.ts';
import { writePng } from './png.ts';

/** What one value of a mask covers. */
interface Region {
  readonly image: number;
  readonly value: number;
  readonly bbox: readonly number[];
  readonly area: number;
  readonly polygons: readonly number[][];
}

/**
 * `annotations.json` (https://cocodataset.org/#format-data) with every image; `annotations-train.json` and so on with those of
 * a split. A rectangle is an annotation of an anomaly with its four corners as polygon, as pycocotools makes of a box; a reference mask
 * is one annotation for each label, its polygons exact. A mask of another size is left out with its image.
 */
export const writeCoco: FormatWriter = async (records, context) => {
  const regions: Region[] = [];
  const places = await writeEach(records, context, async (record) => {
    const mask = await context.labels(record);
    // Before anything is written: what is left out must leave no file.
    if (mask !== undefined) checkSize(record, mask);
    const path = await writePng(record, context);
    if (mask !== undefined) regions.push(...regionsOf(record.id, mask));
    return path;
  });
  const included = records.filter(({ id }) => places.has(id));
  const whole = cocoOf(included, places, regions, context);
  const write = (name: string, content: object) => context.staging.write(name, `${JSON.stringify(content, null, 2)}\n`);
  await write('annotations.json', whole);
  for (const split of context.splits === undefined ? [] : splitNames) {
    const images = whole.images.filter(({ id }) => context.splits!.get(id) === split);
    const own = new Set(images.map(({ id }) => id));
    const annotations = whole.annotations.filter(({ image_id }) => own.has(image_id));
    if (images.length > 0) await write(`annotations-${split}.json`, { ...whole, images, annotations });
  }
  return places;
};

function regionsOf(image: number, { width, height, samples }: Labels): readonly Region[] {
  const values = [...new Set(samples)].filter((value) => value !== 0).sort((a, b) => a - b);
  return values.map((value) => {
    let [left, top, right, bottom, area] = [width, height, 0, 0, 0];
    for (const [pixel, sample] of samples.entries()) {
      if (sample !== value) continue;
      const [x, y] = [pixel % width, Math.floor(pixel / width)];
      [left, top, right, bottom] = [
        Math.min(left, x),
        Math.min(top, y),
        Math.max(right, x + 1),
        Math.max(bottom, y + 1),
      ];
      area += 1;
    }
    const polygons = maskPolygons(width, height, (pixel) => samples[pixel] === value);
    return { image, value, bbox: [left, top, right - left, bottom - top], area, polygons };
  });
}

function cocoOf(
  records: readonly ImageRecord[],
  places: ReadonlyMap<number, string>,
  regions: readonly Region[],
  { catalog, card, at }: FormatContext,
) {
  const rectangles = annotationsOf(
    catalog,
    records.map(({ id }) => id),
  ).filter((each) => !isAboutText(each));
  const { numberOf, names } = labelNames(regions.map(({ value }) => value));
  const marked = [...new Set(rectangles.map(({ label }) => label))].sort();
  const categories = [...new Set([...marked, ...names])].map((name, index) => ({
    ...{ id: index + 1, name },
    supercategory: marked.includes(name) ? 'anomaly' : 'structure',
  }));
  const idOf = new Map(categories.map(({ id, name }) => [name, id]));
  const drawn = rectangles.map(({ image, x, y, width, height, label }: Annotation) => ({
    ...{
      image_id: image,
      category_id: idOf.get(label)!,
      iscrowd: 0,
      bbox: [x, y, width, height],
      area: width * height,
    },
    segmentation: [[x, y, x, y + height, x + width, y + height, x + width, y]],
  }));
  const masked = regions.map(({ image, value, bbox, area, polygons }) => ({
    ...{ image_id: image, category_id: idOf.get(names[numberOf.get(value)! - 1]!)!, iscrowd: 0, bbox, area },
    segmentation: polygons,
  }));
  const licence = card.licence === null ? [] : [{ id: 1, name: card.licence, url: '' }];
  return {
    info: {
      description: card.name ?? 'exported by Residua',
      ...{ version: '1.0', year: Number(at.slice(0, 4)), date_created: at, contributor: card.creator ?? '' },
    },
    licenses: licence,
    images: records.map(({ id, width, height }) => ({
      ...{ id, file_name: places.get(id)!, width, height },
      ...(licence.length > 0 ? { license: 1 } : {}),
    })),
    categories,
    annotations: [...drawn, ...masked].map((annotation, index) => ({ id: index + 1, ...annotation })),
  };
}
