// The areas under the ROC curves of an evaluation, for the terminal.

import { intervalText } from '../../src-preload/interval-text.ts';
import type { Judgement } from '../evaluation/judgement.ts';
import { textTable } from './text-table.ts';

/** One row per pair, one column per score: AUROC with its interval; the last row is the mean over the pairs. */
export function aurocTable({ pairs, scores }: Judgement): string {
  const rows = pairs.map(({ anomalous, normal }, pair) => {
    const { anomalous: ill, normal: well } = scores[0]!.detections[pair]!;
    const cells = scores.map(({ detections }) => {
      const { auroc, lower, upper } = detections[pair]!;
      return `${auroc.toFixed(2)} (${intervalText(lower, upper, '-')})`;
    });
    return [anomalous, normal, `${ill}:${well}`, ...cells];
  });
  const means = ['mean', '', '', ...scores.map(({ meanAuroc }) => meanAuroc.toFixed(2))];
  const table = textTable(['kind', 'baseline', 'images', ...scores.map(({ name }) => name.score)], [...rows, means]);
  const alone = scores.some(({ detections }) => detections.some(({ lower }) => lower === null));
  return alone ? `${table}\n(-) no interval: it takes images of two patients at least of each kind` : table;
}
