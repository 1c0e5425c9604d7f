// What must hold of a folder at any moment: databases intact, audit chain unbroken, and no visible file that is a part of one.
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { readNumpyFile } from '../../native/weights/npy.ts';
import { openImageFile } from '../../src-main/archive/decode.ts';
import { type Catalog, openCatalog } from '../../src-main/catalog/catalog.ts';
import { verifyAudit } from '../../src-main/curation/audit/verify-audit.ts';
import { verifyExport } from '../../src-main/curation/export/verify-export.ts';
import { readCsv } from '../../src-main/platform/csv.ts';
import { quiet } from '../../src-main/platform/job.ts';
import { inWords } from '../../src-main/platform/words.ts';

/** Kinds of files by the end of their names, and how each is read to its end. */
const readers: Readonly<Record<string, (path: string) => Promise<unknown>>> = {
  '.png': async (path) => (await openImageFile({ name: path, bytes: await readFile(path) })).frame(0),
  '.npz': readNumpyFile,
  '.npy': readNumpyFile,
  '.csv': (path) => readCsv(path, {}),
  '.json': async (path) => JSON.parse(await readFile(path, 'utf8')),
  SHA256SUMS: async (path) => {
    const { faults } = await verifyExport(dirname(path), quiet);
    if (faults.length > 0) throw new Error(faults.join('; '));
  },
  'catalog.sqlite': async (path) => {
    const faults = await withCatalog(dirname(path), (catalog) => [
      ...catalog.integrityFaults(),
      ...verifyAudit(catalog).faults,
    ]);
    if (faults.length > 0) throw new Error(faults.join('; '));
  },
};

/** Opens the catalog in `folder` for `work`. */
export async function withCatalog<T>(folder: string, work: (catalog: Catalog) => T | Promise<T>): Promise<T> {
  const catalog = openCatalog(folder);
  try {
    return await work(catalog);
  } finally {
    catalog.close();
  }
}

/** Everything below a folder that is not as it should be; hidden files are nobody's output. */
export async function brokenFiles(folder: string): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const path of await filesIn(folder)) {
    if (path.split('/').some((part) => part.startsWith('.'))) continue;
    const kind = Object.keys(readers).find((end) => path.endsWith(end));
    if (kind === undefined) continue;
    const fault = await readers[kind]!(join(folder, path)).then(() => undefined, inWords);
    if (fault !== undefined) faults.push(`${path}: ${fault}`);
  }
  return faults;
}

/** Half-written files and folders that nobody has cleared away. */
export async function leftovers(folder: string): Promise<readonly string[]> {
  const hidden = (path: string) => path.split('/').some((part) => /^\..*\.(tmp|partial)$/.test(part));
  return (await filesIn(folder)).filter(hidden).map((path) => `${path} was left behind`);
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return paths.map((path) => path.slice(folder.length + 1)).sort((a, b) => basename(a).localeCompare(basename(b)));
}
