// The score card of de-identification: a generated data set through the export's own de-identification, counted by action group.
import type { ImageRecord } from '../../catalog/tables/images.ts';
import { checkpoint, type JobControl } from '../../platform/job.ts';
import { deidentify, heldBack } from '../deidentification/deidentify.ts';
import type { Pseudonyms } from '../deidentification/pseudonyms.ts';
import { compare, Ledger, type Result } from './compare.ts';
import type { PlantedFile } from './data-set.ts';
import { type ActionGroup, actionGroups } from './planting.ts';

/** A line of the table. */
export interface GroupScore {
  readonly group: ActionGroup;
  readonly right: number;
  readonly total: number;
  /** `right / total`. */
  readonly share: number;
}

export interface ScoreCard {
  readonly groups: readonly GroupScore[];
  /** Every action that was not done as required. */
  readonly wrong: readonly Result[];
}

/** Gives the de-identified copy of a file; undefined where it was held back. */
export type CopyOf = (file: PlantedFile) => Promise<Uint8Array | undefined>;

/**
 * What an export with shifted dates makes of a file: held back when its pixels are likely to show text and somebody who
 * looks at it would find some, else de-identified.
 */
export function exportedCopy(pseudonyms: Pseudonyms, program: string): CopyOf {
  return async ({ name, bytes, burned }) => {
    const record = { format: 'DICOM', path: name } as ImageRecord;
    if (burned !== undefined && heldBack(record, { bytes }) !== undefined) return undefined;
    const options = { pseudonyms, retainDates: true, retainDevice: false, reviewed: new Set<number>() };
    return (await deidentify(record, { bytes }, options, program)).bytes;
  };
}

/** Compares the copy of every file; the shares of all ten groups, in their order. */
export async function scoreCard(
  files: readonly PlantedFile[],
  copyOf: CopyOf,
  control: JobControl,
): Promise<ScoreCard> {
  const ledger = new Ledger();
  const results: Result[] = [];
  for (const [index, file] of files.entries()) {
    checkpoint(control, 'score card');
    results.push(...compare(file, await copyOf(file), ledger));
    control.report({ stage: 'compare', done: index + 1, total: files.length });
  }
  const groups = actionGroups.map((group): GroupScore => {
    const own = results.filter((result) => result.group === group);
    const right = own.filter(({ reason }) => reason === undefined).length;
    return { group, right, total: own.length, share: own.length === 0 ? 0 : right / own.length };
  });
  return { groups, wrong: results.filter(({ reason }) => reason !== undefined) };
}
