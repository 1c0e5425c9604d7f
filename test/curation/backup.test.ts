// Backup and restore: the same catalog again, secrets left out, damage and tampering refused.
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../src-main/catalog/catalog.ts';
import { currentVerdicts } from '../../src-main/catalog/tables/verdicts.ts';
import { verifyAudit } from '../../src-main/curation/audit/verify-audit.ts';
import { backupCatalog, keyPath, restoreCatalog } from '../../src-main/curation/backup/backup-catalog.ts';
import { readKey } from '../../src-main/curation/deidentification/pseudonyms.ts';
import { decide } from '../../src-main/curation/verdicts/decide.ts';
import { hashOfFile } from '../../src-main/platform/hash-of-file.ts';
import { quiet } from '../../src-main/platform/job.ts';
import { inWords } from '../../src-main/platform/words.ts';
import { emptyCatalog, noon, sampleCatalog, temporaryFolder } from '../catalog/sample-catalog.ts';

async function used(): Promise<Catalog> {
  const catalog = sampleCatalog(3);
  decide(catalog, { images: [1, 2], decision: 'keep', reason: null, reviewer: 'Ada', at: noon });
  mkdirSync(catalog.path('reconstructions/1'), { recursive: true });
  writeFileSync(catalog.path('reconstructions/1/1.png'), 'pixels');
  await readKey(catalog.path(keyPath));
  return catalog;
}
const complaint = async (work: Promise<unknown>) => inWords(await work.catch((error: unknown) => error));

describe('backupCatalog and restoreCatalog', () => {
  it('give the same catalog again, without the key', async () => {
    const catalog = await used();
    const folder = temporaryFolder();
    const report = await backupCatalog(catalog, join(folder, 'backup'), quiet);
    expect(report).toMatchObject({ folder: join(folder, 'backup'), files: 4 });
    decide(catalog, { images: [3], decision: 'reject', reason: null, reviewer: 'Ada', at: noon });
    const restored = await restoreCatalog(report.folder, join(folder, 'restored'), quiet);
    const again = emptyCatalog(restored.folder);
    expect([...currentVerdicts(again, [1, 2, 3]).keys()]).toEqual([1, 2]);
    expect(readFileSync(again.path('reconstructions/1/1.png'), 'utf8')).toBe('pixels');
    expect(existsSync(again.path(keyPath))).toBe(false);
    expect(verifyAudit(again)).toMatchObject({ entries: 1, faults: [] });
    expect(await complaint(backupCatalog(catalog, report.folder, quiet))).toBe(`${report.folder}: exists already`);
    expect(await complaint(backupCatalog(catalog, catalog.path('x'), quiet))).toBe(
      'a backup cannot lie in the catalog itself',
    );
  });

  it('refuse a backup with a changed or missing file', async () => {
    const catalog = await used();
    const folder = temporaryFolder();
    const { folder: backup } = await backupCatalog(catalog, join(folder, 'backup'), quiet);
    appendFileSync(join(backup, 'reconstructions/1/1.png'), '!');
    const restore = () => complaint(restoreCatalog(backup, join(folder, 'restored'), quiet));
    expect(await restore()).toMatch(/the backup is damaged: reconstructions\/1\/1\.png was changed/);
    rmSync(join(backup, 'reconstructions/1/1.png'));
    expect(await restore()).toMatch(/reconstructions\/1\/1\.png is missing/);
    expect(existsSync(join(folder, 'restored'))).toBe(false);
  });

  it('refuse a backup whose audit log was tampered with, even with new checksums', async () => {
    const catalog = await used();
    const folder = temporaryFolder();
    const { folder: backup } = await backupCatalog(catalog, join(folder, 'backup'), quiet);
    const file = join(backup, 'catalog.sqlite');
    const before = (await hashOfFile(file)).sha256;
    const database = new Sqlite(file);
    database.exec(`DROP TRIGGER audit_no_update; UPDATE audit SET actor = 'Eve'`);
    database.pragma('journal_mode = DELETE');
    database.close();
    const sums = join(backup, 'SHA256SUMS');
    writeFileSync(sums, readFileSync(sums, 'utf8').replace(before, (await hashOfFile(file)).sha256));
    expect(await complaint(restoreCatalog(backup, join(folder, 'restored'), quiet))).toMatch(/entry 1 was edited/);
    expect(existsSync(join(folder, 'restored'))).toBe(false);
  });
});
