// residua readers: work lists, blind second readings, how readers agree, adjudication, a report, verdicts of another machine.
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { Filter } from '../../../src-preload/schemas/image.ts';
import { decision } from '../../../src-preload/schemas/image.ts';
import type { WorkList } from '../../../src-preload/schemas/readers.ts';
import { Problem } from '../../platform/errors.ts';
import type { WorkbenchProcess } from '../../workbench/client.ts';
import { count, defineCommand, number, option, text, whole } from '../command.ts';
import type { Context } from '../context.ts';
import { agreementTables, differencesTable, listsTable } from '../readers-tables.ts';
import { textTable } from '../text-table.ts';
import { cohortNamed, withCatalog } from '../with-catalog.ts';

interface Values {
  readonly names: readonly string[];
  readonly reader: string | undefined;
  readonly kind: readonly string[] | undefined;
  readonly cohort: string | undefined;
  readonly view: string | undefined;
  readonly secondOf: string | undefined;
  readonly share: number;
  readonly seed: number;
  readonly blind: boolean;
  readonly list: string | undefined;
  readonly image: readonly number[] | undefined;
  readonly verdict: z.infer<typeof decision> | undefined;
  readonly reason: string | undefined;
  readonly by: string;
}

type Run = (workbench: WorkbenchProcess, values: Values, context: Context) => Promise<void>;
const actions = {
  lists,
  assign,
  remove,
  agreement,
  adjudicate,
  report,
  export: exportVerdicts,
  merge,
} as const satisfies Readonly<Record<string, Run>>;
type Action = keyof typeof actions;

export const readers = defineCommand({
  details: `residua readers assign chest --reader Ada --kind normal         gives images to a reader, as a work list
residua readers assign chest-2 --reader Bob --second-of chest --share 0.1   a tenth of it, read blind by a second reader
residua readers lists                                           every list, and how far its reader is
residua readers agreement --list chest-2                        kappa per pair of readers and kind, median time per image
residua readers adjudicate                                      the images on which readers differ
residua readers adjudicate --image 12 --verdict keep            decides about one of them
residua readers report readers.html
residua readers export mine.csv; residua readers merge theirs.csv   verdicts of another machine with the same images
Readers read in the window: Readers, Continue. Names are not checked: what a blind reading can and cannot hide is in docs/readers.md.`,
  arguments: {
    action: option('<action>', 'what to do', z.enum(Object.keys(actions) as [Action, ...Action[]])),
    names: option('[names...]', 'assign, remove: the list; report, export, merge: the file', z.array(text).default([])),
  },
  options: {
    reader: option('--reader <name>', 'assign: who reads it', text.optional()),
    kind: option(
      '--kind <label>',
      'assign: only images of this kind; may be given several times',
      z.array(text).optional(),
    ),
    cohort: option('--cohort <name>', 'assign: only images of this cohort', text.optional()),
    view: option('--view <name>', 'assign: the images of this saved view', text.optional()),
    secondOf: option('--second-of <list>', 'assign: a random share of this list, read blind', text.optional()),
    share: option(
      '--share <number>',
      'assign: with --second-of, the share of its images',
      number.pipe(z.number().positive().max(1)).default(0.1),
    ),
    seed: option('--seed <number>', 'assign: random seed of the share', whole.default(0)),
    blind: option('--blind', 'assign: the reader sees no verdict of others', z.boolean().default(false)),
    list: option('--list <name>', 'agreement, adjudicate, report: only images of this list', text.optional()),
    image: option('--image <number>', 'adjudicate: this image; may be given several times', z.array(count).optional()),
    verdict: option('--verdict <verdict>', 'adjudicate: what is to be in force', decision.optional()),
    reason: option('--reason <text>', 'adjudicate: why', text.optional()),
    by: option('--by <name>', 'who is recorded (without it: the user of this machine)', text.optional()),
  },
  async run({ action, by = userInfo().username, ...values }, context) {
    await withCatalog(context, { create: false }, (workbench) =>
      actions[action](workbench, { ...values, by }, context),
    );
  },
});

async function lists(workbench: WorkbenchProcess, _: Values, { print }: Context): Promise<void> {
  const { lists } = await workbench.call('readers.lists', {});
  print(lists.length === 0 ? 'no work lists' : textTable(...listsTable(lists)));
}

