// Methods of curation beside single verdicts: splits, leaks, duplicates, tables of verdicts and annotations, audit, backup.
import type { curationMethods as contract } from '../../../src-preload/contract/curation.ts';
import { appendAudit } from '../../catalog/tables/audit.ts';
import { imageHashes } from '../../catalog/tables/image-hashes.ts';
import { formatAnnotations, importAnnotations } from '../../curation/annotations/annotations-csv.ts';
import { judgeText } from '../../curation/annotations/judge-text.ts';
import { verifyAudit } from '../../curation/audit/verify-audit.ts';
import { backupCatalog, keyPath } from '../../curation/backup/backup-catalog.ts';
import { duplicateGroups, nearDuplicateGroups } from '../../curation/cohorts/duplicates.ts';
import { cohortLeaks, unknownPatients } from '../../curation/cohorts/leaks.ts';
import type { SplitPreview } from '../../curation/cohorts/split-balance.ts';
import { previewSplit, splitCohort } from '../../curation/cohorts/split-cohort.ts';
import { withdraw } from '../../curation/cohorts/withdraw.ts';
import { exportKey, importKey } from '../../curation/deidentification/pseudonyms.ts';
import { compareWithAudit } from '../../curation/export/verify-export.ts';
import { formatDecisions, importDecisions } from '../../curation/verdicts/decisions-csv.ts';
import { FolderReader, skippedLine } from '../../decoder/folder-images.ts';
import { annotateFromMasks } from '../../holdings/annotation-masks.ts';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { now } from '../../platform/time.ts';
import type { MethodsOf } from './method.ts';

const copied = (groups: readonly (readonly number[])[]): number[][] => groups.map((group) => [...group]);

/** Lists as the contract has them. */
const copiedPreview = ({ parts, ...counts }: SplitPreview) => ({
  ...counts,
  parts: parts.map(({ kinds, sexes, scanners, ...part }) => ({
    ...part,
    ...{ kinds: [...kinds], sexes: [...sexes], scanners: [...scanners] },
  })),
});

export const curationMethods: MethodsOf<keyof typeof contract> = {
  'cohorts.split': (request, service) => splitCohort(service.open().catalog, { ...request, at: now() }),
  'cohorts.preview': (request, service) => copiedPreview(previewSplit(service.open().catalog, request)),
  'cohorts.withdraw': ({ id, images, actor }, service) => ({
    images: withdraw(service.open().catalog, { cohort: id, images, actor, at: now() }),
  }),
  'cohorts.leaks': ({ first, second, distance }, service) => {
    const { catalog } = service.open();
    return { leaks: cohortLeaks(catalog, first, second, distance), ...unknownPatients(catalog, [first, second]) };
  },
  'cohorts.duplicates': ({ cohort, distance }, service) => {
    const { catalog } = service.open();
    const images = imageHashes(catalog, cohort);
    const same = duplicateGroups(images);
    const known = new Set(same.map((group) => group.join()));
    const near = nearDuplicateGroups(images, distance).filter((group) => !known.has(group.join()));
    return { same: copied(same), near: copied(near), images: images.length };
  },
  'verdicts.export': async ({ file }, service) => {
    await writeFileAtomic(file, formatDecisions(service.open().catalog, {}));
    return {};
  },
  'verdicts.import': async ({ file, reviewer }, service) => {
    const { catalog, decoder } = service.open();
    return { images: await importDecisions(catalog, file, { reviewer, at: now() }, decoder.table) };
  },
  'annotations.export': async ({ file }, service) => {
    await writeFileAtomic(file, formatAnnotations(service.open().catalog));
    return {};
  },
  'annotations.import': async ({ file, reviewer }, service) => ({
    added: await importAnnotations(service.open().catalog, file, { reviewer, at: now() }),
  }),
  'annotations.text': ({ label, reviewer, images }, service) => ({
    added: judgeText(service.open().catalog, {
      ...{ label, reviewer, at: now() },
      images: images && new Set(images),
    }),
  }),
  'annotations.masks': async ({ folder, reviewer }, service, control) => {
    const reader = new FolderReader();
    try {
      const by = { reviewer, at: now() };
      const { skipped, ...counts } = await annotateFromMasks(service.open().catalog, folder, by, reader, control);
      return { ...counts, skipped: skipped.map(skippedLine) };
    } finally {
      await reader.close();
    }
  },
  'audit.verify': ({ head }, service) => verifyAudit(service.open().catalog, head),
  'audit.export': ({ folder }, service) => compareWithAudit(service.open().catalog, folder),
  'pseudonyms.export': async ({ file, actor }, service) => {
    const { catalog } = service.open();
    await exportKey(catalog.path(keyPath), file);
    appendAudit(catalog, { at: now(), actor, event: 'pseudonym key exported', details: {} });
    return {};
  },
  'pseudonyms.import': async ({ file, actor }, service) => {
    const { catalog } = service.open();
    const imported = await importKey(catalog.path(keyPath), file);
    if (imported) appendAudit(catalog, { at: now(), actor, event: 'pseudonym key imported', details: {} });
    return { imported };
  },
  'catalog.backup': ({ target }, service, control) => backupCatalog(service.open().catalog, target, control),
};
