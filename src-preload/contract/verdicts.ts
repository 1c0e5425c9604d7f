// What readers say of images: verdicts, tags, annotations.
import { z } from 'zod';
import * as image from '../schemas/image.ts';
import { changed, method, nothing } from './method.ts';

const { id, label, selection } = image;

export const verdictsMethods = {
  /** A null decision takes the verdict back. Every call is one step of undo. */
  'verdicts.set': method(
    z.strictObject({
      images: selection,
      decision: image.decision.nullable(),
      reason: z.string().trim().max(1000).nullable(),
      reviewer: label,
    }),
    changed,
    { writes: ['verdicts'] },
  ),
  'verdicts.undo': method(z.strictObject({ reviewer: label }), changed, { writes: ['verdicts'] }),
  'verdicts.redo': method(z.strictObject({ reviewer: label }), changed, { writes: ['verdicts'] }),
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
  'annotations.remove': method(z.strictObject({ id, reviewer: label }), nothing, { writes: ['annotations'] }),
} as const;
