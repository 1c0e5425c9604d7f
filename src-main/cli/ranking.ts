// Rankings of a catalog's images by one score, for the terminal and as CSV.
import type { ImageRow, ScoreName } from '../../src-preload/schemas/image.ts';
import { writeFileAtomic } from '../platform/atomic-file.ts';
import { formatCsv } from '../platform/csv.ts';
import { Problem } from '../platform/errors.ts';
import { mostTelling } from '../scoring/families.ts';
import { textTable } from './text-table.ts';

/** Whether a score is the one that somebody wrote. */
export const isNamed = ({ score }: ScoreName, asked: string): boolean => score.toLowerCase() === asked.toLowerCase();

/** The asked score of a run, or its most telling one. Throws `missing`, naming those that there are. */
export function chooseScore(scores: readonly ScoreName[], asked: string | undefined): ScoreName {
  const found = asked === undefined ? mostTelling(scores) : scores.find((name) => isNamed(name, asked));
  if (found !== undefined) return found;
  const known = scores.map(({ score }) => `"${score}"`).join(', ');
  throw new Problem('missing', { what: `score (the run has ${known})`, name: `${asked}` });
}

/** The first `count` rows as a table. */
export function rankingTable(rows: readonly ImageRow[], { score }: ScoreName): string {
  const reasoned = rows.some(({ why }) => why !== null);
  const cells = rows.map((row, index) => [
    index + 1,
    row.score ?? Number.NaN,
    ...(reasoned ? [row.why ?? ''] : []),
    row.name,
    row.kind ?? '',
    row.verdict ?? '',
  ]);
  return textTable(['rank', score, ...(reasoned ? ['why'] : []), 'image', 'kind', 'verdict'], cells);
}

/** Columns `filename,dist` first, as the published tools; images without the score have an empty cell. */
export async function writeRankingCsv(
  path: string,
  rows: readonly ImageRow[],
  { run, score }: ScoreName,
): Promise<void> {
  const columns = ['filename', 'dist', 'rank', 'score', 'run', 'kind', 'verdict', 'id', 'why'] as const;
  const cells = rows.map((row, index) => ({
    filename: row.name,
    dist: row.score,
    rank: row.score === null ? null : index + 1,
    score,
    run,
    kind: row.kind,
    verdict: row.verdict,
    id: row.id,
    why: row.why,
  }));
  await writeFileAtomic(path, formatCsv(columns, cells));
}
