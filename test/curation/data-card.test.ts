// The data card of an export: what the Croissant specification requires is there, every figure is the catalog's, nobody is named.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { encodePng } from '../../src-main/archive/raster/encode-png.ts';
import type { Catalog } from '../../src-main/catalog/catalog.ts';
import { importFiles } from '../../src-main/catalog/tables/files.ts';
import { createRun, recordResults, setRunState } from '../../src-main/catalog/tables/runs.ts';
import { pseudonymsOf } from '../../src-main/curation/deidentification/pseudonyms.ts';
import { filesBelow, readChecksums } from '../../src-main/curation/export/checksums.ts';
import { type ExportRequest, exportImages } from '../../src-main/curation/export/export-images.ts';
import { decide } from '../../src-main/curation/verdicts/decide.ts';
import { quiet } from '../../src-main/platform/job.ts';
import { noCard } from '../../src-preload/jobs/export.ts';
import { dicomStyles } from '../archive/write-dicom.ts';
import { emptyCatalog, noon } from '../catalog/sample-catalog.ts';
import { ctImage, Planter, plantedDicom } from './planted-files.ts';

const deidentification = {
  ...{ pseudonyms: pseudonymsOf(Buffer.alloc(32, 1)), retainDates: false, retainDevice: false },
  reviewed: new Set<number>(),
};
const planter = new Planter();

/** Four DICOM files (the third broken), two PNG; the fifth rejected, the sixth undecided. Scores of one run. */
async function madeCatalog(): Promise<Catalog> {
  const catalog = emptyCatalog();
  const folder = join(catalog.folder, 'archive');
  mkdirSync(folder);
  const dicom = plantedDicom(dicomStyles[0]!, planter, ctImage(dicomStyles[0]!));
  const picture = await encodePng(8, 8, 1, new Uint8Array(64).fill(7));
  const contents: readonly Uint8Array[] = [dicom, dicom, dicom.subarray(0, 900), dicom, picture, picture];
  for (const [index, bytes] of contents.entries()) {
    const isDicom = index < 4;
    const name = `${planter.next()}${index}.${isDicom ? 'dcm' : 'png'}`;
    const file = join(folder, name);
    writeFileSync(file, bytes);
    const image = {
      ...{ frame: 0, name, width: 8, height: 8, bits: isDicom ? 12 : 8, kind: planter.next() },
      ...(isDicom ? { modality: 'CT', bodyPart: 'CHEST', patient: `patient ${index % 2}`, study: `1.2.${index}` } : {}),
    };
    const facts = {
      source: folder,
      path: name,
      file,
      inside: [],
      size: bytes.length,
      modified: statSync(file).mtimeMs,
    };
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    importFiles(catalog, [{ ...facts, format: isDicom ? 'DICOM' : 'PNG', sha256, images: [image] }], noon);
  }
  const run = createRun(catalog, {
    ...{ kind: 'scores', title: '', parameters: { file: `/home/${planter.next()}` }, images: [1, 2], at: noon },
    provenance: { versions: { residua: '0.1.0', node: '24.0.0' } },
  });
  recordResults(catalog, run, [{ image: 1, scores: [{ score: 'anomaly', value: 2.5 }] }]);
  setRunState(catalog, run, 'done', null, noon);
  decide(catalog, { images: [1, 2], decision: 'keep', reason: null, reviewer: 'Ada', at: noon });
  decide(catalog, { images: [5], decision: 'reject', reason: 'motion | blur', reviewer: 'Ada', at: noon });
  return catalog;
}

let catalog: Catalog;
beforeAll(async () => {
  catalog = await madeCatalog();
});

async function exported(name: string, more: Partial<ExportRequest> = {}) {
  const sources = {
    read: async ({ file }: { readonly file: string }) => {
      const bytes = readFileSync(file);
      return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
    },
    decode: () => Promise.reject(new Error('not needed')),
    labels: async () => undefined,
  };
  const { folder } = await exportImages(
    catalog,
    {
      ...{ target: join(catalog.folder, 'export', name), images: [1, 2, 3, 4], format: 'original', deidentification },
      ...{ scores: [{ run: 1, score: 'anomaly' }], program: 'Residua 0.1.0', actor: 'Ada', at: noon, ...more },
    },
    sources,
    quiet,
  );
  const croissant: unknown = JSON.parse(readFileSync(join(folder, 'croissant.json'), 'utf8'));
  return { folder, croissant, card: readFileSync(join(folder, 'data-card.md'), 'utf8') };
}

