// Groups of catalog images as the statistics of detection take them: scores with patients, patches with annotations.
import type { Received } from '../../src-preload/contract.ts';
import type { Filter, ScoreName } from '../../src-preload/schemas/image.ts';
import type { Recipe } from '../archive/recipe.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { type ImageRecord, imageRecords } from '../catalog/tables/images.ts';
import { abnormalSign, importedKind } from '../catalog/tables/imported-scores.ts';
import { annotationsOf, type Rectangle } from '../catalog/tables/marks.ts';
import { imageIds } from '../catalog/tables/pages.ts';
import { getRun } from '../catalog/tables/runs.ts';
import { patchesOf, scoreValues } from '../catalog/tables/scores.ts';
import { isAboutText } from '../curation/annotations/text-labels.ts';
import type { MarkedImage, ScoreComparison } from '../engine/detection.ts';
import { inStoredImage, recipeOfRun } from '../holdings/reconstructions.ts';
import type { ScoredGroup } from '../statistics/scores.ts';

const byImport = { by: 'imported', descending: false } as const;

/** A score of the images of a filter, the abnormal end up, with their patients where these are known. */
export function scoredGroup(catalog: Catalog, score: ScoreName, filter: Filter): ScoredGroup {
  return groupOf(catalog, score, new Set(imageIds(catalog, filter, byImport)), abnormalSign(catalog, score));
}

/** A score of a cohort of normals, and of the images of other cohorts that are not in it. */
export function cohortsApart(
  catalog: Catalog,
  { score, normal, anomalous }: Received<'statistics.roc'>,
): { readonly anomalous: ScoredGroup; readonly normal: ScoredGroup; readonly shared: number } {
  const normals = new Set(imageIds(catalog, { cohort: normal }, byImport));
  const others = new Set(anomalous.flatMap((cohort) => [...imageIds(catalog, { cohort }, byImport)]));
  return {
    anomalous: groupOf(catalog, score, others.difference(normals)),
    normal: groupOf(catalog, score, normals),
    shared: others.intersection(normals).size,
  };
}

function groupOf(catalog: Catalog, score: ScoreName, wanted: ReadonlySet<number>, sign: 1 | -1 = 1): ScoredGroup {
  const rows = scoreValues(catalog, score).filter(({ image }) => wanted.has(image));
  return { scores: rows.map(({ value }) => sign * value), patients: rows.map(({ patient }) => patient ?? undefined) };
}

/** Two scores of the images that have both, of anomalous and of normal ones, the abnormal end of each up. */
export function scoreComparison(
  catalog: Catalog,
  scores: { readonly first: ScoreName; readonly second: ScoreName },
  groups: { readonly anomalous: Filter; readonly normal: Filter },
): ScoreComparison {
  const second = new Map(scoreValues(catalog, scores.second).map(({ image, value }) => [image, value]));
  const both = scoreValues(catalog, scores.first).filter(({ image }) => second.has(image));
  const members = (filter: Filter) => {
    const wanted = new Set(imageIds(catalog, filter, byImport));
    return both.filter(({ image }) => wanted.has(image));
  };
  const [anomalous, normal] = [members(groups.anomalous), members(groups.normal)];
  const signs = { first: abnormalSign(catalog, scores.first), second: abnormalSign(catalog, scores.second) };
  const firstOf = (rows: typeof both) => rows.map(({ value }) => signs.first * value);
  const secondOf = (rows: typeof both) => rows.map(({ image }) => signs.second * second.get(image)!);
  const patientsOf = (rows: typeof both) => rows.map(({ patient }) => patient ?? undefined);
  return {
    first: { anomalous: firstOf(anomalous), normal: firstOf(normal) },
    second: { anomalous: secondOf(anomalous), normal: secondOf(normal) },
    patients: { anomalous: patientsOf(anomalous), normal: patientsOf(normal) },
  };
}

/** The images of a filter that have annotated anomalies and a highest patch of this score, in pixels of the run's model space. */
export function markedImages(catalog: Catalog, score: ScoreName, filter: Filter): readonly MarkedImage[] {
  const ids = imageIds(catalog, filter, byImport);
  const anomalies = annotationsOf(catalog, ids).filter((annotation) => !isAboutText(annotation));
  const annotations = Map.groupBy(anomalies, ({ image }) => image);
  if (annotations.size === 0) return [];
  const run = getRun(catalog, score.run);
  // Another program has left no patches.
  if (run.kind === importedKind) return [];
  const recipe = recipeOfRun(catalog, run);
  return imageRecords(catalog, [...annotations.keys()]).flatMap((record) => {
    const [highest] = patchesOf(catalog, record.id, score);
    if (highest === undefined) return [];
    return {
      patch: { row: highest.y, column: highest.x, size: highest.size },
      side: recipe.resolution,
      anomalies: annotations.get(record.id)!.map((rectangle) => inModelSpace(rectangle, record, recipe)),
      patient: record.patient ?? undefined,
    };
  });
}

/** Where a rectangle of the stored image lies once a recipe has made a square of it. */
export function inModelSpace(
  { x, y, width, height }: Rectangle,
  image: Pick<ImageRecord, 'width' | 'height'>,
  recipe: Pick<Recipe, 'fit' | 'resolution'>,
): Rectangle {
  const square = inStoredImage(image, recipe);
  const [scaleX, scaleY] = [recipe.resolution / square.width, recipe.resolution / square.height];
  return { x: (x - square.x) * scaleX, y: (y - square.y) * scaleY, width: width * scaleX, height: height * scaleY };
}
