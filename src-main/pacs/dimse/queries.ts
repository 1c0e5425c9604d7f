// What C-FIND is asked at each level, and what its answers say (PS3.4 C.6.2).
import { type PacsQuery, uid } from '../../../src-preload/schemas/pacs.ts';
import { type Elements, encodeElements, Malformed, plainText, textOf, type Written } from '../data-set.ts';
import type { limits } from '../limits.ts';
import type { SeriesAnswer, StudyAnswer } from '../source.ts';
import type { InstanceAnswer, Wanted } from '../wanted.ts';

/** One query, and how its answers are read. `facts` throws `Malformed`. */
export interface Question<T> {
  readonly identifier: Buffer;
  /** Of the number of answers. */
  readonly limit: keyof typeof limits;
  readonly facts: (elements: Elements) => T;
}

function question<T>(
  level: 'STUDY' | 'SERIES' | 'IMAGE',
  keys: readonly Written[],
  limit: keyof typeof limits,
  facts: (elements: Elements) => T,
): Question<T> {
  const written: readonly Written[] = [[0x0008_0005, 'ISO_IR 192'], [0x0008_0052, level], ...keys];
  return { identifier: encodeElements(written.toSorted(([a], [b]) => a - b)), limit, facts };
}

/** One query, or one for each study that is named. */
export function studyQuestions(query: PacsQuery): readonly Question<StudyAnswer>[] {
  const date = query.from === null && query.to === null ? '' : `${query.from ?? ''}-${query.to ?? ''}`;
  const facts = (elements: Elements): StudyAnswer => ({
    study: uidOf(elements, 0x0020_000d),
    patientId: textOf(elements, 0x0010_0020),
    patientName: textOf(elements, 0x0010_0010),
    date: textOf(elements, 0x0008_0020),
    description: textOf(elements, 0x0008_1030),
    modalities: textOf(elements, 0x0008_0061).split('\\').filter(Boolean),
  });
  const studies = query.studies.length === 0 ? [''] : query.studies;
  return studies.map((study) => {
    const keys: readonly Written[] = [
      [0x0008_0020, date],
      // One modality is asked for; the series say which they have, whatever the PACS makes of that.
      [0x0008_0061, query.modalities.length === 1 ? query.modalities[0]! : ''],
      [0x0008_1030, ''],
      [0x0010_0010, query.patientName ?? ''],
      [0x0010_0020, query.patientId ?? ''],
      [0x0020_000d, study],
    ];
    return question('STUDY', keys, 'studies', facts);
  });
}

export function seriesQuestion(study: string): Question<SeriesAnswer> {
  const keys: readonly Written[] = [
    [0x0008_0060, ''],
    [0x0008_103e, ''],
    [0x0018_0015, ''],
    [0x0020_000d, study],
    [0x0020_000e, ''],
    [0x0020_1209, ''],
  ];
  return question('SERIES', keys, 'series', (elements) => {
    const count = plainText(elements, 0x0020_1209);
    return {
      series: uidOf(elements, 0x0020_000e),
      modality: textOf(elements, 0x0008_0060),
      bodyPart: textOf(elements, 0x0018_0015),
      description: textOf(elements, 0x0008_103e),
      instances: /^\d{1,9}$/.test(count) ? Number(count) : null,
    };
  });
}

export function instancesQuestion(study: string, series: string): Question<InstanceAnswer> {
  const keys: readonly Written[] = [
    [0x0008_0016, ''],
    [0x0008_0018, ''],
    [0x0020_000d, study],
    [0x0020_000e, series],
  ];
  return question('IMAGE', keys, 'instancesOfSeries', (elements) => ({
    instance: uidOf(elements, 0x0008_0018),
    sopClass: plainText(elements, 0x0008_0016),
  }));
}

/** Names instances, all of one series, for C-GET and C-MOVE. */
export function identifierOf(batch: readonly Wanted[]): Buffer {
  const { study, series } = batch[0]!;
  return encodeElements([
    [0x0008_0018, batch.map(({ instance }) => instance).join('\\')],
    [0x0008_0052, 'IMAGE'],
    [0x0020_000d, study],
    [0x0020_000e, series],
  ]);
}

function uidOf(elements: Elements, tag: number): string {
  const parsed = uid.safeParse(plainText(elements, tag));
  if (parsed.success) return parsed.data;
  throw new Malformed('it has no valid identifier');
}