async function assign(workbench: WorkbenchProcess, values: Values, { print }: Context): Promise<void> {
  const { reader, secondOf, share, seed, blind, by } = values;
  const name = only(values, 'the name of the list');
  if (reader === undefined) throw new Problem('usage', { message: 'assign needs --reader' });
  if (secondOf === undefined) {
    const filter = await filterOf(workbench, values);
    const made = await workbench.call('readers.assign', { name, reader, images: { filter }, blind, by });
    return print(madeLine(made));
  }
  const list = await listNamed(workbench, secondOf);
  print(madeLine(await workbench.call('readers.second', { list: list.id, reader, name, share, seed, by })));
}

async function filterOf(workbench: WorkbenchProcess, { kind, cohort, view }: Values): Promise<Filter> {
  const { views } = await workbench.call('views.list', {});
  const saved = views.find((each) => each.name === view);
  if (view !== undefined && saved === undefined) throw new Problem('missing', { what: 'view', name: view });
  return {
    ...saved?.filter,
    ...(kind === undefined ? {} : { kinds: [...kind] }),
    ...(cohort === undefined ? {} : { cohort: await cohortNamed(workbench, cohort) }),
  };
}

const madeLine = ({ name, images, reader, blind }: WorkList): string =>
  `${name}: ${images} images for ${reader}${blind ? ', to be read blind' : ''}`;

async function remove(workbench: WorkbenchProcess, values: Values, { print }: Context): Promise<void> {
  const { id, name } = await listNamed(workbench, only(values, 'the name of the list'));
  await workbench.call('readers.remove', { id, by: values.by });
  print(`${name} is removed; what was decided in it stays`);
}

async function agreement(workbench: WorkbenchProcess, values: Values, { print }: Context): Promise<void> {
  const found = await workbench.call('readers.agreement', await within(workbench, values));
  for (const { header, rows } of agreementTables(found)) if (rows.length > 0) print(`${textTable(header, rows)}\n`);
  if (found.pairs.length === 0) print('no two readers have decided about the same image');
  print(`${found.differences} images to adjudicate`);
}

async function adjudicate(workbench: WorkbenchProcess, values: Values, { print }: Context): Promise<void> {
  const { image, verdict, reason = null, by } = values;
  if ((image === undefined) !== (verdict === undefined))
    throw new Problem('usage', {
      message: 'adjudicate needs both --image and --verdict, or neither to list the differences',
    });
  if (image === undefined || verdict === undefined) {
    const { differences } = await workbench.call('readers.differences', await within(workbench, values));
    return print(differences.length === 0 ? 'no differences' : textTable(...differencesTable(differences)));
  }
  const request = { images: Uint32Array.from(image), decision: verdict, reason, reviewer: by };
  const { images } = await workbench.call('readers.adjudicate', request);
  print(`${images} ${images === 1 ? 'image is' : 'images are'} adjudicated as ${verdict}`);
}

async function report(workbench: WorkbenchProcess, values: Values, { print }: Context): Promise<void> {
  const file = resolve(only(values, 'the file'));
  await workbench.call('readers.report', { ...(await within(workbench, values)), file });
  print(file);
}

async function exportVerdicts(workbench: WorkbenchProcess, values: Values, { print }: Context): Promise<void> {
  const file = resolve(only(values, 'the file'));
  await workbench.call('readers.export', { file });
  print(file);
}

async function merge(workbench: WorkbenchProcess, values: Values, context: Context): Promise<void> {
  const file = resolve(only(values, 'the file'));
  const { added, inForce, known, unmatched, differences } = await workbench.call('readers.merge', {
    file,
    reviewer: values.by,
  });
  for (const row of unmatched) context.remark(`row ${row}: the catalog has no such image`);
  context.print(
    `${added} verdicts added, ${inForce} of them in force; ${known} known already; ${unmatched.length} of images that are not here`,
  );
  context.print(`${differences} more images to adjudicate`);
}

function only({ names }: Values, what: string): string {
  const [name] = names;
  if (name === undefined || names.length > 1) throw new Problem('usage', { message: `give ${what}, and nothing more` });
  return name;
}

async function within(workbench: WorkbenchProcess, { list }: Values): Promise<{ readonly list?: number }> {
  return list === undefined ? {} : { list: (await listNamed(workbench, list)).id };
}

/** A list by its name. Throws `missing`. */
async function listNamed(workbench: WorkbenchProcess, name: string): Promise<WorkList> {
  const { lists } = await workbench.call('readers.lists', {});
  const list = lists.find((each) => each.name === name);
  if (list === undefined) throw new Problem('missing', { what: 'work list', name });
  return list;
}
