// The generated data set of the score card through import and export: no word about a patient is in what was written.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { readDicom, writeDicom } from '../../src-main/curation/deidentification/dicom-elements.ts';
import { filesBelow } from '../../src-main/curation/export/checksums.ts';
import { generateDataSet } from '../../src-main/curation/score-card/data-set.ts';
import { foundIn } from '../../src-main/curation/score-card/secrets.ts';
import { temporaryFolder } from '../cli/residua.ts';
import { Bench, closeBenches } from './bench.ts';

afterEach(closeBenches);

/** The bytes of a file; of DICOM files also what lies deflated in them. */
function contentOf(path: string): Uint8Array {
  const bytes = readFileSync(path);
  if (!path.endsWith('.dcm')) return bytes;
  const { encoding, ...rest } = readDicom(bytes, path);
  return Buffer.concat([bytes, writeDicom({ ...rest, encoding: { ...encoding, deflated: false } })]);
}

it('the generated data set leaves without a word about its patients', { timeout: 60_000 }, async () => {
  await using folder = await temporaryFolder();
  const files = generateDataSet(2, 4);
  const archive = join(folder.path, 'archive');
  mkdirSync(archive);
  for (const { name, bytes } of files) writeFileSync(join(archive, name), bytes);
  // Shorter words may be in anything.
  const words = [...new Set(files.flatMap(({ secrets }) => secrets))].filter((word) => word.length >= 5);
  expect(words.length).toBeGreaterThan(50);
  const hits = async (place: string) => {
    const paths = await filesBelow(place);
    return paths.filter((path) => foundIn(contentOf(join(place, path)), 'ISO_IR 192', words).length > 0);
  };
  expect(await hits(archive)).toHaveLength(files.length);

  const bench = new Bench(join(folder.path, 'catalog'));
  await bench.call('catalog.create', { folder: bench.catalog, name: 'test' });
  await bench.run({ kind: 'import', parameters: { sources: [archive], kind: null, cohort: null } });
  const { ids } = await bench.call('images.ids', { filter: {}, order: { by: 'imported', descending: false } });
  expect(ids.length).toBe(64);
  const target = join(folder.path, 'export');
  const parameters = { target, images: { filter: {} }, scores: [], format: 'original' as const, model: null };
  const deidentification = { retainDates: true, retainDevice: false, reviewed: [] };
  const run = await bench.run({ kind: 'export', parameters: { ...parameters, deidentification, reviewer: 'Ada' } });
  expect([run.state, run.done]).toEqual(['done', 48]);
  // Ultrasound and secondary captures are held back.
  expect(run.skipped).toBe(16);
  expect((await filesBelow(target)).filter((path) => path.startsWith('images/'))).toHaveLength(48);
  expect(await hits(target)).toEqual([]);
});
