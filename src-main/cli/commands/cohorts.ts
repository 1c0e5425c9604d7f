// residua cohorts: named sets of images: list them, split images into new ones by patient, look for leaks and duplicates.
import { userInfo } from 'node:os';
import { z } from 'zod';
import type { Response } from '../../../src-preload/contract.ts';
import { Problem } from '../../platform/errors.ts';
import type { WorkbenchProcess } from '../../workbench/client.ts';
import { defineCommand, flag, option, text, whole } from '../command.ts';
import type { Context } from '../context.ts';
import { textTable } from '../text-table.ts';
import { cohortNamed, withCatalog } from '../with-catalog.ts';

interface Values {
  readonly names: readonly string[];
  readonly kind: string | undefined;
  readonly cohort: string | undefined;
  readonly seed: number;
  readonly byImage: boolean;
  readonly distance: number;
  readonly preview: boolean;
  readonly removeFrom: string | undefined;
  readonly actor: string | undefined;
}

/** What is printed for each action; `leaks` fails when there are any, so that a script can rely on it. */
const actions = { list, split, leaks, duplicates } as const satisfies Readonly<
  Record<string, (workbench: WorkbenchProcess, values: Values, context: Context) => Promise<void>>
>;
type Action = keyof typeof actions;

export const cohorts = defineCommand({
  details: `residua cohorts split train=0.8 test=0.2 --kind normal   splits images into new cohorts, no patient in two of them
residua cohorts split train=0.8 test=0.2 --preview      shows the balance of the parts, and makes nothing
residua cohorts leaks train test                         images, patients, pixels or near-duplicates in both
residua cohorts leaks train test --remove-from train     and takes what leaks out of train
residua cohorts duplicates --distance 4                  equal and nearly equal images
Images are named by their number, as residua rank prints it.`,
  arguments: {
    action: option('<action>', 'what to do', z.enum(Object.keys(actions) as [Action, ...Action[]])),
    names: option('[names...]', 'cohorts; with split: NAME=SHARE', z.array(text).default([])),
  },
  options: {
    kind: option('--kind <label>', 'split: only images of this kind', text.optional()),
    cohort: option('--cohort <name>', 'split, duplicates: only images of this cohort', text.optional()),
    seed: option('--seed <number>', 'split: random seed', whole.default(0)),
    byImage: option('--by-image', 'split: ignore patients', flag),
    distance: option(
      '--distance <bits>',
      'near-duplicates: at most so many of the 64 bits of the perceptual hashes differ',
      whole.max(16).default(2),
    ),
    preview: option('--preview', 'split: only show what would be in each part', flag),
    removeFrom: option(
      '--remove-from <cohort>',
      'leaks: take every image that leaks out of this one of the two',
      text.optional(),
    ),
    actor: option(
      '--actor <name>',
      'split, leaks: who is recorded (without it: the user of this machine)',
      text.optional(),
    ),
  },
  async run({ action, ...values }, context) {
    await withCatalog(context, { create: false }, (workbench) => actions[action](workbench, values, context));
  },
});

async function list(workbench: WorkbenchProcess, _: Values, { print }: Context): Promise<void> {
  const { cohorts } = await workbench.call('cohorts.list', {});
  print(
    textTable(
      ['cohort', 'images', 'made'],
      cohorts.map(({ name, images, createdAt }) => [name, images, createdAt]),
    ),
  );
}

async function split(
  workbench: WorkbenchProcess,
  { names, kind, cohort, seed, byImage, preview, actor = userInfo().username }: Values,
  context: Context,
): Promise<void> {
  const parts = names.map(partOf);
  if (parts.length === 0)
    throw new Problem('usage', { message: 'split needs the new cohorts, as in train=0.8 test=0.2' });
  const filter = {
    ...(kind === undefined ? {} : { kinds: [kind] }),
    ...(cohort === undefined ? {} : { cohort: await cohortNamed(workbench, cohort) }),
  };
  const request = { filter, parts, seed, byPatient: !byImage };
  if (preview) return context.print(balanceText(await workbench.call('cohorts.preview', request, context)));
  const made = await workbench.call('cohorts.split', { ...request, actor }, context);
  context.print(made.cohorts.map(({ name, images }) => `${name}: ${images} images`).join('\n'));
  if (!byImage && made.unknownPatients > 0) {
    context.print(
      `the patients of ${made.unknownPatients} of ${made.images} images are not known: each was dealt alone, and one person's images may be in several cohorts`,
    );
  }
}

