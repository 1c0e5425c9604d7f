// Table `scan_scores`: a volume's score is the maximum, mean and 95th percentile of its slices' scores.
import type { Catalog } from '../catalog.ts';
import type { ScoreName } from './scores.ts';

/** How the scores of a scan's slices become one number; the percentile interpolates linearly, as NumPy does. */
export type ScanStatistic = 'maximum' | 'mean' | 'percentile95';

export interface ScanScore {
  readonly scan: number;
  readonly key: string;
  /** The first of its slices, and its name. */
  readonly image: number;
  readonly name: string;
  /** Slices that have a value. */
  readonly slices: number;
  readonly maximum: number;
  readonly mean: number;
  readonly percentile95: number;
}

/** Computes the scan scores of a run anew from its image scores; to be called when the run is done. */
export function refreshScanScores(catalog: Catalog, run: number): void {
  catalog.transaction(() => {
    catalog.run('DELETE FROM scan_scores WHERE run = @run', { run });
    catalog.run(
      `INSERT INTO scan_scores (scan, run, score, slices, maximum, mean, percentile95)
       SELECT i.scan, s.run, s.score, count(*), max(s.value), avg(s.value), percentile(s.value, 95.0)
       FROM scores s JOIN images i ON i.id = s.image
       WHERE s.run = @run AND s.value IS NOT NULL AND i.scan IS NOT NULL GROUP BY i.scan, s.score`,
      { run },
    );
  });
}

const orders: { readonly [S in ScanStatistic]: string } = {
  maximum: 'ORDER BY s.maximum DESC, s.scan',
  mean: 'ORDER BY s.mean DESC, s.scan',
  percentile95: 'ORDER BY s.percentile95 DESC, s.scan',
};

/** The scans of a run, highest first. */
export function rankScans(catalog: Catalog, name: ScoreName, by: ScanStatistic): readonly ScanScore[] {
  return catalog.all(
    `SELECT s.scan, k.key, i.id AS image, i.name, s.slices, s.maximum, s.mean, s.percentile95
     FROM scan_scores s
     JOIN scans k ON k.id = s.scan
     JOIN images i ON i.id = (SELECT id FROM images WHERE scan = s.scan ORDER BY position, frame, id LIMIT 1)
     WHERE s.run = @run AND s.score = @score ${orders[by]}`,
    { ...name },
  );
}
