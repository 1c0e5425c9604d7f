// The audit log: every edit, deletion and truncation is found; a crash between commit and head is healed.
import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { type Catalog, openCatalog } from '../../src-main/catalog/catalog.ts';
import { appendAudit, hashOf } from '../../src-main/catalog/tables/audit.ts';
import { annotate, takeAway } from '../../src-main/curation/annotations/annotate.ts';
import { verifyAudit } from '../../src-main/curation/audit/verify-audit.ts';
import { decide } from '../../src-main/curation/verdicts/decide.ts';
import { canonicalJson } from '../../src-main/platform/canonical-json.ts';
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

interface AuditRow {
  readonly number: number;
  readonly at: string;
  readonly actor: string;
  readonly event: string;
  readonly details: string;
  readonly previous: string;
  readonly hash: string;
}
const insertAudit = `INSERT INTO audit (number, at, actor, event, details, previous, hash)
  VALUES (@number, @at, @actor, @event, @details, @previous, @hash)`;

/** Writes the log as version 0.1.0 did: digests over the verdicts alone, one line for each head. */
function rewriteAsBefore(database: Sqlite.Database, heads: string): void {
  let previous = '0'.repeat(64);
  const lines = [`0 ${previous}`];
  for (const row of database.prepare('SELECT * FROM audit ORDER BY number').all() as AuditRow[]) {
    const { reviewer: _, digestVersion: __, ...details } = JSON.parse(row.details) as Record<string, unknown>;
    if (row.event === 'verdicts') {
      const sql =
        'SELECT id, action, image, decision, reason, reviewer, at, supersedes, restores FROM verdicts WHERE action = ?';
      const rows = database
        .prepare(sql)
        .all(details.action)
        .map((verdict) => `${canonicalJson(verdict)}\n`);
      details.digest = createHash('sha256').update(rows.join('')).digest('hex');
    }
    const hash = hashOf({ ...row, details }, previous);
    database
      .prepare('UPDATE audit SET details = ?, previous = ?, hash = ? WHERE number = ?')
      .run(canonicalJson(details), previous, hash, row.number);
    previous = hash;
    lines.push(`${row.number} ${hash}`);
  }
  const value = canonicalJson({ number: lines.length - 1, hash: previous });
  database.prepare(`UPDATE settings SET value = ? WHERE key = 'audit.head'`).run(value);
  writeFileSync(heads, `\n${lines.join('\n')}\n`);
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
    [
      'another reviewer of a step',
      (d) => d.exec(`UPDATE actions SET reviewer = 'Eve' WHERE id = 1`),
      /verdicts of entry 1 were edited/,
    ],
    [
      'another time of a step',
      (d) => d.exec(`UPDATE actions SET at = '2020-01-01' WHERE id = 1`),
      /verdicts of entry 1 were edited/,
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

  it('knows an entry whose head a crash has torn by the line from before its commit', () => {
    const faults = faultsAfter((_, heads) => {
      const lines = readFileSync(heads, 'utf8').trimEnd().split('\n');
      expect(lines.slice(-3)[0]).toMatch(/^begin 4 /);
      writeFileSync(heads, `${lines.slice(0, -1).join('\n')}\n4 0123`);
    });
    expect(faults).toEqual([]);
  });

  it('misses nothing when a crash came before the commit', () => {
    const faults = faultsAfter((_, heads) => appendFileSync(heads, `\nbegin 5 ${'ab'.repeat(32)}\n`));
    expect(faults).toEqual([]);
  });

  it('knows a chain of an earlier version, whose digests do not cover steps and whose heads were written once', () => {
    const change = (edit: string) =>
      faultsAfter((database, heads) => {
        rewriteAsBefore(database, heads);
        database.exec(edit);
      });
    expect(change('')).toEqual([]);
    expect(change(`UPDATE actions SET reviewer = 'Eve' WHERE id = 2`)).toEqual([
      'the step of entry 2 was edited or deleted',
    ]);
    expect(change(`UPDATE actions SET at = '2020-01-01T00:00:00.000Z' WHERE id = 3`)).toHaveLength(1);
  });

  it('makes up no head at opening: neither for an entry that only the database has, nor for lines cut off', () => {
    const appended = faultsAfter((database) => {
      const last = database.prepare('SELECT * FROM audit ORDER BY number DESC LIMIT 1').get() as AuditRow;
      const entry = { number: 5, at: noon, actor: 'Ada', event: 'export', details: { images: 1 } };
      const row = { ...entry, details: '{"images":1}', previous: last.hash, hash: hashOf(entry, last.hash) };
      database.prepare(insertAudit).run(row);
      database
        .prepare(`UPDATE settings SET value = ? WHERE key = 'audit.head'`)
        .run(`{"hash":"${row.hash}","number":5}`);
    });
    expect(appended).toEqual(['entry 5 has no head beside the database']);
    const shortened = faultsAfter((database, heads) => {
      // An edit of entry 3, the chain computed anew, and the file of heads cut off before it.
      const rows = database.prepare('SELECT * FROM audit WHERE number >= 3 ORDER BY number').all() as AuditRow[];
      let previous = rows[0]!.previous;
      for (const row of rows) {
        const actor = row.number === 3 ? 'Eve' : row.actor;
        const hash = hashOf({ ...row, actor, details: JSON.parse(row.details) }, previous);
        database
          .prepare('UPDATE audit SET actor = ?, previous = ?, hash = ? WHERE number = ?')
          .run(actor, previous, hash, row.number);
        previous = hash;
      }
      database
        .prepare(`UPDATE settings SET value = ? WHERE key = 'audit.head'`)
        .run(`{"hash":"${previous}","number":4}`);
      const lines = readFileSync(heads, 'utf8').split('\n');
      writeFileSync(heads, lines.filter((line) => !/^(begin )?[34] /.test(line)).join('\n'));
    });
    expect(shortened).toContain('entry 3 has no head beside the database');
  });

  it('compares with a head that was noted', () => {
    const catalog = audited();
    const { head } = verifyAudit(catalog);
    decide(catalog, { images: [1], decision: 'reject', reason: null, reviewer: 'Ada', at: noon });
    expect(verifyAudit(catalog, head).faults).toEqual([]);
    expect(verifyAudit(catalog, 'ab'.repeat(32)).faults).toEqual([
      'the noted head is not in the log: entries were edited or removed since',
    ]);
  });

  it('finds an annotation that was edited or deleted, and knows one that was taken away', () => {
    const catalog = sampleCatalog(2, () => ({ width: 64, height: 64 }));
    const box = { x: 1, y: 2, width: 3, height: 4, label: 'needle', at: noon };
    const [first, second, third] = [1, 2, 2].map((image) =>
      annotate(catalog, { ...box, image, reviewer: 'Ada' }, 'Eve'),
    );
    takeAway(catalog, second!, { reviewer: 'Bob', at: noon });
    expect(verifyAudit(catalog).faults).toEqual([]);
    catalog.run('UPDATE annotations SET x = 9 WHERE id = @first', { first: first! });
    catalog.run('DELETE FROM annotations WHERE id = @third', { third: third! });
    expect(verifyAudit(catalog).faults).toEqual([
      'the annotation of entry 1 was edited or deleted',
      'the annotation of entry 3 was edited or deleted',
    ]);
  });

  it('refuses to change the log through the catalog', () => {
    const catalog = audited();
    expect(() => catalog.run(`UPDATE audit SET actor = 'Eve'`)).toThrow('append-only');
    expect(() => catalog.run('DELETE FROM audit')).toThrow('append-only');
  });
});
