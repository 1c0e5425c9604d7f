// Methods of reports about images.
import type { Received } from '../../../src-preload/contract.ts';
import type { ImageDetail } from '../../../src-preload/schemas/image.ts';
import type { RunDetail } from '../../../src-preload/schemas/run.ts';
import { EntryReader } from '../../archive/entry-reader.ts';
import { imageRecord } from '../../catalog/tables/images.ts';
import { safePicture } from '../../curation/report/safe-picture.ts';
import { imageReport, type ReportedImage, type ReportedMap, type ReportedRun } from '../../evaluation/image-report.ts';
import { entryOf, readImage } from '../../holdings/catalog-images.ts';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { isProblem } from '../../platform/errors.ts';
import type { MethodsNamed, Service } from './method.ts';

const pictureSize = 480;

export const reportMethods: MethodsNamed<'reports'> = {
  'reports.images': async (request, service) => ({ html: await reportOf(request, service) }),
  'reports.write': async ({ file, ...request }, service) => {
    await writeFileAtomic(file, await reportOf(request, service));
    return {};
  },
};

async function reportOf({ images, texts, remark }: Received<'reports.images'>, service: Service): Promise<string> {
  const { catalog, decoder } = service.open();
  const reader = new EntryReader();
  try {
    const reported: ReportedImage[] = [];
    for (const id of images) {
      const record = imageRecord(catalog, id);
      const sources = {
        read: () => reader.read(entryOf(record)),
        decode: () => readImage(catalog, decoder, id),
      };
      const picture = await safePicture(catalog, record, sources, pictureSize);
      const detail = await service.call('images.detail', { id });
      // A map of a picture that is held back would show what the picture shows.
      const maps = 'png' in picture ? await mapsOf(detail, service) : [];
      reported.push({ detail, picture, maps, texts });
    }
    const runs = [...new Set(reported.flatMap(({ detail }) => detail.scores.map(({ name }) => name.run)))];
    const details = await Promise.all(runs.map((id) => service.call('runs.detail', { id })));
    return await imageReport(reported, details.map(factsOf), remark);
  } finally {
    await reader.close();
  }
}

/** The newest map of each family that has one. */
async function mapsOf(detail: ImageDetail, service: Service): Promise<readonly ReportedMap[]> {
  const { families } = await service.call('scores.families', {});
  const found = await Promise.all(
    families.map(async ({ name, map }): Promise<readonly ReportedMap[]> => {
      const own = map === null ? undefined : detail.scores.find((score) => score.name.score === map.score);
      if (own === undefined || own.value === null) return [];
      try {
        const { width, height, values } = await service.call('images.map', {
          ...{ id: detail.row.id, run: own.name.run, map: name },
        });
        return [{ name, width, height, values }];
      } catch (error) {
        // A run that kept no maps.
        if (isProblem(error, 'missing')) return [];
        throw error;
      }
    }),
  );
  return found.flat();
}

/** What of a run's provenance says how it was computed, and nothing of whose images. */
function factsOf({ run, provenance }: RunDetail): ReportedRun {
  const texts = (value: unknown, name: string): readonly (readonly [string, string])[] =>
    typeof value === 'string' || typeof value === 'number'
      ? [[name, String(value)]]
      : typeof value === 'object' && value !== null
        ? Object.entries(value).flatMap(([part, inner]) => texts(inner, `${name} ${part}`))
        : [];
  const told = ['versions', 'device', 'networkSha256', 'seed'].flatMap((name) => texts(provenance[name], name));
  return { id: run.id, kind: run.kind, startedAt: run.startedAt, facts: Object.fromEntries(told) };
}