/** Croissant 1.0: "Required", "Modified and Added Properties", FileObject, FileSet, RecordSet and Field. */
const reference = z.strictObject({ '@id': z.string() });
const fileObject = z.object({
  '@type': z.literal('cr:FileObject'),
  '@id': z.string(),
  name: z.string(),
  contentUrl: z.string(),
  contentSize: z.string().regex(/^\d+ B$/),
  encodingFormat: z.string().regex(/^\w+\/[\w.+-]+$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
const fileSet = z.object({
  '@type': z.literal('cr:FileSet'),
  '@id': z.string(),
  name: z.string(),
  encodingFormat: z.string(),
  includes: z.string(),
});
const required = z.object({
  '@context': z.object({
    '@vocab': z.literal('https://schema.org/'),
    cr: z.literal('http://mlcommons.org/croissant/'),
  }),
  '@type': z.literal('sc:Dataset'),
  conformsTo: z.literal('http://mlcommons.org/croissant/1.0'),
  name: z.string().min(1),
  description: z.string().min(1),
  license: z.string().min(1),
  url: z.url(),
  creator: z.object({ '@type': z.enum(['sc:Organization', 'sc:Person']), name: z.string().min(1) }),
  datePublished: z.iso.date(),
  distribution: z.array(z.discriminatedUnion('@type', [fileObject, fileSet])).min(1),
  recordSet: z.array(
    z.object({
      '@type': z.literal('cr:RecordSet'),
      '@id': z.string(),
      key: reference,
      field: z.array(
        z.object({
          '@type': z.literal('cr:Field'),
          '@id': z.string(),
          dataType: z.enum(['sc:Text', 'sc:Integer', 'sc:Float']),
          source: z.object({ fileObject: reference, extract: z.object({ column: z.string() }) }),
        }),
      ),
    }),
  ),
});

describe('croissant.json', () => {
  it('has all that the specification requires, and refers to nothing that is not there', async () => {
    const { folder, croissant } = await exported('croissant');
    const { distribution, recordSet, ...whole } = required.parse(croissant);
    expect(whole).toMatchObject({ datePublished: '2026-01-01', license: expect.stringContaining('no licence') });
    expect(whole.url).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const ids = new Set(distribution.map((each) => each['@id']));
    expect(ids.size).toBe(distribution.length);
    const sums = await readChecksums(folder);
    for (const each of distribution) {
      if (each['@type'] === 'cr:FileObject') expect(sums.get(each.contentUrl)).toBe(each.sha256);
      else expect([...sums.keys()].some((path) => path.startsWith(each.includes.replace('**', '')))).toBe(true);
    }
    for (const { source } of recordSet.flatMap(({ field }) => field)) expect(ids).toContain(source.fileObject['@id']);
    // Every file is listed or lies in a set, but those that are written later.
    const described = (path: string) => ids.has(path) || ids.has(path.split('/')[0]!);
    expect((await filesBelow(folder)).filter((path) => !described(path)).sort()).toEqual([
      'SHA256SUMS',
      'croissant.json',
    ]);
    const header = readFileSync(join(folder, 'manifest.csv'), 'utf8').split('\n')[0]!.split(',');
    const [manifest] = recordSet;
    expect(manifest!.field.map(({ source }) => source.extract.column)).toEqual(header);
    expect(manifest!.field.map((each) => each['@id'])).toContain(manifest!.key['@id']);
    const types = Object.fromEntries(manifest!.field.map((each) => [each['@id'], each.dataType]));
    expect(types).toMatchObject({ 'manifest/image': 'sc:Integer', 'manifest/anomaly_run_1_-10': 'sc:Float' });
    // What mlcroissant 1.0 refuses: an identifier with spaces, or one that is there twice.
    expect(Object.keys(types)).toHaveLength(header.length);
    expect(JSON.stringify(croissant)).not.toMatch(/"@id":"[^"]*\s/);
  });

  it('says what the user says', async () => {
    const card = { name: 'Knees', description: 'to train', licence: 'CC-BY-4.0', creator: 'Radiology' };
    const { croissant } = await exported('named', { card: { ...card, url: 'https://example.org/knees' } });
    expect(required.parse(croissant)).toMatchObject({
      ...{ name: 'Knees', description: 'to train', license: 'CC-BY-4.0', url: 'https://example.org/knees' },
      creator: { name: 'Radiology' },
    });
  });

  it('lists tables one by one', async () => {
    const { croissant } = await exported('tables', { format: 'parquet' });
    const { distribution } = required.parse(croissant);
    expect(distribution.map((each) => each['@id'])).toContain('tables/scores.parquet');
    expect(distribution.every((each) => each['@type'] === 'cr:FileObject')).toBe(true);
  });
});

describe('data-card.md', () => {
  it('counts images, patients, scanners and exclusions with their reasons', async () => {
    const { card } = await exported('card', { card: { ...noCard, name: 'Knees', licence: 'CC-BY-4.0' } });
    expect(card).toMatch(
      /^# Knees\n\n3 images, exported as `original` by Residua 0\.1\.0 on 2026-01-01T12:00:00\.000Z/,
    );
    expect(card).toContain('They are of 2 patients. 3 studies. For research only.');
    expect(card).toContain('## Licence\n\nCC-BY-4.0');
    expect(card).toContain('| Modality | Images |\n| --- | --- |\n| CT | 3 |');
    expect(card).toContain('| Verdict | Images |\n| --- | --- |\n| keep | 2 |\n| undecided | 1 |');
    expect(card).toMatch(/\| chosen, but left out: .+ \| 1 \|/);
    expect(card).toContain('| not chosen; undecided | 1 |');
    expect(card).toContain('| not chosen; verdict reject: motion \\| blur | 1 |');
    expect(card).toContain('Scores: anomaly (run 1).');
    expect(card).toContain('| 1 | scores |  |  | residua 0.1.0, node 24.0.0 | 2026-01-01T12:00:00.000Z |');
    expect(card).toContain('| dates | removed |');
    expect(card).not.toContain('| Kind | Images |');
  });

  it('says so where no licence was stated and where identities are retained', async () => {
    const { card } = await exported('retained', { deidentification: null });
    expect(card).toContain('None was stated. Ask who made this data set');
    expect(card).toContain('Retained: names, dates and numbers of patients may be in these files.');
    expect(card).toContain('| Kind | Images |');
  });

  it('names nobody', async () => {
    const { card, croissant } = await exported('nobody');
    const text = card + JSON.stringify(croissant);
    expect(planter.planted.filter((planted) => text.includes(planted))).toEqual([]);
  });
});
