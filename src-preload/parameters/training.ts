// Parameters of a training beyond the published options: how images of any size become the network's input.
import { z } from 'zod';
import { deviceParameter } from './device.ts';
import { parameter } from './parameter.ts';
import { unknownRescale } from './units.ts';

/** A window in modality units: center - width/2 .. center + width/2. */
const fixedWindow = z.strictObject({ center: z.number(), width: z.number().positive() });

/** The window of a set in known units of which no window is stated by most images, by DICOM modality: soft tissue, in Hounsfield units. */
export const windowByModality = { CT: { center: 40, width: 400 } } as const;

/** How grey levels are made of images deeper than 8 bits. Not one of `training`: no single field or option asks for it. */
export const trainingWindow = {
  /**
   * `auto`: one window for all images where their unit is known, else as null; null: as each file says, or from its own
   * minimum to its own maximum.
   */
  schema: z
    .union([z.literal('auto'), fixedWindow])
    .nullable()
    .default('auto'),
  label: 'Window',
  help: `CENTER,WIDTH of one window for all images; auto: for CT in Hounsfield units the window that most images state, else ${windowByModality.CT.center},${windowByModality.CT.width}, and other images as with each; each: every image by the window of its own file, or from its own minimum to its own maximum`,
};
export type TrainingWindow = z.output<typeof trainingWindow.schema>;

export const training = {
  resolution: parameter({
    schema: z.int().min(8).max(1024).nullable().default(null),
    option: '--resolution <pixels>',
    label: 'Resolution',
    help: 'resize every image to a square of this side (without it: the images must be squares of one size)',
    unit: 'pixels',
    choices: { null: 'own size' },
    effect: 'result',
  }),
  fit: parameter({
    schema: z.enum(['squash', 'pad', 'crop']).default('crop'),
    option: '--fit <name>',
    label: 'Make squares by',
    help: 'how --resolution makes squares of rectangles',
    effect: 'result',
    folded: true,
  }),
  filter: parameter({
    schema: z.enum(['box', 'bilinear', 'hamming', 'bicubic', 'lanczos']).default('lanczos'),
    option: '--filter <name>',
    label: 'Resampling filter',
    help: 'how --resolution interpolates pixels',
    effect: 'result',
    folded: true,
  }),
  unknownRescale,
  device: deviceParameter,
} as const;
