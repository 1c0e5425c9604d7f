// The published preparation tools: from DICOM and NIfTI to the images that a network is trained on.
import { z } from 'zod';
import { addNoise as addNoiseTo } from '../../archive/preparation/add-noise.ts';
import { dicomToNifti as convertDicom } from '../../archive/preparation/dicom-to-nifti.ts';
import { pngConversion as convertToPng } from '../../archive/preparation/png-conversion.ts';
import type { PreparationReport } from '../../archive/preparation/preparation.ts';
import { preprocessMidrc as preprocess } from '../../archive/preparation/preprocess-midrc.ts';
import { rescaleImages as rescale } from '../../archive/preparation/rescale-images.ts';
import { slice as sliceVolumes } from '../../archive/preparation/slice.ts';
import { splitDataset as split } from '../../archive/preparation/split-dataset.ts';
import { windowLevel as clip } from '../../archive/preparation/window-level.ts';
import { withDecoder, withDirectoryReader } from '../../decoder/folder-images.ts';
import { Problem } from '../../platform/errors.ts';
import { randomFrom } from '../../platform/random/random.ts';
import { count, defineCommand, flag, number, option, text, whole } from '../command.ts';
import type { Context } from '../context.ts';

const inDir = option('-i, --in-dir <folder>', 'the files to work on', text);
const outDir = option('-o, --out-dir <folder>', 'where the results go', text);
const seed = option('--seed <number>', 'random seed', whole.default(0));
const compat = option('--compat <name>', 'work as the published script does', z.enum(['published']).optional());
const axis = z.enum(['0', '1', '2']).transform((text) => Number(text) as 0 | 1 | 2);

function tell({ written, kept, skipped, notes }: PreparationReport, { print, remark }: Context): void {
  for (const { path, note } of notes) remark(`${path}: ${note}`);
  for (const { path, reason } of skipped) {
    remark(`skipped ${reason.startsWith(path) ? reason : `${path}: ${reason}`}`);
  }
  print(`${written.length} written`);
  if (kept.length > 0) print(`${kept.length} were there already`);
  if (skipped.length > 0) print(`${skipped.length} skipped`);
  // A command that did nothing because it could use no file has failed.
  if (written.length + kept.length === 0 && skipped.length > 0) {
    throw new Problem('missing', { what: 'file that can be used', name: `all ${skipped.length} were skipped` });
  }
}

export const dicomToNifti = defineCommand({
  details:
    'Every series found anywhere below the folder becomes one NAME.nii.gz. Gantry tilt is reported; series with missing or unevenly spaced slices are skipped.',
  options: {
    inDir,
    outDir,
    allowGaps: option('--allow-gaps', 'write series with missing slices too; the affine then has the mean step', flag),
  },
  run: async (values, context) => tell(await withDecoder((decoder) => convertDicom(values, decoder, context)), context),
});

export const windowLevel = defineCommand({
  details: 'NIfTI files keep their names; a DICOM series becomes a volume, NAME.nii.gz, named after its folder.',
  options: {
    inDir,
    outDir,
    windowWidth: option('-w, --window-width <number>', 'window width', number.default(350)),
    windowLevel: option('-l, --window-level <number>', 'window level', number.default(50)),
  },
  run: async (values, context) => tell(await withDecoder((decoder) => clip(values, decoder, context)), context),
});

export const slice = defineCommand({
  options: {
    inDir,
    outDir,
    maskDir: option(
      '-m, --mask-dir <folder>',
      'only slices that contain the mask of the same name (None: all slices)',
      text.optional(),
    ),
    axis: option('--axis <number>', 'which axis to cut across: 0, 1 or 2', axis.default(2)),
  },
  run: async ({ maskDir, ...values }, context) =>
    tell(
      await withDirectoryReader((reader) =>
        sliceVolumes(maskDir === undefined || maskDir === 'None' ? values : { ...values, maskDir }, reader, context),
      ),
      context,
    ),
});

