// Annotated anomalies: in their image, in the audit log, out to CSV and in again.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { auditEntries } from '../../src-main/catalog/tables/audit.ts';
import { annotationsOf } from '../../src-main/catalog/tables/marks.ts';
import { annotate, takeAway } from '../../src-main/curation/annotations/annotate.ts';
import { formatAnnotations, importAnnotations } from '../../src-main/curation/annotations/annotations-csv.ts';
import { verifyAudit } from '../../src-main/curation/audit/verify-audit.ts';
import { inWords } from '../../src-main/platform/words.ts';
import { noon, sampleCatalog, temporaryFolder } from '../catalog/sample-catalog.ts';

const needle = { x: 10, y: 20.5, width: 8, height: 4, label: 'needle', reviewer: 'Ada', at: noon };
const bob = { reviewer: 'Bob', at: noon };

describe('annotations', () => {
  it('are added and taken away by a reviewer; the audit log keeps both with the rectangle', () => {
    const catalog = sampleCatalog(1);
    const id = annotate(catalog, { ...needle, image: 1 });
    expect(annotationsOf(catalog, [1])).toEqual([{ ...needle, image: 1, id }]);
    takeAway(catalog, id, bob);
    expect(annotationsOf(catalog, [1])).toEqual([]);
    expect(auditEntries(catalog).map(({ actor, details }) => [actor, details.kind, details.x])).toEqual([
      ['Ada', 'add', 10],
      ['Bob', 'remove', 10],
    ]);
    expect(verifyAudit(catalog).faults).toEqual([]);
    expect(() => takeAway(catalog, id, bob)).toThrow('missing');
  });

  it('must lie in an image that is there', () => {
    const catalog = sampleCatalog(1);
    expect(() => annotate(catalog, { ...needle, image: 1, x: 60 })).toThrow('must lie in its image');
    expect(() => annotate(catalog, { ...needle, image: 1, y: -1 })).toThrow('must lie in its image');
    expect(() => annotate(catalog, { ...needle, image: 2 })).toThrow('missing');
    expect(auditEntries(catalog)).toEqual([]);
  });

  it('go out to a CSV and into another catalog, once', async () => {
    const catalog = sampleCatalog(2);
    annotate(catalog, { ...needle, image: 2 });
    const file = join(temporaryFolder(), 'annotations.csv');
    writeFileSync(file, formatAnnotations(catalog));
    const other = sampleCatalog(2);
    expect(await importAnnotations(other, file, bob)).toBe(1);
    expect(annotationsOf(other, [2])).toMatchObject([needle]);
    expect(await importAnnotations(other, file, bob)).toBe(0);
  });

  it('of a table with a bad row are not taken over at all; the row is named', async () => {
    const catalog = sampleCatalog(1);
    const file = join(temporaryFolder(), 'bad.csv');
    writeFileSync(file, 'image,x,y,width,height,label,reviewer\n1,0,0,5,5,clip,\n1,63,0,5,5,clip,\n');
    const words = await importAnnotations(catalog, file, bob).catch(inWords);
    expect(words).toContain('row 3');
    expect(annotationsOf(catalog, [1])).toEqual([]);
  });
});
