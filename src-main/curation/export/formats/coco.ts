// Export format `coco`: PNG files, and the annotated rectangles in the layout of COCO.
import { annotationsOf } from '../../../catalog/tables/marks.ts';
import type { FormatWriter } from './format.ts';
import { writePngs } from './png.ts';

/** Rectangles become bounding boxes [x, y, width, height]; each label is a category. */
export const writeCoco: FormatWriter = async (records, context) => {
  const places = await writePngs(records, context);
  const annotations = annotationsOf(context.catalog, [...places.keys()]);
  const labels = [...new Set(annotations.map(({ label }) => label))].sort();
  const coco = {
    info: { description: 'exported by Residua', version: '1.0' },
    images: records
      .filter(({ id }) => places.has(id))
      .map(({ id, width, height }) => ({ id, file_name: places.get(id), width, height })),
    categories: labels.map((name, index) => ({ id: index + 1, name })),
    annotations: annotations.map(({ id, image, x, y, width, height, label }) => ({
      ...{ id, image_id: image, category_id: labels.indexOf(label) + 1, iscrowd: 0 },
      ...{ bbox: [x, y, width, height], area: width * height },
    })),
  };
  await context.staging.write('annotations.json', `${JSON.stringify(coco, null, 2)}\n`);
  return places;
};
