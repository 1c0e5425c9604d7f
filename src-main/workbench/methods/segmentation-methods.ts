// Methods about segmentations: Dice from a table, scans by score and by Dice, how well the score finds the bad ones.
import { listStructures, type SegmentedCase, segmentedCases } from '../../catalog/tables/segmentations.ts';
import { withEngine } from '../../engine/start-engine.ts';
import { importDice } from '../../evaluation/dice.ts';
import type { ScoredGroup } from '../../statistics/scores.ts';
import type { MethodsNamed } from './method.ts';

export const segmentationMethods: MethodsNamed<'segmentation'> = {
  'segmentation.structures': (_, service) => ({ structures: listStructures(service.open().catalog) }),
  'segmentation.dice': async ({ file }, service) => {
    const taken = await importDice(service.open().catalog, file);
    return taken;
  },
  'segmentation.cases': ({ score, by, structure }, service) => ({
    cases: segmentedCases(service.open().catalog, score, by, structure).map(({ patient: _patient, ...rest }) => rest),
  }),
  'segmentation.detection': async ({ score, by, structure, below }, service, control) => {
    const cases = segmentedCases(service.open().catalog, score, by, structure);
    const comparison = {
      anomalous: groupOf(cases.filter(({ dice }) => dice < below)),
      normal: groupOf(cases.filter(({ dice }) => dice >= below)),
    };
    if (comparison.anomalous.scores.length === 0 || comparison.normal.scores.length === 0) return { detection: null };
    const [detection] = await withEngine(service.launch, {}, (engine) =>
      engine.call('detection', [comparison], control),
    );
    return { detection: detection! };
  },
};

const groupOf = (cases: readonly SegmentedCase[]): ScoredGroup => ({
  scores: cases.map(({ score }) => score),
  patients: cases.map(({ patient }) => patient ?? undefined),
});
