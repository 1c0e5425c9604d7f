// How readers agree: kappa of each pair, kind by kind, what each has read and how quickly, and where they differ.
import type { Catalog } from '../../catalog/catalog.ts';
import { imageRecords } from '../../catalog/tables/images.ts';
import {
  decisionSteps,
  type ReaderDecision,
  type ReaderVerdict,
  readerDecisions,
  readerVerdicts,
  unsettledImages,
} from '../../catalog/tables/reader-verdicts.ts';
import { currentVerdicts, type Decision } from '../../catalog/tables/verdicts.ts';
import { type Agreement, agreementTable, cohenKappa } from '../../statistics/cohen-kappa.ts';
import { medianSeconds, secondsPerImage } from '../../statistics/decision-times.ts';

const decisions: readonly Decision[] = ['keep', 'reject', 'unsure'];

/** What a reader has read. */
export interface ReaderSummary {
  readonly reader: string;
  readonly images: number;
  readonly blind: number;
  readonly keep: number;
  readonly reject: number;
  readonly unsure: number;
  /** Median seconds per image, and how many of their times count; see `secondsPerImage`. */
  readonly seconds: number | null;
  readonly timed: number;
}

/** Two readers on the images of one kind, or on all (null), that both have read. */
export interface PairAgreement extends Agreement {
  readonly first: string;
  readonly second: string;
  readonly kind: string | null;
  /** Images of these that one of the two, or both, read blind. */
  readonly blind: number;
}

export interface ReadersAgreement {
  readonly readers: readonly ReaderSummary[];
  readonly pairs: readonly PairAgreement[];
  /** Images on which readers differ and nobody has adjudicated since. */
  readonly differences: number;
}

/** The agreement of all readers on the images of a list, or on all images. */
export function readersAgreement(catalog: Catalog, list?: number): ReadersAgreement {
  const verdicts = readerDecisions(catalog, list);
  const byReader = Map.groupBy(verdicts, ({ reader }) => reader);
  const readers = [...byReader.keys()].toSorted();
  const steps = Map.groupBy(decisionSteps(catalog, list), ({ reader }) => reader);
  const pairs = readers.flatMap((first, index) => readers.slice(index + 1).map((second) => [first, second] as const));
  return {
    readers: readers.map((reader) => summary(reader, byReader.get(reader)!, steps.get(reader) ?? [])),
    pairs: pairs.flatMap((pair) => agreementsOf(pair, byReader)),
    differences: unsettledImages(catalog, list).length,
  };
}

function summary(
  reader: string,
  verdicts: readonly ReaderDecision[],
  steps: Parameters<typeof medianSeconds>[0],
): ReaderSummary {
  const count = (decision: Decision) => verdicts.filter((verdict) => verdict.decision === decision).length;
  return {
    ...{ reader, images: verdicts.length, blind: verdicts.filter(({ blind }) => blind).length },
    ...{ keep: count('keep'), reject: count('reject'), unsure: count('unsure') },
    ...{ seconds: medianSeconds(steps), timed: secondsPerImage(steps).length },
  };
}

/** All images first, then each kind where there is more than one. */
function agreementsOf(
  [first, second]: readonly [string, string],
  byReader: ReadonlyMap<string, readonly ReaderDecision[]>,
): readonly PairAgreement[] {
  const others = new Map(byReader.get(second)!.map((verdict) => [verdict.image, verdict]));
  const both = byReader.get(first)!.flatMap((own) => {
    const other = others.get(own.image);
    return other === undefined ? [] : [{ own, other, kind: own.kind }];
  });
  if (both.length === 0) return [];
  const groups = [...Map.groupBy(both, ({ kind }) => kind ?? 'no kind')].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const of = (kind: string | null, images: typeof both): PairAgreement => ({
    ...{ first, second, kind },
    blind: images.filter(({ own, other }) => own.blind || other.blind).length,
    ...cohenKappa(
      agreementTable(
        decisions,
        images.map(({ own }) => own.decision),
        images.map(({ other }) => other.decision),
      ),
    ),
  });
  return [of(null, both), ...(groups.length > 1 ? groups.map(([kind, images]) => of(kind, images)) : [])];
}

/** An image on which readers differ, with what each says and what is in force. */
export interface Difference {
  readonly image: number;
  readonly name: string;
  readonly kind: string | null;
  readonly inForce: Decision | null;
  readonly verdicts: readonly Omit<ReaderVerdict, 'image'>[];
}

/** The first of `unsettledImages`, at most `limit`, with the verdicts of all their readers. */
export function differences(
  catalog: Catalog,
  { list, limit }: { readonly list?: number | undefined; readonly limit: number },
): readonly Difference[] {
  const images = unsettledImages(catalog, list).slice(0, limit);
  const verdicts = Map.groupBy(readerVerdicts(catalog, { images }), ({ image }) => image);
  const current = currentVerdicts(catalog, images);
  return imageRecords(catalog, images).map(({ id, name, kind }) => ({
    ...{ image: id, name, kind, inForce: current.get(id)?.decision ?? null },
    verdicts: (verdicts.get(id) ?? []).map(({ image: _, ...verdict }) => verdict),
  }));
}
