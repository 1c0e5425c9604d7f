// What a query finds: studies with those of their series that fit, and how many instances these have.
import type { Found, FoundStudy, PacsQuery } from '../../src-preload/schemas/pacs.ts';
import { checkLimit } from './limits.ts';
import type { PacsSource, SeriesAnswer, StudyAnswer } from './source.ts';

/** A series that is to be fetched. */
export interface PlannedSeries {
  readonly patientId: string;
  readonly study: string;
  readonly series: string;
  readonly instances: number;
}

export interface Plan {
  readonly found: Found;
  readonly series: readonly PlannedSeries[];
}

/**
 * Asks a PACS. What it answers is compared with the query: a PACS that ignores a condition, or answers something else, changes
 * nothing. Throws `peer`, `limit`, `cancelled`.
 */
export async function findSeries(
  source: PacsSource,
  query: PacsQuery,
  signal: AbortSignal,
  parallel = 4,
): Promise<Plan> {
  const answers = await source.studies(query, signal);
  const studies = [...new Map(answers.map((study) => [study.study, study])).values()]
    .filter((study) => fitsStudy(query, study))
    .toSorted((a, b) => b.date.localeCompare(a.date) || a.study.localeCompare(b.study));
  const parts: { study: FoundStudy; series: readonly PlannedSeries[] }[] = new Array(studies.length);
  let next = 0;
  let total = 0;
  const work = async () => {
    for (let at = next++; at < studies.length; at = next++) {
      const part = await seriesOf(source, query, studies[at]!, signal);
      parts[at] = part;
      total += part.series.length;
      checkLimit('series', `the number of series that ${source.name} finds`, total);
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  const fitting = parts.filter(({ series }) => series.length > 0);
  const series = fitting.flatMap((part) => part.series);
  const instances = series.reduce((sum, each) => sum + each.instances, 0);
  checkLimit('instances', `the number of instances that ${source.name} finds`, instances);
  return { found: { studies: fitting.map(({ study }) => study), series: series.length, instances }, series };
}

async function seriesOf(source: PacsSource, query: PacsQuery, study: StudyAnswer, signal: AbortSignal) {
  const answers = await source.series(study.study, signal);
  const unique = [...new Map(answers.map((series) => [series.series, series])).values()];
  const series: PlannedSeries[] = [];
  const fitting = unique.filter((each) => fitsSeries(query, study, each));
  for (const { series: name, instances } of fitting) {
    const count = instances ?? (await source.instances(study.study, name, signal)).length;
    series.push({ patientId: study.patientId, study: study.study, series: name, instances: count });
  }
  const distinct = (values: readonly string[]) => [...new Set(values.filter(Boolean))].toSorted();
  const found: FoundStudy = {
    study: study.study,
    patientId: study.patientId,
    patientName: study.patientName,
    date: study.date,
    description: study.description,
    modalities: distinct(fitting.map(({ modality }) => modality)),
    bodyParts: distinct(fitting.map(({ bodyPart }) => bodyPart)),
    series: series.length,
    instances: series.reduce((sum, each) => sum + each.instances, 0),
  };
  return { study: found, series };
}

function fitsStudy({ patientId, patientName, from, to, studies }: PacsQuery, study: StudyAnswer): boolean {
  if (studies.length > 0 && !studies.includes(study.study)) return false;
  if (patientId !== null && !matches(patientId, study.patientId)) return false;
  if (patientName !== null && !matches(nameText(patientName), nameText(study.patientName))) return false;
  const day = /^\d{8}$/.test(study.date) ? study.date : '';
  return (from === null || day >= from) && (to === null || (day !== '' && day <= to));
}

function fitsSeries(
  { modalities, bodyPart, description }: PacsQuery,
  study: StudyAnswer,
  series: SeriesAnswer,
): boolean {
  if (modalities.length > 0 && !modalities.includes(series.modality)) return false;
  if (bodyPart !== null && !matches(bodyPart.toLowerCase(), series.bodyPart.toLowerCase())) return false;
  if (description === null) return true;
  const pattern = description.toLowerCase();
  const anywhere = /[*?]/.test(pattern) ? pattern : `*${pattern}*`;
  return [study.description, series.description].some((text) => matches(anywhere, text.toLowerCase()));
}

/** A name without accents, case, and empty components at its end: a PACS may take them for the same. */
function nameText(name: string): string {
  const [alphabetic = ''] = name.split('=');
  return alphabetic.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/\^+$/, '');
}

/**
 * Whether all of a text fits a pattern with * and ? (PS3.4 C.2.2.2.4). Goes back to the last * only, so that no pattern takes long.
 */
export function matches(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  let p = 0;
  while (at < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      resume = at;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[at])) {
      p++;
      at++;
    } else if (star >= 0) {
      p = star + 1;
      at = ++resume;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
