// Text: lines of writing that are burned into the pixels, such as names and dates. It needs no normals.

import { textScores } from '../../../src-preload/text-scores.ts';
import type { ScoreFamily } from '../family.ts';

export const text: ScoreFamily = {
  name: 'text',
  title: 'Burned-in text',
  scores: [
    {
      name: textScores.lines,
      meaning: 'lines of text in the pixels that could be read, each shown as a box',
      unit: 'lines',
      abnormal: 'high',
    },
    {
      name: textScores.confidence,
      meaning: 'how surely the clearest line of text was read; 0 where there is none',
      unit: 'probability',
      abnormal: 'high',
    },
  ],
  map: null,
  needs: [],
  looksAtOriginals: true,
  cost: 'forward pass',
  source: 'Liao et al. 2020, arXiv:1911.08947 (DB); Du et al. 2022, arXiv:2205.00159 (SVTR); PaddlePaddle PP-OCRv4',
  open: async () => (await import('../text/text-scorer.ts')).openText(),
};
