// The audit log: every edit, deletion and truncation is found; a crash between commit and head is healed.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { type Catalog, openCatalog } from '../../src-main/catalog/catalog.ts';
import { appendAudit } from '../../src-main/catalog/tables/audit.ts';
import { verifyAudit } from '../../src-main/curation/audit/verify-audit.ts';
import { decide } from '../../src-main/curation/verdicts/decide.ts';
import { noon, sampleCatalog } from '../catalog/sample-catalog.ts';

function audited(): Catalog {
  const catalog = sampleCatalog(3);
  for (const image of [1, 2, 3]) {
    decide(catalog, { images: [image], decision: 'keep', reason: null, reviewer: 'Ada', at: noon });
  }
  appendAudit(catalog, { at: noon, actor: 'Ada', event: 'export', details: { images: 3 } });
  return catalog;
}

/** Closes the catalog, lets `change` loose on its database (triggers dropped) and folder, opens it and verifies. */
function faultsAfter(change: (database: Sqlite.Database, heads: string) => void): readonly string[] {
  const catalog = audited();
  catalog.close();
  const database = new Sqlite(join(catalog.folder, 'catalog.sqlite'));
  for (const name of ['verdicts_no_update', 'verdicts_no_delete', 'audit_no_update', 'audit_no_delete']) {
    database.exec(`DROP TRIGGER ${name}`);
  }
  database.pragma('foreign_keys = OFF');
  change(database, join(catalog.folder, 'audit-heads.txt'));
  database.close();
  const again = openCatalog(catalog.folder);
  try {
    return verifyAudit(again).faults;
  } finally {
    again.close();
  }
}

describe('verifyAudit', () => {
  it('finds nothing wrong with an untouched log', () => {
    const catalog = audited();
    const report = verifyAudit(catalog);
    expect(report).toMatchObject({ entries: 4, faults: [] });
    expect(report.head).toMatch(/^[0-9a-f]{64}$/);
    expect(faultsAfter(() => {})).toEqual([]);
  });

  const tampering: readonly (readonly [string, (database: Sqlite.Database, heads: string) => void, RegExp])[] = [
    ['an edited actor', (d) => d.exec(`UPDATE audit SET actor = 'Eve' WHERE number = 2`), /entry 2 was edited/],
    [
      'edited details',
      (d) => d.exec(`UPDATE audit SET details = '{"images":2}' WHERE number = 4`),
      /entry 4 was edited/,
    ],
    ['a deleted entry', (d) => d.exec('DELETE FROM audit WHERE number = 2'), /entry 2 is missing$/m],
    ['the first entries gone', (d) => d.exec('DELETE FROM audit WHERE number < 3'), /entries 1 to 2 are missing/],
    ['a cut off end', (d) => d.exec('DELETE FROM audit WHERE number > 2'), /entries 3 to 4 are missing at the end/],
    ['an emptied log', (d) => d.exec('DELETE FROM audit'), /entries 1 to 4 are missing at the end/],
    [
      'a verdict edited',
      (d) => d.exec(`UPDATE verdicts SET decision = 'reject' WHERE image = 1`),
      /verdicts of entry 1 were edited/,
    ],
    [
      'a verdict deleted',
      (d) => d.exec('DELETE FROM verdicts WHERE image = 2'),
      /verdicts of entry 2 were edited or deleted/,
    ],
    [
      'another verdict in force',
      (d) => d.exec(`UPDATE current_verdicts SET decision = 'reject' WHERE image = 1`),
      /verdict in force on image 1/,
    ],
    [
      'a verdict slipped in',
      (d) =>
        d.exec(
          `INSERT INTO actions (kind, reviewer, at) VALUES ('decide', 'Ada', '${noon}');
           INSERT INTO verdicts (action, image, decision, reviewer, at, supersedes) VALUES (4, 1, 'reject', 'Ada', '${noon}', 1)`,
        ),
      /step 4 of the verdicts is not in the audit log/,
    ],
    ['the heads deleted', (_, heads) => rmSync(heads), /file of heads beside the database is missing/],
    [
      'a head changed',
      (_, heads) =>
        writeFileSync(
          heads,
          readFileSync(heads, 'utf8')
            .replace(/\n3 ./, '\n3 f')
            .replace(/\n3 f(.)/, '\n3 f0'),
        ),
      /entry 3 is not what was written/,
    ],
  ];
  it.each(tampering)('finds %s', (_, change, expected) => {
    expect(faultsAfter(change).join('\n')).toMatch(expected);
  });

  it('finds an edit whose chain was computed anew', () => {
    const faults = faultsAfter((database) => {
      const forged = sampleCatalog(3);
      for (const image of [1, 3, 2]) {
        decide(forged, { images: [image], decision: 'keep', reason: null, reviewer: 'Ada', at: noon });
      }
      appendAudit(forged, { at: noon, actor: 'Ada', event: 'export', details: { images: 3 } });
      for (const row of forged.all<Record<string, string>>('SELECT * FROM audit')) {
        database
          .prepare('UPDATE audit SET details = @details, previous = @previous, hash = @hash WHERE number = @number')
          .run(row);
      }
    });
    expect(faults.join('\n')).toMatch(/entry 2 is not what was written/);
  });

  it('writes the head that a crash left out, and tolerates a torn line', () => {
    const faults = faultsAfter((_, heads) => {
      const lines = readFileSync(heads, 'utf8').trimEnd().split('\n');
      writeFileSync(heads, `${lines.slice(0, -1).join('\n')}\n4 0123`);
    });
    expect(faults).toEqual([]);
  });

  it('refuses to change the log through the catalog', () => {
    const catalog = audited();
    expect(() => catalog.run(`UPDATE audit SET actor = 'Eve'`)).toThrow('append-only');
    expect(() => catalog.run('DELETE FROM audit')).toThrow('append-only');
  });
});
