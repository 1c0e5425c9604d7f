// Scores: every requested family that looks once at each image, in one pass.
import { z } from 'zod';
import { asksForDiscriminator, parametersOfFamily } from '../../src-preload/parameters/families.ts';
import { shapeOf } from '../../src-preload/parameters/parameter.ts';
import type { Recipe } from '../archive/recipe.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { getModel, type Model } from '../catalog/tables/models.ts';
import { imageIds } from '../catalog/tables/pages.ts';
import { constructionOf, recipeOf } from '../holdings/models.ts';
import { selectedIds } from '../holdings/selection.ts';
import { Problem } from '../platform/errors.ts';
import { firstFault, spoken } from '../platform/spoken-schema.ts';
import { familyNamed, onePassFamilies } from '../scoring/families.ts';
import type { ScoreFamily } from '../scoring/family.ts';
import type { Job } from './job.ts';
import { bytesKept } from './kept-space.ts';
import { recipeWithoutNetwork } from './recipe-without-network.ts';

export const scoresJob: Job<'scores'> = {
  kind: 'scores',
  lane: 'heavy',
  resumes: 'always',
  describe: (catalog, { images: selection, settings, ...parameters }) => {
    const families = parameters.families.map(onePassFamily);
    const model = parameters.model === null ? null : getModel(catalog, parameters.model);
    const localiser = parameters.localiser === null ? null : getModel(catalog, parameters.localiser);
    const chosen = Object.fromEntries(families.map((each) => [each.name, checked(each, settings)]));
    for (const { name, needs } of families) {
      if (needs.includes('normals') && parameters.normals === null) {
        throw new Problem('usage', { message: `${name} needs a cohort of normals` });
      }
      if (needs.includes('localiser') && !(localiser !== null && constructionOf(localiser).localiser)) {
        throw new Problem('usage', { message: `${name} needs a trained localiser` });
      }
      const asks = needs.includes('discriminator') || asksForDiscriminator(chosen[name]!);
      if (asks && !(model !== null && constructionOf(model).discriminator)) {
        throw new Problem('usage', { message: `${name} needs a network with a discriminator` });
      }
    }
    const images = selectedIds(catalog, selection);
    if (images.length === 0) throw new Problem('usage', { message: 'there is no image to score' });
    const names = families.map(({ name }) => name);
    return {
      title: `score ${images.length} images by ${names.join(', ')}`,
      parameters: {
        ...parameters,
        settings: chosen,
      },
      ...(model === null ? {} : { model: model.id }),
      recipe: recipeOfScores(catalog, parameters.normals, localiser ?? model, images),
      images,
    };
  },
  load: async () => (await import('./scores-run.ts')).scoresRun,
  space: (parameters, catalog) => {
    // Tasks of a cluster keep nothing.
    if (!parameters.keepFeatures || parameters.cluster !== null) return null;
    const described = scoresJob.describe(catalog, parameters);
    const { resolution: side } = described.recipe as Recipe;
    const { settings } = described.parameters as typeof parameters;
    // What is learned from the normals is kept as well.
    const normals = parameters.normals === null ? 0 : cohortIds(catalog, parameters.normals).length;
    return bytesKept(parameters.families, settings, { images: described.images!.length + normals, side });
  },
};

/** As the localiser takes images, else as the network does, else what suits the normals, or the images themselves without any. */
function recipeOfScores(
  catalog: Catalog,
  normals: number | null,
  network: Model | null,
  images: ArrayLike<number>,
): Recipe {
  if (network !== null) return recipeOf(network);
  return recipeWithoutNetwork(catalog, normals === null ? Array.from(images) : cohortIds(catalog, normals));
}

/** Throws `missing` for an empty cohort. */
function cohortIds(catalog: Catalog, cohort: number): readonly number[] {
  const ids = Array.from(imageIds(catalog, { cohort }, { by: 'imported', descending: false }));
  if (ids.length === 0) throw new Problem('missing', { what: 'images of the cohort', name: String(cohort) });
  return ids;
}

function onePassFamily(name: string): ScoreFamily {
  const family = familyNamed(name);
  if (family?.open !== undefined) return family;
  const known = onePassFamilies.map((each) => each.name).join(', ');
  throw new Problem('usage', { message: `there is no family ${name} of one-pass scores: there are ${known}` });
}

/** The values of a family's parameters, defaults filled in. Throws `usage`, naming family and parameter. */
function checked(
  { name }: ScoreFamily,
  settings: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const parsed = z.strictObject(shapeOf(parametersOfFamily(name))).safeParse(settings[name] ?? {}, spoken);
  if (parsed.success) return parsed.data;
  throw new Problem('usage', { message: `${name} ${firstFault(parsed.error)}` });
}
