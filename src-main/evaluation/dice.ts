// Dice of every image and scan whose predicted and reference masks are both there, and Dice values from a table.
import { basename } from 'node:path';
import type { Catalog } from '../catalog/catalog.ts';
import { fileFinder } from '../catalog/tables/named-files.ts';
import { comparableImages, type DiceSubject, type DiceValue, setDice } from '../catalog/tables/segmentations.ts';
import type { MaskReader } from '../holdings/mask-reader.ts';
import { readCsv } from '../platform/csv.ts';
import { Problem } from '../platform/errors.ts';
import { checkpoint, type JobControl } from '../platform/job.ts';
import { inWords } from '../platform/words.ts';
import { diceCoefficient, foreground, type Overlap, overlapOf, sumOverlaps } from '../statistics/dice.ts';

/** Whose Dice values are computed here, not read from a table. */
const computed = 'computed from masks';

/**
 * Compares the masks of every image that has both, and sums each scan's slices; how many images that were. Images whose
 * masks cannot be read or differ in size are skipped with the reason.
 */
export async function computeDice(
  masks: MaskReader,
  tools: JobControl & { readonly catalog: Catalog; readonly log: (level: 'skipped', text: string) => void },
): Promise<number> {
  const { catalog } = tools;
  const images = comparableImages(catalog);
  const overlaps: { readonly image: number; readonly scan: number | null; readonly overlap: Overlap }[] = [];
  for (const [index, { image, scan }] of images.entries()) {
    checkpoint(tools, 'comparing masks');
    try {
      const [predicted, reference] = [await masks.labels(image, 'predicted'), await masks.labels(image, 'reference')];
      overlaps.push({ image, scan, overlap: overlapOf(predicted!.samples, reference!.samples) });
    } catch (error) {
      tools.log('skipped', `skipped the masks of image ${image}: ${inWords(error)}`);
    }
    tools.report({ stage: 'comparing masks', done: index + 1, total: images.length });
  }
  const scans = Map.groupBy(
    overlaps.filter(({ scan }) => scan !== null),
    ({ scan }) => scan!,
  );
  const labelled = hasLabels(overlaps.map(({ overlap }) => overlap));
  setDice(catalog, [
    ...overlaps.flatMap(({ image, overlap }) => valuesOf({ image }, overlap, labelled)),
    ...[...scans].flatMap(([scan, slices]) =>
      valuesOf({ scan }, sumOverlaps(slices.map(({ overlap }) => overlap)), labelled),
    ),
  ]);
  return overlaps.length;
}

/** True when prediction or reference tells more than one structure apart: 1 here and 255 there is one structure. */
function hasLabels(overlaps: readonly Overlap[]): boolean {
  return (['predicted', 'reference'] as const).some((side) => {
    const labels = overlaps.flatMap((overlap) =>
      [...overlap].filter(([label, counts]) => label !== 0 && counts[side] > 0).map(([label]) => label),
    );
    return new Set(labels).size > 1;
  });
}

function valuesOf(subject: DiceSubject, overlap: Overlap, labelled: boolean): readonly DiceValue[] {
  return [...overlap].flatMap(([label, counts]) => {
    const value = diceCoefficient(counts);
    if (value === undefined || (label !== 0 && !labelled)) return [];
    return [{ ...subject, structure: label === 0 ? foreground : `label ${label}`, value, source: computed }];
  });
}

/**
 * Takes the Dice values of a CSV: columns `name`, `structure` (may be empty) and `dice`. A name is that of an image file, a
 * volume (then the value is the scan's) or one slice of it (`scan.nii.gz #3`); how many of each. All rows are checked
 * first: `content` names the first that means nothing or several files, and nothing is taken.
 */
export async function importDice(
  catalog: Catalog,
  file: string,
): Promise<{ readonly images: number; readonly scans: number }> {
  const rows = await readCsv(file, { name: 'text', structure: 'optional-text', dice: 'number' });
  const find = fileFinder(catalog);
  const values = rows.map((row, index): DiceValue => {
    const refuse = (reason: string): never => {
      throw new Problem('content', { file, reason: `row ${index + 2}: ${reason}` });
    };
    const [, name, slice] = /^(.*?)(?: #(\d+))?$/s.exec(row.name)!;
    const found = find(name!);
    if (!('one' in found)) {
      return refuse(found.candidates === 0 ? 'the catalog has no such image' : 'several images have this name');
    }
    const { images } = found.one;
    const image = images[slice === undefined ? 0 : Number(slice) - 1] ?? refuse('the file has no such slice');
    const subject: DiceSubject =
      slice === undefined && images.length > 1 && image.scan !== null ? { scan: image.scan } : { image: image.id };
    if (row.dice < 0 || row.dice > 1) refuse('a Dice coefficient lies between 0 and 1');
    return { ...subject, structure: row.structure ?? foreground, value: row.dice, source: basename(file) };
  });
  setDice(catalog, values);
  const scans = values.filter((value) => 'scan' in value).length;
  return { images: values.length - scans, scans };
}
