// residua cohorts: named sets of images: list them, deal images to new ones patient by patient, look for leaks and duplicates.
import { userInfo } from 'node:os';
import { z } from 'zod';
import { type Catalog, openCatalog } from '../../catalog/catalog.ts';
import { findCohort, listCohorts } from '../../catalog/tables/cohorts.ts';
import { imageRecords } from '../../catalog/tables/images.ts';
import { imageIds } from '../../catalog/tables/pages.ts';
import { duplicateGroups, nearDuplicateGroups } from '../../curation/cohorts/duplicates.ts';
import { cohortLeaks, unknownPatients } from '../../curation/cohorts/leaks.ts';
import { type SplitPart, splitCohort } from '../../curation/cohorts/split-cohort.ts';
import { Problem } from '../../platform/errors.ts';
import { defineCommand, flag, option, text, whole } from '../command.ts';
import { textTable } from '../text-table.ts';

interface Values {
  readonly names: readonly string[];
  readonly kind: string | undefined;
  readonly cohort: string | undefined;
  readonly seed: number;
  readonly byImage: boolean;
  readonly distance: number;
}

/** What is printed for each action; `leaks` fails when there are any, so that a script can rely on it. */
const actions = { list, split, leaks, duplicates } as const satisfies Readonly<
  Record<string, (catalog: Catalog, values: Values, print: (line: string) => void) => void>
>;
type Action = keyof typeof actions;

export const cohorts = defineCommand({
  details: `residua cohorts split train=0.8 test=0.2 --kind normal   deals images to new cohorts, no patient in two of them
residua cohorts leaks train test                         the same image, patient or pixels in both, or nearly the same
residua cohorts duplicates --distance 4                  images that are the same or nearly so
Images are told by their number, as residua rank prints it.`,
  arguments: {
    action: option('<action>', 'what to do', z.enum(Object.keys(actions) as [Action, ...Action[]])),
    names: option('[names...]', 'cohorts; with split: NAME=SHARE', z.array(text).default([])),
  },
  options: {
    kind: option('--kind <label>', 'split: only images of this kind', text.optional()),
    cohort: option('--cohort <name>', 'split, duplicates: only images of this cohort', text.optional()),
    seed: option('--seed <number>', 'split: random seed', whole.default(0)),
    byImage: option('--by-image', 'split: deal single images, whoever they are of', flag),
    distance: option(
      '--distance <bits>',
      'bits of 64 in which the perceptual hashes of near-duplicates differ at most, 0 to 16',
      whole.default(2),
    ),
  },
  async run({ action, ...values }, { print, catalogFolder }) {
    const catalog = openCatalog(catalogFolder);
    try {
      actions[action](catalog, values, print);
    } finally {
      catalog.close();
    }
  },
});

function list(catalog: Catalog, _: Values, print: (line: string) => void): void {
  const rows = listCohorts(catalog).map(({ name, images, createdAt }) => [name, images, createdAt]);
  print(textTable(['cohort', 'images', 'made'], rows));
}

function split(catalog: Catalog, { names, kind, cohort, seed, byImage }: Values, print: (line: string) => void): void {
  const parts = names.map(partOf);
  if (parts.length === 0)
    throw new Problem('usage', { message: 'split needs the new cohorts, as in train=0.8 test=0.2' });
  const filter = { kinds: kind === undefined ? undefined : [kind], cohort: idOf(catalog, cohort) };
  const [actor, at] = [userInfo().username, new Date().toISOString()];
  const made = splitCohort(catalog, { filter, parts, seed, byPatient: !byImage, actor, at });
  print(made.cohorts.map(({ name, images }) => `${name}: ${images} images`).join('\n'));
  if (!byImage && made.unknownPatients > 0) {
    print(
      `the patients of ${made.unknownPatients} of ${made.images} images are not known: each was dealt alone, and one person's images may be in several cohorts`,
    );
  }
}

function leaks(catalog: Catalog, { names, distance }: Values, print: (line: string) => void): void {
  if (names.length !== 2) throw new Problem('usage', { message: `leaks compares two cohorts, not ${names.length}` });
  const [first, second] = names.map((name) => idOf(catalog, name)!) as [number, number];
  const found = cohortLeaks(catalog, first, second, distance);
  for (const leak of found) print(`${leak.kind}: images ${leak.first.join(', ')} and ${leak.second.join(', ')}`);
  if (found.length > 0) {
    throw new Problem('content', { file: names.join(' and '), reason: `have ${found.length} things in common` });
  }
  const { unknown, images } = unknownPatients(catalog, [first, second]);
  print(
    unknown === 0
      ? 'nothing in common'
      : `nothing else in common; the patients of ${unknown} of ${images} images are not known, so whether these are of the same people is not known either`,
  );
}

function duplicates(catalog: Catalog, { cohort, distance }: Values, print: (line: string) => void): void {
  const ids = imageIds(catalog, { cohort: idOf(catalog, cohort) }, { by: 'imported', descending: false });
  const images = imageRecords(catalog, ids);
  const same = duplicateGroups(images);
  const known = new Set(same.map((group) => group.join()));
  const near = nearDuplicateGroups(images, distance).filter((group) => !known.has(group.join()));
  for (const group of same) print(`same pixels: images ${group.join(', ')}`);
  for (const group of near) print(`near-duplicates: images ${group.join(', ')}`);
  print(`${same.length} groups of duplicates, ${near.length} of near-duplicates among ${images.length} images`);
}

function partOf(words: string): SplitPart {
  const [, name, share] = /^(.+)=([0-9.]+)$/.exec(words) ?? [];
  const fraction = Number(share);
  if (name === undefined || !(fraction > 0)) {
    throw new Problem('usage', { message: `a part of a split is NAME=SHARE with a share above 0, not ${words}` });
  }
  return { name, fraction };
}

function idOf(catalog: Catalog, name: string | undefined): number | undefined {
  if (name === undefined) return undefined;
  const id = findCohort(catalog, name);
  if (id === undefined) throw new Problem('missing', { what: 'cohort', name });
  return id;
}
