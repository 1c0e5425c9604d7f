// residua audit verify: finds edits, deletions and truncations of the audit log and of the verdicts.
import { z } from 'zod';
import { Problem } from '../../platform/errors.ts';
import { defineCommand, option } from '../command.ts';
import { withCatalog } from '../with-catalog.ts';

export const audit = defineCommand({
  details: `Example: residua audit verify
Write down the hash of the last entry somewhere else. Given later with --head, it proves that the log was only appended to.
Every export prints it.`,
  arguments: { action: option('<action>', 'what to do', z.enum(['verify'])) },
  options: {
    head: option(
      '--head <hash>',
      'the hash of an entry that you noted earlier: it must still be in the log',
      z
        .string()
        .regex(/^[0-9a-f]{64}$/, 'must be a hash of 64 hexadecimal digits')
        .optional(),
    ),
  },
  async run({ head: noted }, context) {
    await withCatalog(context, { create: false }, async (workbench) => {
      const { entries, head, faults } = await workbench.call(
        'audit.verify',
        noted === undefined ? {} : { head: noted },
      );
      for (const fault of faults) context.print(fault);
      context.print(`${entries} entries, last hash ${head}`);
      if (faults.length > 0) {
        throw new Problem('content', {
          file: context.catalogFolder,
          reason: 'the audit log or its verdicts were tampered with',
        });
      }
      context.print('The audit log is whole.');
    });
  },
});
