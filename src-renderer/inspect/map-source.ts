// Which runs cover the inspected image: whose reconstruction is shown, and which score maps there are.
import type { ScoreFamilyFacts } from '../../src-preload/schemas/catalog.ts';
import type { ImageDetail, MapName, ScoreName } from '../../src-preload/schemas/image.ts';

/** A score map of one run. */
export interface MapSource {
  readonly run: number;
  readonly map: MapName;
}

/** Map -> the score whose places it shows. */
export type MappedScores = ReadonlyMap<MapName, string>;

/** The maps that there may be: of both distances to a reconstruction, and of every one-pass family that has one, in its order. */
export const mappedScoresOf = (families: readonly Pick<ScoreFamilyFacts, 'name' | 'map' | 'onePass'>[]): MappedScores =>
  new Map([
    ['MSE', 'MSE patch'],
    ['WD', 'WD patch'],
    ...families.flatMap(({ name, map, onePass }): [MapName, string][] =>
      onePass && map !== null ? [[name, map.score]] : [],
    ),
  ]);

export const mapTitle = ({ run, map }: MapSource): string => `${map} (run ${run})`;
export const sameMap = (a: MapSource, b: MapSource): boolean => a.run === b.run && a.map === b.map;

/** All score maps of an image: newest run first, of each run in the order of `mapped`. */
export function mapsOf({ scores }: Pick<ImageDetail, 'scores'>, mapped: MappedScores): readonly MapSource[] {
  const runs = [...new Set(scores.map(({ name }) => name.run))].sort((a, b) => b - a);
  return runs.flatMap((run) =>
    [...mapped].flatMap(([map, score]) =>
      scores.some(({ name, value }) => name.run === run && name.score === score && value !== null)
        ? [{ run, map }]
        : [],
    ),
  );
}

/** The map to show: the requested one, else that of the list's score, else one of its run, else any. */
export function selectedMap(
  maps: readonly MapSource[],
  score: ScoreName | undefined,
  requested: MapSource | null,
): MapSource | undefined {
  const wanted = [
    (each: MapSource) => requested !== null && sameMap(each, requested),
    ({ run, map }: MapSource) => run === score?.run && score.score.startsWith(map),
    ({ run, map }: MapSource) => run === score?.run && map !== 'MSE',
    ({ run }: MapSource) => run === score?.run,
    ({ map }: MapSource) => map !== 'MSE',
  ];
  for (const fits of wanted) {
    const found = maps.find(fits);
    if (found !== undefined) return found;
  }
  return maps[0];
}

/** The run whose reconstruction is shown: the score's, else the newest; undefined: the image has none. */
export function reconstructedBy(
  { scores }: Pick<ImageDetail, 'scores'>,
  preferred: readonly (number | undefined)[],
): number | undefined {
  const runs = scores.filter(({ name }) => /^(MSE|WD) /.test(name.score)).map(({ name }) => name.run);
  return preferred.find((run) => run !== undefined && runs.includes(run)) ?? runs[0];
}
