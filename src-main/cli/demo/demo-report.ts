// What the demonstration found: AUROC per kind of anomaly beside the trivial detectors, and whether patches hit anomalies.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openImageFile } from '../../archive/decode.ts';
import { auroc } from '../../statistics/auroc.ts';
import { type Localisation, localise } from '../../statistics/localisation.ts';
import { textTable } from '../text-table.ts';

/** A slice of the demonstration with its scores by name and the highest-scoring patch of each distance. */
export interface DemoSlice {
  readonly name: string;
  readonly kind: string;
  readonly scores: ReadonlyMap<string, number>;
  readonly patches: ReadonlyMap<string, { readonly row: number; readonly column: number; readonly size: number }>;
}

const normal = 'normal';

/** One row per kind of anomaly, one column per score; the last row is the mean of the kinds. */
export function aurocTable(slices: readonly DemoSlice[]): string {
  const names = [...slices[0]!.scores.keys()];
  const kinds = [...new Set(slices.map(({ kind }) => kind))].filter((kind) => kind !== normal);
  const scoresOf = (kind: string, name: string) =>
    slices.filter((slice) => slice.kind === kind).map(({ scores }) => scores.get(name)!);
  const rows = kinds.map((kind) => names.map((name) => auroc(scoresOf(kind, name), scoresOf(normal, name))));
  const means = names.map((_, column) => rows.reduce((sum, row) => sum + row[column]!, 0) / rows.length);
  const cells = [...rows, means].map((row, index) => [kinds[index] ?? 'mean', ...row.map((value) => value.toFixed(2))]);
  return textTable(['AUROC', ...names], cells);
}

/** Share of anomalous slices whose highest-scoring patch overlaps the anomaly, per kind and score, beside that of a random patch of the same size. */
export async function localisationTable(slices: readonly DemoSlice[], truthFolder: string): Promise<string> {
  const anomalous = slices.filter(({ kind }) => kind !== normal);
  const distances = [...anomalous[0]!.patches.keys()];
  const found = await Promise.all(
    anomalous.map(async ({ name, kind, patches }) => {
      const file = await openImageFile({ name, bytes: await readFile(join(truthFolder, name)) });
      const { width, height, samples } = await file.frame(0);
      const truth = { width, height, data: Uint8Array.from(samples) };
      return { kind, hits: distances.map((distance) => localise(patches.get(distance)!, truth)) };
    }),
  );
  const share = (hits: readonly Localisation[], of: (hit: Localisation) => number) =>
    `${Math.round((100 * hits.reduce((sum, hit) => sum + of(hit), 0)) / hits.length)} %`;
  const kinds = [...new Set(found.map(({ kind }) => kind)), 'all'];
  const rows = kinds.map((kind) => {
    const members = found.filter((slice) => kind === 'all' || slice.kind === kind);
    return [
      kind,
      ...distances.map((_, index) => {
        const hits = members.map(({ hits }) => hits[index]!);
        return `${share(hits, ({ overlaps }) => +overlaps)} (${share(hits, ({ overlapByChance }) => overlapByChance)})`;
      }),
    ];
  });
  return textTable(['patch on the anomaly (a random one)', ...distances], rows);
}
