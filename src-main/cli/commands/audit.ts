// residua audit verify: finds edits, deletions and truncations of the audit log and of the verdicts.
import { z } from 'zod';
import { openCatalog } from '../../catalog/catalog.ts';
import { verifyAudit } from '../../curation/audit/verify-audit.ts';
import { Problem } from '../../platform/errors.ts';
import { defineCommand, option } from '../command.ts';

export const audit = defineCommand({
  details: `Example: residua audit verify
The hash of the last entry, written down elsewhere, proves later that the log was only appended to.`,
  arguments: { action: option('<action>', 'what to do', z.enum(['verify'])) },
  options: {},
  async run(_, { print, catalogFolder }) {
    const catalog = openCatalog(catalogFolder);
    try {
      const { entries, head, faults } = verifyAudit(catalog);
      for (const fault of faults) print(fault);
      print(`${entries} entries, last hash ${head}`);
      if (faults.length > 0) {
        throw new Problem('content', {
          file: catalogFolder,
          reason: 'the audit log or its verdicts were tampered with',
        });
      }
      print('The audit log is whole.');
    } finally {
      catalog.close();
    }
  },
});
