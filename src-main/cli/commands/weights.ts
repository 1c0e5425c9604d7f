// residua weights: which published weights are there, which are missing, and files taken into the folder.
import { z } from 'zod';
import { nodeLauncher, type WeightsFileState, withEngine } from '../../engine/start-engine.ts';
import { defaultWeightsFolder } from '../../platform/default-folders.ts';
import { Problem } from '../../platform/errors.ts';
import { defineCommand, flag, option, text } from '../command.ts';
import { weightsOption } from '../shared-options.ts';
import { textTable } from '../text-table.ts';

export const weights = defineCommand({
  details: `Residua downloads nothing: bring the original files and import them, or copy them into the folder by their names.
They are read as data, nothing in them is run. A file whose SHA-256 its makers tell is refused when it differs, unless
with --other.

Example: residua weights import ~/Downloads/inception-2015-12-05.pt`,
  arguments: {
    action: option('[action]', 'list, or import files', z.enum(['list', 'import']).default('list')),
    files: option('[files...]', 'the files to import', z.array(text).default([])),
  },
  options: {
    as: option('--as <name>', 'the name of the published file (without it: recognised by content)', text.optional()),
    other: option('--other', 'import a file although it is not the published one', flag),
    weights: weightsOption,
  },
  async run({ action, files, as, other, ...values }, context) {
    const folder = values.weights ?? defaultWeightsFolder();
    if (action === 'list') {
      if (files.length > 0)
        throw new Problem('usage', { message: 'to take files into the folder: residua weights import' });
      const rows = await withEngine(nodeLauncher, {}, (engine) => engine.call('weights.list', folder));
      context.print(`weights folder: ${folder}`);
      for (const own of Map.groupBy(rows, ({ use }) => use).values()) {
        const choices = [...Map.groupBy(own, ({ choice }) => choice).values()];
        const whole = choices.some((files) => files.every(({ state }) => state !== 'missing'));
        const which =
          choices.length > 1 ? (whole ? 'there' : 'missing; any of these will do') : whole ? 'there' : 'missing';
        context.print(`\n${own[0]!.use}: ${which}`);
        context.print(textTable(['', 'file', 'state', 'from', 'SHA-256'], own.map(cells)));
      }
      return;
    }
    if (files.length === 0) throw new Problem('usage', { message: 'weights import: name the files to import' });
    if (as !== undefined && files.length > 1) throw new Problem('usage', { message: '--as is for one file' });
    for (const file of files) {
      const request = { file, folder, as: as ?? null, other };
      const imported = await withEngine(nodeLauncher, {}, (engine) => engine.call('weights.import', request));
      const checked = imported.verified ? 'as published' : `SHA-256 ${imported.sha256}, not compared with anything`;
      context.print(`${imported.path}: ${imported.use}; ${checked}`);
    }
  },
});

function cells({ state, name, origin, published, sha256 }: WeightsFileState): readonly string[] {
  const told = published === null || published.length === 64 ? published : `${published}...`;
  return ['', name, state, origin, sha256 ?? told ?? 'not told by its makers'];
}
