// Export format `dataset`: a zip in the layout of StyleGAN2-ADA, its images prepared by the recipe of a network.
import { type DatasetImage, writeDatasetZip } from '../../../archive/dataset-zip.ts';
import { applyRecipe } from '../../../archive/recipe.ts';
import { targetBytes } from '../../../archive/target-bytes.ts';
import type { ImageRecord } from '../../../catalog/tables/images.ts';
import { Problem } from '../../../platform/errors.ts';
import type { FormatWriter } from './format.ts';

/** Throws `usage` without a recipe. */
export const writeDataset: FormatWriter = async (records, context) => {
  const { recipe, staging, control, decode, attempt } = context;
  if (recipe === undefined) throw new Problem('usage', { message: 'a training set needs the recipe of its images' });
  const included: ImageRecord[] = [];
  async function* images(): AsyncGenerator<DatasetImage> {
    for (const [index, record] of records.entries()) {
      const levels = await attempt(record, async () =>
        targetBytes(applyRecipe(await decode(record), recipe!), recipe!.channels),
      );
      control.report({ stage: 'exporting', done: index + 1, total: records.length });
      if (levels === undefined) continue;
      included.push(record);
      yield { width: recipe!.resolution, height: recipe!.resolution, channels: recipe!.channels, levels };
    }
  }
  let names: readonly string[] = [];
  await staging.adopt('dataset.zip', async (path) => {
    names = await writeDatasetZip(path, images(), control);
  });
  return new Map(included.map(({ id }, index) => [id, `dataset.zip/${names[index]}`]));
};
