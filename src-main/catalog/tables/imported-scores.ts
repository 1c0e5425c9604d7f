// Runs that hold scores of other programs: their names, and which end of each is abnormal.
import type { Catalog } from '../catalog.ts';
import { getRun, listRuns } from './runs.ts';
import type { ScoreName } from './scores.ts';

/** The kind of such a run. */
export const importedKind = 'imported scores';

export interface ImportedScore {
  readonly run: number;
  readonly name: string;
  readonly abnormal: 'high' | 'low';
}

const scoreOf = ({ id, parameters: { name, abnormal } }: ReturnType<typeof getRun>): ImportedScore => ({
  ...{ run: id, name: String(name) },
  abnormal: abnormal === 'low' ? 'low' : 'high',
});

/** Every imported score, the newest first. */
export function importedScores(catalog: Catalog): readonly ImportedScore[] {
  return listRuns(catalog)
    .filter(({ kind }) => kind === importedKind)
    .map(scoreOf);
}

/** 1, or -1 for an imported score whose low end is abnormal: times it, high values are the abnormal ones. */
export function abnormalSign(catalog: Catalog, { run }: ScoreName): 1 | -1 {
  const found = getRun(catalog, run);
  return found.kind === importedKind && scoreOf(found).abnormal === 'low' ? -1 : 1;
}
