// What an export says about itself: a manifest for programs and one for people.
import type { Catalog } from '../../catalog/catalog.ts';
import type { ImageRecord } from '../../catalog/tables/images.ts';
import { getModel } from '../../catalog/tables/models.ts';
import { getRun, type PlainObject } from '../../catalog/tables/runs.ts';
import type { ScoreName } from '../../catalog/tables/scores.ts';
import { scoresOf } from '../../catalog/tables/scores.ts';
import { currentVerdicts } from '../../catalog/tables/verdicts.ts';
import { formatCsv } from '../../platform/csv.ts';
import type { DicomResults } from './dicom/write-results.ts';
import type { Metadata } from './metadata.ts';
import type { SplitName } from './splits.ts';

/** One image of the export. Paths and labels of the source are there only when identities are retained. */
interface ManifestRow {
  readonly image: number;
  readonly file: string;
  /** Position in its original file, from 0. */
  readonly frame: number;
  readonly source_sha256: string | null;
  readonly source_path: string | null;
  readonly kind: string | null;
  readonly verdict: string | null;
  readonly verdict_reason: string | null;
  readonly reviewer: string | null;
  readonly verdict_time: string | null;
  readonly [score: string]: string | number | null;
}

/** The parts of a manifest that the catalog does not know. */
export interface ExportFacts {
  readonly program: string;
  readonly at: string;
  readonly format: string;
  readonly scores: readonly ScoreName[];
  /** What was done about identities, null when they are retained. */
  readonly deidentification: PlainObject | null;
  /** What each image is for; undefined when the export is not split. */
  readonly splits?: ReadonlyMap<number, SplitName> | undefined;
  /** What was written of results as DICOM objects; absent where that was not asked for. */
  readonly dicom_results?: DicomResults;
  readonly skipped: readonly { readonly image: number; readonly reason: string }[];
  readonly metadata?: Metadata | undefined;
}

/** Name of a score in the manifest, such as `MSE full (run 3)`. */
const columnOf = ({ run, score }: ScoreName): string => `${score} (run ${run})`;

/** Name of a column of metadata in the manifest, apart from its own columns. */
const metadataColumn = (name: string): string => `metadata ${name}`;

/** The text of manifest.json and of manifest.csv, the columns of the latter, and where the scores come from. */
export function manifests(
  catalog: Catalog,
  records: readonly ImageRecord[],
  places: ReadonlyMap<number, string>,
  facts: ExportFacts,
): {
  readonly json: string;
  readonly csv: string;
  readonly columns: readonly string[];
  readonly runs: readonly PlainObject[];
} {
  const included = records.filter(({ id }) => places.has(id));
  const verdicts = currentVerdicts(
    catalog,
    included.map(({ id }) => id),
  );
  const retained = facts.deidentification === null;
  const names = facts.metadata?.names ?? [];
  const rows = included.map((record): ManifestRow => {
    const verdict = verdicts.get(record.id);
    const scores = new Map(scoresOf(catalog, record.id).map((score) => [columnOf(score), score.value]));
    return {
      image: record.id,
      file: places.get(record.id)!,
      frame: record.frame,
      source_sha256: record.sha256,
      source_path: retained ? record.path : null,
      kind: retained ? record.kind : null,
      verdict: verdict?.decision ?? null,
      verdict_reason: verdict?.reason ?? null,
      reviewer: verdict?.reviewer ?? null,
      verdict_time: verdict?.at ?? null,
      ...(facts.splits === undefined ? {} : { split: facts.splits.get(record.id) ?? null }),
      ...Object.fromEntries(
        names.map((name, index) => [metadataColumn(name), facts.metadata?.values.get(record.id)?.[index] ?? null]),
      ),
      ...Object.fromEntries(facts.scores.map((name) => [columnOf(name), scores.get(columnOf(name)) ?? null])),
    };
  });
  const columns = [
    ...['image', 'file', 'frame', 'source_sha256', 'source_path', 'kind'],
    ...['verdict', 'verdict_reason', 'reviewer', 'verdict_time'],
    ...(facts.splits === undefined ? [] : ['split']),
    ...names.map(metadataColumn),
    ...facts.scores.map(columnOf),
  ];
  const { scores, splits: _, metadata: _metadata, ...rest } = facts;
  const runs = [...new Set(scores.map(({ run }) => run))].map((run) => provenanceOf(catalog, run));
  const manifest = { residua_export: 1, ...rest, use: 'for research only', images: rows, runs };
  return { json: `${JSON.stringify(manifest, null, 2)}\n`, csv: formatCsv(columns, rows), columns, runs };
}

function provenanceOf(catalog: Catalog, id: number): PlainObject {
  const { kind, parameters, provenance, model, recipe, createdAt, startedAt, endedAt } = getRun(catalog, id);
  const { name, sha256 } = model === null ? { name: null, sha256: null } : getModel(catalog, model);
  return {
    ...{ id, kind, model: name, model_sha256: sha256, recipe, createdAt, startedAt, endedAt },
    parameters: withoutPlaces(parameters),
    provenance: withoutPlaces(provenance),
  };
}

/** Plain data without paths (folders are often named after people) and without lists of images. */
function withoutPlaces(value: unknown): unknown {
  if (typeof value === 'string') return /[\\/]/.test(value) ? null : value;
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([key]) => key !== 'images');
  return Object.fromEntries(members.map(([key, member]) => [key, withoutPlaces(member)]));
}
