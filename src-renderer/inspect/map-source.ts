// Which runs cover the inspected image: whose reconstruction is shown, and which score maps there are.
import type { ImageDetail, MapName, ScoreName } from '../../src-preload/schemas/image.ts';

/** A score map of one run. */
export interface MapSource {
  readonly run: number;
  readonly map: MapName;
}

/** The score whose places a map shows. */
export const mappedScores: { readonly [M in MapName]: string } = {
  MSE: 'MSE patch',
  WD: 'WD patch',
  typicality: 'feature residual',
};

export const mapTitle = ({ run, map }: MapSource): string => `${map} (run ${run})`;
export const sameMap = (a: MapSource, b: MapSource): boolean => a.run === b.run && a.map === b.map;

/** All score maps of an image, newest run first. */
export function mapsOf({ scores }: Pick<ImageDetail, 'scores'>): readonly MapSource[] {
  const names = Object.entries(mappedScores) as [MapName, string][];
  return scores.flatMap(({ name, value }) => {
    const found = names.find(([, score]) => score === name.score);
    return found === undefined || value === null ? [] : [{ run: name.run, map: found[0] }];
  });
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
