// Every kind of run and what carries it out, which is loaded when the first of its kind has its turn.
import type { RunProgram, RunPrograms } from './run-program.ts';

const loaded =
  (load: () => Promise<RunProgram>): RunProgram =>
  async (run, tools) =>
    (await load())(run, tools);

export const runPrograms: RunPrograms = {
  import: { lane: 'light', program: loaded(async () => (await import('./import-run.ts')).importRun) },
  masks: { lane: 'light', program: loaded(async () => (await import('./masks-run.ts')).masksRun) },
  demonstration: {
    lane: 'light',
    program: loaded(async () => (await import('./demonstration-run.ts')).demonstrationRun),
  },
  export: { lane: 'light', program: loaded(async () => (await import('./export-run.ts')).exportRun) },
  train: { lane: 'heavy', program: loaded(async () => (await import('./train-run.ts')).trainRun) },
  project: { lane: 'heavy', program: loaded(async () => (await import('./project-run.ts')).projectRun) },
  score: { lane: 'heavy', program: loaded(async () => (await import('./score-run.ts')).scoreRun) },
  combination: { lane: 'light', program: loaded(async () => (await import('./combination-run.ts')).combinationRun) },
  typicality: { lane: 'heavy', program: loaded(async () => (await import('./typicality-run.ts')).typicalityRun) },
};
