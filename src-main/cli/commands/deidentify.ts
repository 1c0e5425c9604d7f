// residua deidentify: the score card of the de-identification on generated files, and the key of a catalog's pseudonyms.
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { pseudonymsOf } from '../../curation/deidentification/pseudonyms.ts';
import { generateDataSet, type PlantedFile } from '../../curation/score-card/data-set.ts';
import { type CopyOf, exportedCopy, type ScoreCard, scoreCard } from '../../curation/score-card/score-card.ts';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { formatCsv } from '../../platform/csv.ts';
import { Problem } from '../../platform/errors.ts';
import { version } from '../../platform/version.ts';
import { count, defineCommand, flag, number, option, text, whole } from '../command.ts';
import type { Context } from '../context.ts';
import { textTable } from '../text-table.ts';
import { withCatalog } from '../with-catalog.ts';

const options = {
  scoreCard: option('--score-card [flag]', 'de-identify generated DICOM files and score the result', flag),
  patients: option('--patients <number>', 'patients of the generated data set, of 38 files each', count.default(8)),
  seed: option('--seed <number>', 'random seed of the generated data set', whole.default(1)),
  originals: option('--originals <folder>', 'write the generated files there, for another program', text.optional()),
  copies: option(
    '--copies <folder>',
    'score the files of the same names there instead: what another program made of the originals',
    text.optional(),
  ),
  csv: option('--csv <file>', 'write every wrong element to a CSV', text.optional()),
  threshold: option(
    '--threshold <percent>',
    'least share of each group',
    number.pipe(z.number().min(0).max(100)).default(99.9),
  ),
  keyOut: option(
    '--key-out <file>',
    "write the key of the catalog's pseudonyms to a new file, for safekeeping",
    text.optional(),
  ),
  keyIn: option('--key-in <file>', 'give the catalog, which has none yet, the key of a file', text.optional()),
};
type Values = { readonly [N in keyof typeof options]: z.output<(typeof options)[N]['schema']> };

export const deidentifyCommand = defineCommand({
  details: `Example: residua deidentify --score-card --csv wrong.csv
         residua deidentify --key-out /safe/place/chest.key --catalog chest
The score card generates CT, MR, CR, DX, US, secondary captures, reports, presentation states and PDF with identifiers in known
places, exports them with shifted dates, and compares every element: exit code 1 when a group of actions is below --threshold.
The key makes the pseudonyms of a catalog: the same in every export of it, and others than in any other catalog. No backup holds
it. Who has it and the originals can tell who is who: keep it apart from both.`,
  options,
  async run(values, context) {
    const { scoreCard: wanted, keyOut, keyIn } = values;
    if ([wanted, keyOut !== undefined, keyIn !== undefined].filter(Boolean).length !== 1) {
      throw new Problem('usage', { message: 'choose one of --score-card, --key-out and --key-in' });
    }
    if (wanted) await showScoreCard(values, context);
    else await moveKey(values, context);
  },
});

async function moveKey({ keyOut, keyIn }: Values, context: Context): Promise<void> {
  const actor = userInfo().username;
  await withCatalog(context, { create: false }, async (workbench) => {
    if (keyOut !== undefined) {
      await workbench.call('pseudonyms.export', { file: resolve(keyOut), actor });
      context.print(`key written: ${resolve(keyOut)}`);
    }
    if (keyIn === undefined) return;
    const { imported } = await workbench.call('pseudonyms.import', { file: resolve(keyIn), actor });
    context.print(imported ? 'key imported' : 'the catalog has this key already');
  });
}

async function showScoreCard(values: Values, context: Context): Promise<void> {
  const { patients, seed, originals, copies, csv, threshold } = values;
  const files = generateDataSet(patients, seed);
  if (originals !== undefined) {
    for (const { name, bytes } of files) await writeFileAtomic(join(originals, name), bytes);
    context.print(`${files.length} files: ${resolve(originals)}`);
    // The folder of copies is there later.
    if (copies === undefined) return;
  }
  // A folder that is not there is none from which everything was held back.
  if (copies !== undefined) await readdir(copies);
  const copyOf =
    copies === undefined ? exportedCopy(pseudonymsOf(randomBytes(32)), `Residua ${version}`) : copyIn(copies);
  const card = await scoreCard(files, copyOf, context);
  context.print(tableOf(card));
  if (csv !== undefined) await writeFileAtomic(csv, wrongElements(card));
  const low = card.groups.filter(({ share }) => share * 100 < threshold).map(({ group }) => group);
  if (low.length > 0) {
    throw new Problem('run', { run: 'score card', reason: `below ${threshold} %: ${low.join(', ')}` });
  }
}

/** A file that is not there was held back. */
function copyIn(folder: string): CopyOf {
  return async ({ name }: PlantedFile) => {
    try {
      return await readFile(join(folder, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  };
}

const percent = (share: number) => `${(share * 100).toFixed(2)} %`;

function tableOf({ groups }: ScoreCard): string {
  return textTable(
    ['group', 'right', 'total', 'share'],
    groups.map(({ group, right, total, share }) => [group, right, total, percent(share)]),
  );
}

function wrongElements({ wrong }: ScoreCard): string {
  return formatCsv(
    ['group', 'file', 'element', 'reason'],
    wrong.map(({ group, file, element, reason = '' }) => ({ group, file, element, reason })),
  );
}
