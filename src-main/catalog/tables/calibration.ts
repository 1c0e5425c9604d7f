// Tables `calibration` and `score_reasons`: what `anomaly` is made of, so that it can be made again when a family is added.
import type { Catalog } from '../catalog.ts';

/** Of some images, by their ids: the values of scores by name. */
export type ValuesByImage = ReadonlyMap<number, Readonly<Record<string, number>>>;

/** What one score says of an image. */
export interface ScoreReason {
  readonly score: string;
  readonly reason: string;
  readonly place: string | null;
}

/** Stores what held-out normals score in a run; values of the same names are replaced. What is no number is left out. */
export function writeCalibration(catalog: Catalog, run: number, normals: ValuesByImage): void {
  catalog.transaction(() => {
    for (const [image, values] of normals) {
      for (const [score, value] of Object.entries(values)) {
        if (!Number.isFinite(value)) continue;
        catalog.run(
          `INSERT INTO calibration (run, image, score, value) VALUES (@run, @image, @score, @value)
           ON CONFLICT DO UPDATE SET value = excluded.value`,
          { run, image, score, value },
        );
      }
    }
  });
}

/** The held-out normals of a run with their scores, in the order of their ids. */
export function calibrationOf(catalog: Catalog, run: number): ValuesByImage {
  return gathered(
    catalog.all('SELECT image, score, value FROM calibration WHERE run = @run ORDER BY image, score', { run }),
  );
}

/** The runs that have held-out normals, newest first. */
export function calibratedRuns(catalog: Catalog): readonly number[] {
  return catalog.column<number>(
    'SELECT id FROM runs WHERE EXISTS (SELECT 1 FROM calibration WHERE run = id) ORDER BY id DESC',
  );
}

/** The scores of some images in a run. */
export function valuesOfImages(catalog: Catalog, run: number, images: readonly number[]): ValuesByImage {
  return gathered(
    catalog.all(
      `SELECT image, score, value FROM scores
       WHERE image IN (SELECT value FROM json_each(@images)) AND run = @run AND value IS NOT NULL`,
      { run, images: JSON.stringify(images) },
    ),
  );
}

/** What the scores of a run say of some images, where they say more than their name. */
export function scoreReasonsOf(
  catalog: Catalog,
  run: number,
  images: readonly number[],
): ReadonlyMap<number, readonly ScoreReason[]> {
  const rows = catalog.all<ScoreReason & { readonly image: number }>(
    `SELECT image, score, reason, place FROM score_reasons
     WHERE image IN (SELECT value FROM json_each(@images)) AND run = @run`,
    { run, images: JSON.stringify(images) },
  );
  return Map.groupBy(rows, ({ image }) => image);
}

function gathered(rows: readonly { image: number; score: string; value: number }[]): ValuesByImage {
  const found = new Map<number, Record<string, number>>();
  for (const { image, score, value } of rows) {
    const values = found.get(image);
    if (values === undefined) found.set(image, { [score]: value });
    else values[score] = value;
  }
  return found;
}
