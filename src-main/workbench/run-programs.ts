// Every kind of run and what carries it out.
import { combinationRun } from './combination-run.ts';
import { demonstrationRun } from './demonstration-run.ts';
import { exportRun } from './export-run.ts';
import { importRun } from './import-run.ts';
import { masksRun } from './masks-run.ts';
import { projectRun } from './project-run.ts';
import type { RunPrograms } from './run-program.ts';
import { scoreRun } from './score-run.ts';
import { trainRun } from './train-run.ts';
import { typicalityRun } from './typicality-run.ts';

export const runPrograms: RunPrograms = {
  import: { lane: 'light', program: importRun },
  masks: { lane: 'light', program: masksRun },
  demonstration: { lane: 'light', program: demonstrationRun },
  export: { lane: 'light', program: exportRun },
  train: { lane: 'heavy', program: trainRun },
  project: { lane: 'heavy', program: projectRun },
  score: { lane: 'heavy', program: scoreRun },
  combination: { lane: 'light', program: combinationRun },
  typicality: { lane: 'heavy', program: typicalityRun },
};
