// Ranges of numbers as text, and removals that leave scans and scores as if the images had never been.
import { describe, expect, it } from 'vitest';
import { listColumns, writeColumn } from '../../src-main/catalog/tables/columns.ts';
import { importFiles } from '../../src-main/catalog/tables/files.ts';
import { forgetRemoved, hasRemovedFrames } from '../../src-main/catalog/tables/removal.ts';
import { createRun, recordResults } from '../../src-main/catalog/tables/runs.ts';
import { refreshScanScores } from '../../src-main/catalog/tables/scan-scores.ts';
import { verifyAudit } from '../../src-main/curation/audit/verify-audit.ts';
import { rangesHold, textOfRanges } from '../../src-main/curation/removal/ranges.ts';
import { removeImages } from '../../src-main/curation/removal/remove-images.ts';
import { emptyCatalog, noon, sampleFile } from '../catalog/sample-catalog.ts';

describe('ranges', () => {
  it('say many numbers briefly, and hold no other ones', () => {
    const numbers = [1, 2, 3, 7, 9, 10, 400];
    const text = textOfRanges(numbers);
    expect(text).toBe('1-3,7,9-10,400');
    const holds = rangesHold(text);
    expect(Array.from({ length: 500 }, (_, number) => number).filter(holds)).toEqual(numbers);
    expect([textOfRanges([]), rangesHold('')(0), rangesHold(undefined)(1), rangesHold('x;DROP')(1)]).toEqual([
      '',
      false,
      false,
      false,
    ]);
  });
});

describe('removing slices', () => {
  it('scores the scan by those that are left, and takes an empty scan away', async () => {
    const catalog = emptyCatalog();
    const slices = [1, 2, 3].map((frame) => ({
      frame,
      name: `s #${frame}`,
      width: 8,
      height: 8,
      bits: 8,
      scan: 'file x',
      position: frame,
    }));
    importFiles(catalog, [{ ...sampleFile(1), images: slices }, sampleFile(2)], noon);
    const run = createRun(catalog, {
      kind: 'score',
      title: 'score',
      parameters: {},
      provenance: {},
      images: Uint32Array.of(1, 2, 3),
      at: noon,
    });
    recordResults(
      catalog,
      run,
      [1, 2, 3].map((image) => ({ image, scores: [{ score: 'x', value: image * 10 }] })),
    );
    refreshScanScores(catalog, run);
    catalog.run(`UPDATE runs SET state = 'done'`);
    const maxima = () => catalog.column<number>('SELECT maximum FROM scan_scores');
    expect(maxima()).toEqual([30]);
    await removeImages(catalog, { images: [3], actor: 'A', at: noon });
    expect(maxima()).toEqual([20]);
    // The file is still there for the others: nothing keeps an import from seeing it as it is.
    expect(catalog.column('SELECT count(*) FROM removed_files')).toEqual([0]);
    await removeImages(catalog, { images: [1, 2], actor: 'A', at: noon });
    expect(maxima()).toEqual([]);
    expect(catalog.column('SELECT key FROM scans')).toEqual([]);
    expect(catalog.column('SELECT path FROM files')).toEqual(['folder/image-0002.png']);
    expect(catalog.integrityFaults()).toEqual([]);
    expect(verifyAudit(catalog)).toMatchObject({ entries: 2, faults: [] });
  });

  it('keeps a frame away when its file is read again, until it is asked for', async () => {
    const catalog = emptyCatalog();
    const frame = (number: number) => ({ frame: number, name: `s #${number}`, width: 8, height: 8, bits: 8 });
    const file = { ...sampleFile(1), images: [0, 1, 2].map(frame) };
    importFiles(catalog, [file], noon);
    await removeImages(catalog, { images: [2], actor: 'A', at: noon });
    expect(hasRemovedFrames(catalog, file)).toBe(true);
    expect(importFiles(catalog, [file], noon)).toEqual([{ outcome: 'known', images: [1, 3] }]);
    forgetRemoved(catalog, [file], { frames: false });
    expect(importFiles(catalog, [file], noon)[0]!.images).toEqual([1, 3]);
    forgetRemoved(catalog, [file], { frames: true });
    expect(hasRemovedFrames(catalog, file)).toBe(false);
    expect(importFiles(catalog, [file], noon)[0]!.images).toEqual([1, 4, 3]);
    expect(verifyAudit(catalog).faults).toEqual([]);
  });

  it('takes values of columns that no other image has', async () => {
    const catalog = emptyCatalog();
    importFiles(catalog, [sampleFile(1), sampleFile(2)], noon);
    const dose = { name: 'dose', tag: null };
    writeColumn(
      catalog,
      dose,
      [
        [1, 'Mrs Smith'],
        [2, '4'],
      ],
      noon,
    );
    expect(listColumns(catalog)[0]!.isNumber).toBe(false);
    await removeImages(catalog, { images: [1], actor: 'A', at: noon });
    expect(catalog.column('SELECT text FROM metadata_terms')).toEqual(['4']);
    expect(listColumns(catalog)[0]!.isNumber).toBe(true);
  });

  it('knows every table that refers to images', async () => {
    const catalog = emptyCatalog();
    importFiles(catalog, [sampleFile(1)], noon);
    // A table of a later version, which this one does not know.
    catalog.run('CREATE TABLE placed (image INTEGER PRIMARY KEY REFERENCES images, x REAL NOT NULL) STRICT');
    catalog.run('INSERT INTO placed (image, x) VALUES (1, 0.5)');
    await removeImages(catalog, { images: [1], actor: 'A', at: noon });
    expect(catalog.column('SELECT count(*) FROM placed')).toEqual([0]);
    expect(catalog.integrityFaults()).toEqual([]);
  });
});
