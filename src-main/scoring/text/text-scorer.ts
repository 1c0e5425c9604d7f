// Computes the family `text`: how many lines of text can be read in the pixels of each image, and where they are.

import { textScores } from '../../../src-preload/text-scores.ts';
import type { FamilyScorer } from '../family.ts';
import { openTextFinder } from './find-text.ts';

/** Learns nothing: text is text. Its results are the same whatever the normals and the other images are. */
export async function openText(): Promise<FamilyScorer> {
  const finder = await openTextFinder();
  return {
    learn: async () => {},
    fit: async () => {},
    score: async (images, step, _masks, originals = []) => {
      const results = [];
      for (const index of images.keys()) {
        step();
        const original = originals[index];
        // A normal that only calibrates other families comes without.
        if (original === undefined) {
          results.push({ values: {}, map: null });
          continue;
        }
        const found = await finder.find(original);
        const boxes = found.map(({ left, top, right, bottom, confidence }) => ({
          ...{ x: left, y: top, width: right - left, height: bottom - top },
          value: confidence,
        }));
        const values = { [textScores.lines]: boxes.length, [textScores.confidence]: boxes[0]?.value ?? 0 };
        results.push({ values, map: null, boxes: { [textScores.lines]: boxes } });
      }
      return results;
    },
    release: finder.release,
  };
}