/** A column for each part: images, patients, and how they divide by what is known. */
function balanceText({ parts, images, unknownPatients }: Response<'cohorts.preview'>): string {
  const counts = (name: string, of: (part: (typeof parts)[number]) => (typeof parts)[number]['kinds']) => {
    const values = [...new Set(parts.flatMap((part) => of(part).map(({ value }) => value)))];
    // What is known of no image says nothing.
    if (values.every((value) => value === null)) return [];
    return values.map((value) => [
      `${name} ${value ?? 'not known'}`,
      ...parts.map((part) => of(part).find((count) => count.value === value)?.images ?? 0),
    ]);
  };
  const ages = parts.every(({ age }) => age === null)
    ? []
    : [['median age', ...parts.map(({ age }) => (age === null ? '' : Math.round(age.median)))]];
  const table = textTable(
    ['', ...parts.map(({ name }) => name)],
    [
      ['images', ...parts.map((part) => part.images)],
      ['patients', ...parts.map(({ patients }) => patients)],
      ...counts('kind', ({ kinds }) => kinds),
      ...counts('sex', ({ sexes }) => sexes),
      ...ages,
      ...counts('scanner', ({ scanners }) => scanners),
    ],
  );
  const unknown = unknownPatients === 0 ? '' : `\nthe patients of ${unknownPatients} of ${images} images are not known`;
  return `${table}${unknown}\nnothing is made yet: repeat the command without --preview`;
}

async function leaks(
  workbench: WorkbenchProcess,
  { names, distance, removeFrom, actor = userInfo().username }: Values,
  context: Context,
): Promise<void> {
  if (names.length !== 2) throw new Problem('usage', { message: `leaks compares two cohorts, not ${names.length}` });
  const [first, second] = [await cohortNamed(workbench, names[0]!), await cohortNamed(workbench, names[1]!)];
  const found = await workbench.call('cohorts.leaks', { first, second, distance }, context);
  for (const leak of found.leaks) {
    context.print(`${leak.kind}: images ${leak.first.join(', ')} and ${leak.second.join(', ')}`);
  }
  if (removeFrom !== undefined && found.leaks.length > 0) {
    if (!names.includes(removeFrom)) {
      throw new Problem('usage', { message: `--remove-from is one of ${names.join(' and ')}, not ${removeFrom}` });
    }
    const side = removeFrom === names[0] ? 'first' : 'second';
    const images = Uint32Array.from(new Set(found.leaks.flatMap((leak) => leak[side])));
    const taken = await workbench.call('cohorts.withdraw', { id: side === 'first' ? first : second, images, actor });
    return context.print(`${taken.images} images taken out of ${removeFrom}`);
  }
  if (found.leaks.length > 0) {
    throw new Problem('content', { file: names.join(' and '), reason: `have ${found.leaks.length} things in common` });
  }
  context.print(
    found.unknown === 0
      ? 'nothing in common'
      : `nothing else in common; the patients of ${found.unknown} of ${found.images} images are not known, so whether these are of the same people is not known either`,
  );
}

async function duplicates(workbench: WorkbenchProcess, { cohort, distance }: Values, context: Context): Promise<void> {
  const within = cohort === undefined ? {} : { cohort: await cohortNamed(workbench, cohort) };
  const { same, near, images } = await workbench.call('cohorts.duplicates', { ...within, distance }, context);
  for (const group of same) context.print(`same pixels: images ${group.join(', ')}`);
  for (const group of near) context.print(`near-duplicates: images ${group.join(', ')}`);
  context.print(`${same.length} groups of duplicates, ${near.length} of near-duplicates among ${images} images`);
}

function partOf(words: string): { readonly name: string; readonly fraction: number } {
  const [, name, share] = /^(.+)=([0-9.]+)$/.exec(words) ?? [];
  const fraction = Number(share);
  if (name === undefined || !(fraction > 0)) {
    throw new Problem('usage', { message: `a part of a split is NAME=SHARE with a share above 0, not ${words}` });
  }
  return { name, fraction };
}
