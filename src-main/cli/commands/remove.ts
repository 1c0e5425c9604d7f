// residua remove: takes images out of a catalog, after saying what goes with them.
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { Response, Workbench } from '../../../src-preload/contract.ts';
import type { Filter, Selection } from '../../../src-preload/schemas/image.ts';
import { Problem } from '../../platform/errors.ts';
import { count, defineCommand, flag, option, text } from '../command.ts';
import { cohortNamed, withCatalog } from '../with-catalog.ts';

const options = {
  source: option('--source <path>', 'a whole import: the folder, zip or file that it read', text.optional()),
  cohort: option('--cohort <name>', 'only images of this cohort', text.optional()),
  kind: option('--kind <label>', 'only images of this kind; may be given several times', z.array(text).optional()),
  missing: option('--missing [flag]', 'only images whose file is not there', flag),
  yes: option('--yes [flag]', 'remove; without it, only says what would be removed', flag),
  actor: option('--actor <name>', 'who is recorded (without it: the user of this machine)', text.optional()),
};
type Values = { readonly [N in keyof typeof options]: z.output<(typeof options)[N]['schema']> };

export const removeCommand = defineCommand({
  details: `Example: residua remove --source /data/wrong-folder         says what would go
         residua remove --source /data/wrong-folder --yes   and removes it
The image files stay where they are. Scores, verdicts, tags, annotations and masks of the images go with them; export the verdicts first where
they are wanted (residua decisions export). The audit log keeps that they were removed, by whom, and their numbers. An import of the same
folder leaves out what was removed, unless it is told to take it in again (residua import --removed).`,
  arguments: {
    images: option('[images...]', 'numbers of images, as residua rank prints them', z.array(count).default([])),
  },
  options,
  async run({ images, ...values }, context) {
    await withCatalog(context, { create: false }, async (workbench) => {
      const selection = await selectionOf(images, values, workbench);
      if (!values.yes) {
        const found = await workbench.call('archive.removal', { images: selection });
        context.print(belongingsText(found));
        context.print('nothing is removed yet: repeat the command with --yes');
        return;
      }
      const actor = values.actor ?? userInfo().username;
      const removed = await workbench.call('archive.remove', { images: selection, actor }, context);
      context.print(`removed: ${belongingsText(removed)}`);
      context.print(`audit log: entry ${removed.entry}`);
    });
  },
});

async function selectionOf(images: readonly number[], values: Values, workbench: Workbench): Promise<Selection> {
  const { source, cohort, kind, missing } = values;
  const isFiltered = source !== undefined || cohort !== undefined || kind !== undefined || missing;
  if (isFiltered === images.length > 0) {
    const message = isFiltered
      ? 'give numbers of images or options that choose them, not both'
      : 'which images? See --help';
    throw new Problem('usage', { message });
  }
  if (!isFiltered) return { ids: Uint32Array.from(images) };
  const filter: Filter = {
    ...(source === undefined ? {} : { sources: [resolve(source)] }),
    ...(cohort === undefined ? {} : { cohort: await cohortNamed(workbench, cohort) }),
    ...(kind === undefined ? {} : { kinds: kind }),
    ...(missing ? { states: ['vanished' as const] } : {}),
  };
  return { filter };
}

/** `12 images (12 files), 3 verdicts (1 keep, 2 reject, 0 unsure; 4 with their history), 0 annotations, ...` */
function belongingsText(found: Omit<Response<'archive.removal'>, 'runs'>): string {
  const { images, files, verdicts, history, annotations, tags, scores, masks, cohorts } = found;
  const { keep, reject, unsure } = verdicts;
  const members = cohorts.map(({ name, images }) => `${images} of cohort ${name}`).join(', ');
  return [
    `${images} images of ${files} files`,
    `${keep + reject + unsure} verdicts (${keep} keep, ${reject} reject, ${unsure} unsure; ${history} with their history)`,
    `${annotations} annotations`,
    `${tags} tags`,
    `${masks} masks`,
    `${scores} scores`,
    ...(members === '' ? [] : [members]),
  ].join(', ');
}
