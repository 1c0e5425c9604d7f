// residua export: copies chosen images out of the archive, with a manifest of hashes and scores.

import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { Request, Workbench } from '../../../src-preload/contract.ts';
import { exportFormatNames, exportFormats } from '../../../src-preload/export-formats.ts';
import { decision, type Filter, type ScoreName } from '../../../src-preload/schemas/image.ts';
import { Problem } from '../../platform/errors.ts';
import { count, defineCommand, flag, number, option, text } from '../command.ts';
import type { Context } from '../context.ts';
import { chooseScore } from '../ranking.ts';
import { pack, unpack } from '../transport.ts';
import { checkExport } from '../verify-export.ts';
import { cohortNamed, follow, scoredRun, withCatalog } from '../with-catalog.ts';

type ExportChoice = Extract<Request<'runs.queue'>, { kind: 'export' }>['parameters']['images'];

const options = {
  out: option('--out <folder>', 'the new folder to make', text.optional()),
  run: option(
    '--run <id>',
    'the run whose scores are used (without it: the newest complete one that has the score)',
    count.optional(),
  ),
  score: option('--score <name>', 'such as "WD patch" or "MSE full"', text.optional()),
  below: option('--below <threshold>', 'images whose score is lower than this', number.optional()),
  above: option('--above <threshold>', 'images whose score is at least this', number.optional()),
  top: option('--top <number>', 'the images with the highest scores', count.optional()),
  bottom: option('--bottom <number>', 'the images with the lowest scores', count.optional()),
  cohort: option('--cohort <name>', 'only images of this cohort', text.optional()),
  kind: option('--kind <label>', 'only images of this kind; may be given several times', z.array(text).optional()),
  verdict: option('--verdict <name>', 'only images with this verdict', decision.optional()),
  format: option(
    '--format <name>',
    'format of the files, see below',
    z.enum(exportFormatNames).default(exportFormatNames[0]),
  ),
  model: option(
    '--model <id>',
    'for formats that need a model: the one whose recipe shapes the images',
    count.optional(),
  ),
  column: option(
    '--column <name>',
    'a column of metadata in the manifest (residua columns list); of a DICOM attribute what de-identification leaves; may be given several times',
    z.array(text).default([]),
  ),
  dicomResults: option(
    '--dicom-results [flag]',
    'also write masks and score maps as DICOM SEG and verdicts as Key Object Selection, about DICOM images',
    flag,
  ),
  train: option(
    '--train <cohort>',
    'images for training; with this, only images of the named cohorts leave',
    text.optional(),
  ),
  validation: option('--validation <cohort>', 'images for validation', text.optional()),
  test: option('--test <cohort>', 'images for testing', text.optional()),
  name: option('--name <text>', 'what the data set is called, for its data card', text.optional()),
  description: option('--description <text>', 'what the data set is for, for its data card', text.optional()),
  licence: option('--licence <text>', 'its licence: an SPDX identifier, a URL or words', text.optional()),
  creator: option('--creator <name>', 'who made it: a department or a person', text.optional()),
  url: option('--url <address>', 'the page of the data set, where it has one', z.url().optional()),
  withoutMissing: option(
    '--without-missing [flag]',
    'leave out images whose file is not there (without it, an export that needs one fails and names them)',
    flag,
  ),
  retainIdentities: option('--retain-identities [flag]', 'do not de-identify', flag),
  retainDates: option('--retain-dates [flag]', 'keep dates, shifted by patient', flag),
  retainDevice: option('--retain-device [flag]', 'keep attributes of the device', flag),
  reviewed: option(
    '--reviewed <image>',
    'the number of an image that was looked at and shows no text about the patient; may be given several times',
    z.array(count).default([]),
  ),
  split: option('--split <size>', 'pack: in parts of at most this size, such as 4GB, which cat joins', text.optional()),
  encrypt: option('--encrypt [flag]', 'pack: encrypt with a passphrase; prompts for it', flag),
  recipient: option(
    '--recipient <key>',
    'pack: encrypt for this public key of age (age1...); may be given several times',
    z.array(text).default([]),
  ),
  identity: option('--identity <file>', 'unpack: a file with the secret key of age', text.optional()),
  passphraseFile: option(
    '--passphrase-file <file>',
    'pack, unpack: a file whose first line is the passphrase',
    text.optional(),
  ),
  passphraseStdin: option('--passphrase-stdin [flag]', 'pack, unpack: read the passphrase from standard input', flag),
  reviewer: option('--reviewer <name>', 'who exports (without it: the user of this machine)', text.optional()),
};
type Values = { readonly [N in keyof typeof options]: z.output<(typeof options)[N]['schema']> };

const actions = {
  verify: (folder: string, _: Values, context: Context) => checkExport(folder, context),
  pack,
  unpack,
} as const;