export const pngConversion = defineCommand({
  details: 'The orientation comes from the affine of each file; the published script turns every image the same way.',
  options: { inDir, outDir, compat },
  run: async ({ inDir, outDir, compat }, context) => {
    const orientation = compat === 'published' ? 'published' : 'affine';
    const options = { inDir, outDir, orientation } as const;
    tell(await withDirectoryReader((reader) => convertToPng(options, reader, context)), context);
  },
});

export const preprocessMidrc = defineCommand({
  details: `The folder holds ANATOMY/MODALITY/…; the results are ANATOMY_MODALITY_index.png of 512x512.
The published script resizes with OpenCV's bilinear, which skips pixels of large images, and drops frames of one value;
without --compat published large images are antialiased, and only black frames are dropped.`,
  options: {
    inDir,
    outDir,
    fit: option(
      '--fit <name>',
      'how a rectangle becomes a square',
      z.enum(['squash', 'pad', 'crop']).default('squash'),
    ),
    compat,
  },
  run: async ({ inDir, outDir, fit, compat }, context) => {
    const options = { inDir, outDir, fit, published: compat === 'published' };
    tell(await withDecoder((decoder) => preprocess(options, decoder, context)), context);
  },
});

export const rescaleImages = defineCommand({
  options: {
    inDir,
    outDir,
    resolution: option('-r, --resolution <pixels>', 'side of the square', count.default(512)),
    filter: option(
      '--filter <name>',
      'interpolation',
      z.enum(['box', 'bilinear', 'hamming', 'bicubic', 'lanczos']).default('bicubic'),
    ),
  },
  run: async (values, context) => tell(await withDecoder((decoder) => rescale(values, decoder, context)), context),
});

export const splitDataset = defineCommand({
  options: {
    inDir: option('-i, --in-dir <folder>', 'the images', text),
    outDir1: option('--out-dir1 <folder>', 'one half', text),
    outDir2: option('--out-dir2 <folder>', 'the other half', text),
    byPatient: option('--by-patient [flag]', 'all images of a patient in one half', flag),
    seed,
  },
  run: async ({ inDir, outDir1, outDir2, byPatient, seed }, context) => {
    const options = { inDir, outDirs: [outDir1, outDir2] as const, byPatient };
    tell(await withDecoder((decoder) => split(options, decoder, randomFrom(seed), context)), context);
  },
});

/** `(5,5)` or `5,5`. */
const kernel = z
  .string()
  .regex(/^\(?\s*\d+\s*,\s*\d+\s*\)?$/, 'expected two odd numbers, such as 5,5')
  .transform((text) => text.match(/\d+/g)!.map(Number) as [number, number]);

export const addNoise = defineCommand({
  aliases: { '--kernel_size': 'kernel', '--kernel-size': 'kernel', '--var': 'variance' },
  options: {
    inDir,
    outDir,
    type: option('-t, --type <letter>', 'n: Gaussian noise; b: Gaussian blur', z.enum(['n', 'b']).default('n')),
    mean: option('-m, --mean <number>', 'mean of the noise, on a scale of 0 to 1', number.default(0)),
    variance: option('-v, --variance <number>', 'variance of the noise', number.default(0.01)),
    kernel: option('-k, --kernel <sizes>', 'width and height of the blur', kernel.default([5, 5])),
    sigma: option('-s, --sigma <number>', 'of the blur; 0: from the kernel', number.default(0)),
    seed,
  },
  run: async ({ inDir, outDir, type, mean, variance, kernel, sigma, seed }, context) => {
    const disturbance =
      type === 'n' ? ({ type: 'noise', mean, variance } as const) : ({ type: 'blur', kernel, sigma } as const);
    const options = { inDir, outDir, disturbance };
    tell(await withDecoder((decoder) => addNoiseTo(options, decoder, randomFrom(seed), context)), context);
  },
});
