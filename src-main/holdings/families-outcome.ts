// What one pass of the one-pass families leaves of an image: scores, pooled features, maps, the highest places, the reason.
import { encodeNpy } from '../archive/numpy-file.ts';
import type { Recipe } from '../archive/recipe.ts';
import type { ScoreReason } from '../catalog/tables/calibration.ts';
import type { Patch } from '../catalog/tables/scores.ts';
import type { FamiliesResult } from '../engine/protocol.ts';
import { familyNamed, mapRoleOf } from '../scoring/families.ts';
import { highestPatches } from '../scoring/highest-patches.ts';
import { sumsInWindows } from '../scoring/sliding-window.ts';
import type { Outcome } from './image-results.ts';

/** How many places of a map are kept as patches. */
const placesKept = 3;

/** `networkOf`: by which name the features of a family's network are kept. Patches are in pixels of the recipe's model space. */
export function familiesOutcome(
  run: number,
  { id, families, why }: FamiliesResult,
  { resolution }: Recipe,
  networkOf: (family: string) => string,
): Outcome {
  const scores: { readonly score: string; readonly value: number }[] = [];
  const patches: { readonly score: string; readonly patches: readonly Patch[] }[] = [];
  const boxes: NonNullable<Outcome['boxes']>[number][] = [];
  const files: NonNullable<Outcome['files']>[number][] = [];
  const features: { readonly network: string; readonly vector: Float32Array }[] = [];
  const scoreReasons: ScoreReason[] = [];
  for (const { family, values, map, pooled, reasons = {}, boxes: found = {} } of families) {
    for (const [score, own] of Object.entries(found)) boxes.push({ score, boxes: own });
    for (const [score, said] of Object.entries(reasons)) scoreReasons.push({ score, ...said });
    if (pooled !== undefined) features.push({ network: networkOf(family), vector: pooled });
    for (const [score, value] of Object.entries(values)) scores.push({ score, value });
    const mapped = familyNamed(family)?.map?.score;
    if (map === null || mapped === undefined) continue;
    const path = `score-maps/${run}/${id}-${family}.npy`;
    const side = Math.sqrt(map.length);
    files.push({ role: mapRoleOf(family), path, bytes: encodeNpy({ shape: [side, side], data: map }) });
    patches.push({ score: mapped, patches: highestPlaces(map, side, resolution / side) });
  }
  return { image: id, scores, patches, boxes, files, features, scoreReasons, ...(why === null ? {} : { why }) };
}

/** Places in a row or column of an image that patches are chosen from, at most: an eighth of a finer map is one place. */
const placesAcross = 8;

/**
 * The places of a map [side, side] with the highest means that do not overlap, as squares in model space; `scale`: pixels of model
 * space in one of the map.
 */
function highestPlaces(map: Float32Array, side: number, scale: number): readonly Patch[] {
  const size = Math.max(1, Math.round(side / placesAcross));
  const windows = sumsInWindows(side, side, (pixel) => map[pixel]!, size);
  return highestPatches(windows, placesKept).map(({ column, row, score }) => ({
    x: column * scale,
    y: row * scale,
    size: size * scale,
    value: score,
  }));
}