/** The entry of the audit log about an export, in the provenance of its run. */
const auditHead = z.object({ number: z.int(), hash: z.string() });

const formatLines = exportFormats.map(({ name, description }) => `  ${name.padEnd(9)} ${description}`).join('\n');

export const exportCommand = defineCommand({
  details: `Example: residua export --out curated --score "WD patch" --below 12.5
The folder holds images/ (named by our numbers), manifest.json, manifest.csv, a data card (data-card.md, and croissant.json
for programs), and SHA256SUMS (check it with sha256sum -c).
It appears only when it is complete. Identities are removed from DICOM and NIfTI files unless you say otherwise; images
whose pixels are likely to show text are held back by number until you have looked at them (--reviewed).
For a machine without a network: residua export pack curated --out usb --split 4GB --encrypt; there, residua export verify usb and
residua export unpack usb --out curated, or sha256sum, cat, age and tar (HOW-TO-OPEN.txt).
Formats:
${formatLines}`,
  arguments: {
    action: option(
      '[action]',
      'instead of making an export: verify one, pack one for transport, unpack it on the other side',
      z.enum(['verify', 'pack', 'unpack']).optional(),
    ),
    folder: option('[folder]', 'the folder to verify, pack or unpack', text.optional()),
  },
  options,
  async run({ action, folder, ...values }, context) {
    if (action !== undefined) {
      if (folder === undefined) throw new Problem('usage', { message: `export ${action} needs a folder` });
      return actions[action](folder, values, context);
    }
    const misplaced = (['split', 'encrypt', 'identity', 'passphraseFile', 'passphraseStdin'] as const).find(
      (name) => values[name],
    );
    if (misplaced !== undefined || values.recipient.length > 0) {
      throw new Problem('usage', { message: 'export first, then: residua export pack FOLDER with these options' });
    }
    const { out: target } = values;
    if (target === undefined) throw new Problem('usage', { message: '--out is required' });
    await withCatalog(context, { create: false }, async (workbench) => {
      const byScore = (['below', 'above', 'top', 'bottom'] as const).filter((name) => values[name] !== undefined);
      if (byScore.length > 1) {
        throw new Problem('usage', { message: `choose one of ${byScore.map((name) => `--${name}`).join(' and ')}` });
      }
      const scored = byScore.length > 0 || values.score !== undefined || values.run !== undefined;
      const scores = scored ? (await scoredRun(workbench, values.run, values.score)).scores : [];
      const filter = await filterOf(values, workbench);
      const images = choiceOf(values, filter, scores);
      const run = await follow(
        workbench,
        {
          kind: 'export',
          parameters: {
            target: resolve(target),
            images,
            scores,
            format: values.format,
            deidentification: values.retainIdentities
              ? null
              : { retainDates: values.retainDates, retainDevice: values.retainDevice, reviewed: values.reviewed },
            model: values.model ?? null,
            card: cardOf(values),
            dicomResults: values.dicomResults,
            columns: values.column,
            splits: await splitsOf(values, workbench),
            withoutMissing: values.withoutMissing,
            reviewer: values.reviewer ?? userInfo().username,
          },
        },
        context,
      );
      context.print(`${run.done} images exported: ${resolve(target)}`);
      if (run.skipped > 0) context.print(`${run.skipped} skipped`);
      const { provenance } = await workbench.call('runs.detail', { id: run.id });
      const { number, hash } = auditHead.parse(provenance.auditHead);
      context.print(`audit log: entry ${number}, ${hash}`);
    });
  },
});

async function filterOf({ cohort, kind, verdict }: Values, workbench: Workbench): Promise<Filter> {
  return {
    ...(cohort === undefined ? {} : { cohort: await cohortNamed(workbench, cohort) }),
    ...(kind === undefined ? {} : { kinds: kind }),
    ...(verdict === undefined ? {} : { verdicts: [verdict] }),
  };
}

function cardOf({ name, description, licence, creator, url }: Values) {
  return {
    ...{ name: name ?? null, description: description ?? null, licence: licence ?? null },
    ...{ creator: creator ?? null, url: url ?? null },
  };
}

async function splitsOf({ train, validation, test }: Values, workbench: Workbench) {
  const idOf = async (name: string | undefined) => (name === undefined ? null : cohortNamed(workbench, name));
  return { train: await idOf(train), validation: await idOf(validation), test: await idOf(test) };
}

function choiceOf(values: Values, filter: Filter, scores: readonly ScoreName[]): ExportChoice {
  const { below, above, top, bottom } = values;
  const score = () => chooseScore(scores, values.score);
  if (below !== undefined) return { filter, score: score(), where: 'below', threshold: below };
  if (above !== undefined) return { filter, score: score(), where: 'above', threshold: above };
  if (top !== undefined) return { filter, score: score(), where: 'top', count: top };
  if (bottom !== undefined) return { filter, score: score(), where: 'bottom', count: bottom };
  return { filter };
}
