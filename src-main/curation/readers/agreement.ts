// How readers agree: kappa of each pair, kind by kind, what each has read and how quickly, and where they differ.
import type { Catalog } from '../../catalog/catalog.ts';
import { imageRecords } from '../../catalog/tables/images.ts';
import {
  decisionSteps,
  type ReaderVerdict,
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
  const verdicts = readerVerdicts(catalog, list === undefined ? {} : { list });
  const byReader = Map.groupBy(verdicts, ({ reader }) => reader);
  const readers = [...byReader.keys()].toSorted();
  const steps = Map.groupBy(decisionSteps(catalog, list), ({ reader }) => reader);
  const pairs = readers.flatMap((first, index) => readers.slice(index + 1).map((second) => [first, second] as const));
  const kinds = pairs.length === 0 ? new Map<number, string | null>() : kindsOf(catalog, verdicts);
  return {
    readers: readers.map((reader) => summary(reader, byReader.get(reader)!, steps.get(reader) ?? [])),
    pairs: pairs.flatMap((pair) => agreementsOf(pair, byReader, kinds)),
    differences: unsettledImages(catalog, list).length,
  };
}

function kindsOf(catalog: Catalog, verdicts: readonly ReaderVerdict[]): ReadonlyMap<number, string | null> {
  const images = [...new Set(verdicts.map(({ image }) => image))];
  return new Map(imageRecords(catalog, images).map(({ id, kind }) => [id, kind]));
}

function summary(
  reader: string,
  verdicts: readonly ReaderVerdict[],
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
  byReader: ReadonlyMap<string, readonly ReaderVerdict[]>,
  kinds: ReadonlyMap<number, string | null>,
): readonly PairAgreement[] {
  const others = new Map(byReader.get(second)!.map((verdict) => [verdict.image, verdict]));
  const both = byReader.get(first)!.flatMap((own) => {
    const other = others.get(own.image);
    return other === undefined ? [] : [{ own, other, kind: kinds.get(own.image) ?? null }];
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

/** The images of `unsettledImages` with the verdicts of all their readers. */
export function differences(catalog: Catalog, list?: number): readonly Difference[] {
  const images = unsettledImages(catalog, list);
  const verdicts = Map.groupBy(readerVerdicts(catalog, { images }), ({ image }) => image);
  const current = currentVerdicts(catalog, images);
  return imageRecords(catalog, images).map(({ id, name, kind }) => ({
    ...{ image: id, name, kind, inForce: current.get(id)?.decision ?? null },
    verdicts: (verdicts.get(id) ?? []).map(({ image: _, ...verdict }) => verdict),
  }));
}
