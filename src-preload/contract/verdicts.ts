// What readers say of images: verdicts, tags, annotations.
import { z } from 'zod';
import * as image from '../schemas/image.ts';
import { changed, method, nothing } from './method.ts';

const { id, label, selection } = image;

/**
 * A step of verdicts: its number, null where nothing changed, and how many images it changed. `left`: images that an undo or redo left
 * as they are, since somebody has decided about them meanwhile.
 */
export const step = z.strictObject({ step: id.nullable(), images: z.int(), left: z.int() });
/** `step`: this one, of the reviewer's own; without it the reviewer's last one. Throws `usage` where others have decided about all its images. */
const reversal = z.strictObject({
  reviewer: label,
  step: id.optional(),
  /** Read blind in this list: throws `usage` for a step that is not a blind one about its images. */
  list: id.optional(),
});

export const verdictsMethods = {
  /**
   * A null decision withdraws the verdict. Every call is one step of undo. `list`: read blind in this list, so that the verdict is the
   * reviewer's own and not in force; throws `usage` for another's list, and for images that are not in it.
   */
  'verdicts.set': method(
    z.strictObject({
      images: selection,
      decision: image.decision.nullable(),
      reason: z.string().trim().max(1000).nullable(),
      reviewer: label,
      list: id.optional(),
    }),
    step,
    { writes: ['verdicts'] },
  ),
  'verdicts.undo': method(reversal, step, { writes: ['verdicts'] }),
  'verdicts.redo': method(reversal, step, { writes: ['verdicts'] }),
  'tags.list': method(nothing, z.strictObject({ tags: z.array(z.string()) }), { reads: ['tags'] }),
  'tags.set': method(
    z.strictObject({ images: selection, add: z.array(label), remove: z.array(label), reviewer: label }),
    changed,
    { writes: ['tags'] },
  ),
  'annotations.add': method(
    z.strictObject({ image: id, rectangle: image.rectangle, label, reviewer: label }),
    image.annotation,
    { writes: ['annotations'] },
  ),
  'annotations.remove': method(
    z.strictObject({
      id,
      reviewer: label,
      /** Only one that this reviewer has added; another's is not found. */
      own: z.boolean().default(false),
    }),
    nothing,
    { writes: ['annotations'] },
  ),
} as const;
