// Text that was found in pixels, and what readers say of it: confirmed, to be blacked out in exports, or allowed.

import { textScores } from '../../../src-preload/text-scores.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { imageRecord } from '../../catalog/tables/images.ts';
import { type Annotation, annotationsOfFile, type Rectangle } from '../../catalog/tables/marks.ts';
import { type Box, imagesWithBoxes, newestBoxesOfFile } from '../../catalog/tables/scores.ts';
import { annotate } from './annotate.ts';
import { isAboutText, type TextLabel, textLabels } from './text-labels.ts';

/** What readers confirmed as text on any frame of an image's file: it is blacked out in every frame. */
export function confirmedText(catalog: Catalog, image: number): readonly Rectangle[] {
  return annotationsOfFile(catalog, image).filter(({ label }) => label === textLabels.text);
}

/** Boxes of the newest look for text, on any frame of an image's file, that no annotation about text covers by half or more. */
export function unjudgedText(catalog: Catalog, image: number): readonly (Box & { readonly image: number })[] {
  const judged = annotationsOfFile(catalog, image).filter(isAboutText);
  return newestBoxesOfFile(catalog, image, textScores.lines).filter(
    (box) => !judged.some((mark) => common(box, mark) >= 0.5 * box.width * box.height),
  );
}

/**
 * Annotates every box that nobody has judged as text or as a side marker, a little larger than it was found, so that no edge of a
 * letter remains; how many. `images`: only theirs; all where that is absent.
 */
export function judgeText(
  catalog: Catalog,
  {
    label,
    images,
    ...by
  }: Pick<Annotation, 'label' | 'reviewer' | 'at'> & {
    readonly label: TextLabel;
    readonly images?: ReadonlySet<number> | undefined;
  },
): number {
  return catalog.transaction(() => {
    let added = 0;
    for (const image of imagesWithBoxes(catalog, textScores.lines)) {
      if (images?.has(image) === false) continue;
      const own = unjudgedText(catalog, image).filter((box) => box.image === image);
      if (own.length === 0) continue;
      const size = imageRecord(catalog, image);
      for (const box of own) annotate(catalog, { image, ...withMargin(box, size), label, ...by });
      added += own.length;
    }
    return added;
  });
}

function withMargin(
  { x, y, width, height }: Box,
  image: { readonly width: number; readonly height: number },
): Rectangle {
  const margin = Math.max(2, Math.ceil(0.1 * Math.min(width, height)));
  const [left, top] = [Math.max(0, x - margin), Math.max(0, y - margin)];
  const [right, bottom] = [Math.min(image.width, x + width + margin), Math.min(image.height, y + height + margin)];
  return { x: left, y: top, width: right - left, height: bottom - top };
}

const common = (a: Rectangle, b: Rectangle): number =>
  Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)) *
  Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y));
