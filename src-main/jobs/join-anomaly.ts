// After a run: `anomaly` and its reason again, over every family that was computed of the same images by this and other runs.
import type { Catalog } from '../catalog/catalog.ts';
import {
  calibratedRuns,
  calibrationOf,
  scoreReasonsOf,
  type ValuesByImage,
  valuesOfImages,
} from '../catalog/tables/calibration.ts';
import { doneItems, extendProvenance, getRun, recordResults } from '../catalog/tables/runs.ts';
import { refreshScanScores } from '../catalog/tables/scan-scores.ts';
import type { ImageResult } from '../catalog/tables/scores.ts';
import { checkpoint } from '../platform/job.ts';
import { familyNamed, scoreFamilies } from '../scoring/families.ts';
import type { FamilyResult, Reason } from '../scoring/family.ts';
import { anomalyJudge, type Found } from '../scoring/judge-anomaly.ts';
import { fewestNormals } from '../statistics/anomaly.ts';
import type { RunTools } from './run-program.ts';

/** Images of one transaction; between two of them others of the process have their turn. */
const batchSize = 500;

/** A run that takes part, what its held-out normals score, and the families that are taken from it. */
interface Part {
  readonly run: number;
  readonly normals: ValuesByImage;
  readonly families: readonly string[];
}

/**
 * Judges the images of a run by all that is known of them: its own families, and those of the newest other runs that were calibrated on some of
 * the same held-out normals. Those runs' images are judged by the same together. Nothing happens to a run without held-out normals.
 */
export async function joinAnomaly(run: number, tools: RunTools): Promise<void> {
  const parts = partsOf(tools.catalog, run);
  // While it ran, a run of one-pass scores has judged by its own families.
  if (parts.length === 1 && getRun(tools.catalog, run).kind === 'scores') return;
  for (const { run: each } of parts) {
    await judgeRun(tools.catalog, each === run ? parts : partsOf(tools.catalog, each), tools);
    if (each !== run) refreshScanScores(tools.catalog, each);
  }
  tools.changed('scores');
}

/** The run itself first; then others, newest first, each with the families that none before it has. */
function partsOf(catalog: Catalog, run: number): readonly Part[] {
  const parts: Part[] = [];
  let common: ReadonlySet<number> | undefined;
  for (const each of [run, ...calibratedRuns(catalog).filter((other) => other !== run)]) {
    const normals = calibrationOf(catalog, each);
    const taken = new Set(parts.flatMap(({ families }) => families));
    const families = familiesOf(normals).filter((family) => !taken.has(family));
    const images = new Set(normals.keys());
    const shared: ReadonlySet<number> = common === undefined ? images : common.intersection(images);
    if (families.length > 0 && shared.size >= fewestNormals) {
      common = shared;
      parts.push({ run: each, normals, families });
    } else if (each === run) return [];
  }
  return parts;
}

function familiesOf(normals: ValuesByImage): readonly string[] {
  const [scores = {}] = normals.values();
  return scoreFamilies.filter((family) => family.scores.some(({ name }) => name in scores)).map(({ name }) => name);
}

async function judgeRun(catalog: Catalog, parts: readonly Part[], tools: RunTools): Promise<void> {
  const [{ run }] = parts as [Part];
  const normals = [...new Set(parts.flatMap((part) => [...part.normals.keys()]))].map((image) =>
    parts.flatMap((part) => foundBy(part, part.normals.get(image), [])),
  );
  // An image that another run has not seen is judged by what there is.
  const judges = new Map<string, ReturnType<typeof anomalyJudge>>();
  const judgeFor = (found: Found) => {
    const families = found.map(({ family }) => family);
    const key = families.join();
    if (!judges.has(key)) {
      judges.set(key, anomalyJudge(normals.map((own) => own.filter(({ family }) => families.includes(family)))));
    }
    return judges.get(key)!;
  };
  const images = doneItems(catalog, run);
  for (let start = 0; start < images.length; start += batchSize) {
    checkpoint(tools, 'scores');
    const batch = images.slice(start, start + batchSize);
    const known = parts.map((part) => ({
      part,
      values: valuesOfImages(catalog, part.run, batch),
      reasons: scoreReasonsOf(catalog, part.run, batch),
    }));
    const results = batch.flatMap((image): ImageResult[] => {
      const found = known.flatMap(({ part, values, reasons }) =>
        foundBy(part, values.get(image), reasons.get(image) ?? []),
      );
      const judged = judgeFor(found)?.(found);
      if (judged === undefined) return [];
      const scores = Object.entries(judged.result.values).map(([score, value]) => ({ score, value }));
      return [{ image, scores, why: judged.why }];
    });
    recordResults(catalog, run, results);
    tools.report({
      stage: 'joining the scores',
      done: Math.min(start + batchSize, images.length),
      total: images.length,
    });
    await new Promise((resolve) => setImmediate(resolve));
  }
  const families = parts.flatMap((part) => part.families);
  const others = parts.slice(1).map((part) => part.run);
  const from = others.length === 0 ? '' : `, with those of run ${others.join(' and ')}`;
  tools.log('information', `anomaly of run ${run} covers ${families.join(', ')}${from}`);
  extendProvenance(catalog, run, { anomaly: { families, runs: parts.map((part) => part.run) } });
}

/** What a part's families found in an image; a family that lacks a score that takes part, of all that its normals have, is left out. */
function foundBy(
  { families, normals }: Part,
  values: Readonly<Record<string, number>> | undefined,
  said: readonly (Reason & { readonly score: string })[],
): Found {
  if (values === undefined) return [];
  const [usual = {}] = normals.values();
  const reasons: FamilyResult['reasons'] = Object.fromEntries(
    said.map(({ score, reason, place }) => [score, { reason, place }]),
  );
  return families.flatMap((family) => {
    const names = familyNamed(family)!.scores.flatMap(({ name, reason }) =>
      reason !== undefined && name in usual ? [name] : [],
    );
    if (names.some((name) => !(name in values))) return [];
    return [{ family, values: Object.fromEntries(names.map((name) => [name, values[name]!])), reasons }];
  });
}
