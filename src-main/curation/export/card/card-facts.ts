// What a data card says: counts, scanners, exclusions with their reasons, provenance; from the catalog and what the export has done.
import type { DataCard } from '../../../../src-preload/jobs/export.ts';
import type { Catalog } from '../../../catalog/catalog.ts';
import type { ImageRecord } from '../../../catalog/tables/images.ts';
import { leftOut, quarantinedFiles } from '../../../catalog/tables/left-out.ts';
import type { PlainObject } from '../../../catalog/tables/runs.ts';
import { currentVerdicts } from '../../../catalog/tables/verdicts.ts';
import { isCodeString } from '../../deidentification/safe-values.ts';
import type { ExportFacts } from '../manifest.ts';
import { patientsInSeveral } from '../splits.ts';

/** How many images have a value. */
export type Count = readonly [value: string, images: number];

/** What both forms of the card, for people and for programs, are made of. */
export interface CardFacts {
  readonly card: DataCard;
  readonly program: string;
  readonly at: string;
  readonly format: string;
  readonly deidentification: PlainObject | null;
  readonly images: number;
  /** Null where no image says whose it is. */
  readonly patients: number | null;
  /** Images whose patient is not known. */
  readonly unknownPatients: number;
  readonly studies: number;
  /** Patients with images in more than one split; null where there is no split. */
  readonly patientsInSeveralSplits: number | null;
  /** By heading: modality, body part, view, size and so on. */
  readonly composition: readonly (readonly [heading: string, counts: readonly Count[]])[];
  /** Manufacturer and model, of the images whose files say so. */
  readonly scanners: readonly Count[];
  readonly excluded: readonly Count[];
  readonly scores: readonly string[];
  readonly runs: readonly PlainObject[];
}

/** Stands for what no file says. */
export const notKnown = 'not known';

/** Counts by value, the most frequent first. */
function countBy<T>(items: readonly T[], nameOf: (item: T) => string): readonly Count[] {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(nameOf(item), (counts.get(nameOf(item)) ?? 0) + 1);
  return [...counts].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}

/** The facts of an export whose images lie at `places`. */
export function cardFacts(
  catalog: Catalog,
  card: DataCard,
  records: readonly ImageRecord[],
  places: ReadonlyMap<number, string>,
  facts: ExportFacts & { readonly scanners: ReadonlyMap<number, string>; readonly runs: readonly PlainObject[] },
): CardFacts {
  const included = records.filter(({ id }) => places.has(id));
  const verdicts = currentVerdicts(
    catalog,
    included.map(({ id }) => id),
  );
  const retained = facts.deidentification === null;
  const code = (value: string | null) => (value !== null && (retained || isCodeString(value)) ? value : notKnown);
  const { scanners, program, at, format, deidentification, runs, splits } = facts;
  const known = included.flatMap(({ patient }) => (patient === null ? [] : [patient]));
  return {
    ...{ card, program, at, format, deidentification, runs },
    images: included.length,
    patients: known.length === 0 ? null : new Set(known).size,
    unknownPatients: included.length - known.length,
    patientsInSeveralSplits: splits === undefined ? null : patientsInSeveral(included, splits),
    studies: new Set(included.flatMap(({ study }) => study ?? [])).size,
    composition: [
      ['Modality', countBy(included, ({ modality }) => code(modality))],
      ['Body part', countBy(included, ({ bodyPart }) => code(bodyPart))],
      ['View', countBy(included, ({ view }) => code(view))],
      ...(retained ? [['Kind', countBy(included, ({ kind }) => kind ?? notKnown)] as const] : []),
      ['Size (pixels)', countBy(included, ({ width, height }) => `${width} x ${height}`)],
      ['Bits', countBy(included, ({ bits }) => String(bits))],
      ...(splits === undefined ? [] : [['Split', countBy(included, ({ id }) => splits.get(id) ?? notKnown)] as const]),
      ['Verdict', countBy(included, ({ id }) => verdicts.get(id)?.decision ?? 'undecided')],
    ],
    scanners: countBy(included, ({ id }) => scanners.get(id) ?? notKnown),
    excluded: exclusions(catalog, records, facts.skipped),
    scores: facts.scores.map(({ run, score }) => `${score} (run ${run})`),
  };
}

/** Why images are not in the export: what could not be exported, then what was not chosen, with its verdict and reason. */
function exclusions(
  catalog: Catalog,
  records: readonly ImageRecord[],
  skipped: ExportFacts['skipped'],
): readonly Count[] {
  const requested = records.map(({ id }) => id);
  const others = leftOut(catalog, requested).map(({ state, verdict, reason, images }): Count => {
    if (state !== 'present') return [`not chosen; its file is ${state}`, images];
    if (verdict === null) return ['not chosen; undecided', images];
    return [`not chosen; verdict ${verdict}${reason === null ? '' : `: ${reason}`}`, images];
  });
  const unreadable = quarantinedFiles(catalog);
  return [
    ...countBy(skipped, ({ reason }) => `chosen, but left out: ${reason}`),
    ...others,
    ...(unreadable > 0 ? [['files that cannot be read', unreadable] as const] : []),
  ];
}
