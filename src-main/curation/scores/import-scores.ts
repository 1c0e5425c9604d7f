// Scores of another program: taken into the catalog as a run of their own, named, with the end that is abnormal.
import type { Catalog } from '../../catalog/catalog.ts';
import { appendAudit } from '../../catalog/tables/audit.ts';
import { importedKind } from '../../catalog/tables/imported-scores.ts';
import { createRun, recordResults, setRunState } from '../../catalog/tables/runs.ts';
import { refreshScanScores } from '../../catalog/tables/scan-scores.ts';
import { Problem } from '../../platform/errors.ts';
import { hashOfFile } from '../../platform/hash-of-file.ts';
import { matchRows } from '../outside/match-rows.ts';
import { type OutsideTable, type ParquetReader, readOutsideTable } from '../outside/read-table.ts';

/** What is imported, and by whom. */
export interface ScoreImport {
  readonly file: string;
  /** What the score is called here. */
  readonly name: string;
  readonly abnormal: 'high' | 'low';
  /** The column of the values, and the one that names images; null: found by their names. */
  readonly column: string | null;
  readonly by: string | null;
  readonly reviewer: string;
  readonly at: string;
  readonly program: string;
}

export interface ImportedScores {
  readonly run: number;
  readonly images: number;
  /** Rows of the table (the first below the header is 2) that no image fits. */
  readonly unmatched: readonly number[];
}

/** Names of columns of values, the surest first; `dist` is what the published tools write. */
const valued = [
  'score',
  'anomaly_score',
  'anomaly',
  'value',
  'dist',
  'distance',
  'probability',
  'prediction',
  'confidence',
];

/**
 * Imports a column of a CSV, Parquet or COCO file as a score; all or nothing. Rows without a value are images without one. Throws `content` for
 * ambiguous rows and cells that are no numbers, `missing` without a column of values or without a row that fits any image.
 */
export async function importScores(
  catalog: Catalog,
  request: ScoreImport,
  readParquet: ParquetReader,
): Promise<ImportedScores> {
  const { file, name, abnormal, reviewer, at, program } = request;
  const table = await readOutsideTable(file, readParquet);
  const column = valueColumn(table, request.column);
  const values = table.numbers(column);
  const { images, unmatched } = matchRows(catalog, table, request.by);
  if (images.size === 0) throw new Problem('missing', { what: `images of the ${table.rows} rows`, name: file });
  const { sha256 } = await hashOfFile(file);
  const rows = [...images].map(([index, image]) => ({ image, value: values[index] ?? null }));
  const run = catalog.transaction(() => {
    const id = createRun(catalog, {
      kind: importedKind,
      title: `${name}, imported`,
      parameters: { name, abnormal, column },
      provenance: { versions: { residua: program }, sha256, rows: table.rows, unmatched: unmatched.length },
      images: rows.map(({ image }) => image),
      at,
    });
    recordResults(
      catalog,
      id,
      rows.map(({ image, value }) => ({
        image,
        scores: [
          value === null ? { score: name, reason: 'has no value in the imported table' } : { score: name, value },
        ],
      })),
    );
    setRunState(catalog, id, 'done', null, at);
    refreshScanScores(catalog, id);
    appendAudit(catalog, {
      at,
      actor: reviewer,
      event: 'scores',
      details: { run: id, name, abnormal, sha256, images: rows.length },
    });
    return id;
  });
  return { run, images: rows.length, unmatched };
}

function valueColumn({ file, columns }: OutsideTable, asked: string | null): string {
  const found =
    asked === null
      ? valued.flatMap((name) => columns.find((each) => each.toLowerCase() === name) ?? [])[0]
      : columns.find((each) => each === asked);
  if (found !== undefined) return found;
  throw new Problem('missing', { what: `column of scores in ${file}`, name: asked ?? valued.join(', ') });
}
