// residua simulate: anomalies of known place put into real slices, to see what a network finds in images of one's own.
import { z } from 'zod';
import { FolderReader, skippedLine } from '../../decoder/folder-images.ts';
import { simulateAnomalies } from '../../folder-tools/anomaly-simulation.ts';
import { type AnomalyKind, anomalyKinds } from '../../phantom/anomaly.ts';
import { defineCommand, number, option, text, whole } from '../command.ts';

const kindList = text.transform((words, context): readonly AnomalyKind[] => {
  const kinds = [...new Set(words.split(',').map((word) => word.trim()))];
  const unknown = kinds.filter((kind) => !anomalyKinds.includes(kind as AnomalyKind));
  if (unknown.length === 0) return kinds as AnomalyKind[];
  context.addIssue({ code: 'custom', message: `no such kind: ${unknown.join(', ')}` });
  return z.NEVER;
});

/** Mean Hounsfield values between fatty without contrast and the portal venous phase. */
const [leastPlausible, mostPlausible] = [0, 200];

export const simulate = defineCommand({
  details: `Writes OUTDIR/images/normal/NAME.png, OUTDIR/images/KIND/NAME.png and OUTDIR/truth/KIND/NAME.png, 255 where the slice was changed. The
slices are square axial CT, 8-bit grey, the patient's right on the left, the front on top; the masks mark the liver. Fluid replaces the
rim of the liver, a needle comes through the wall of the belly, metal casts streaks.

Example: residua simulate --images held-out/images --masks held-out/masks --outdir altered --kinds needle,ascites
         residua import altered/images --catalog ct && residua annotations masks altered/truth --catalog ct`,
  options: {
    images: option('--images <folder>', 'folder or zip of slices', text),
    masks: option('--masks <folder>', 'folder or zip of liver masks of the same names', text),
    outdir: option('--outdir <folder>', 'where the results go', text),
    kinds: option('--kinds <list>', `of ${anomalyKinds.join(', ')}`, kindList.default(anomalyKinds)),
    seed: option('--seed <number>', 'random seed', whole.default(1)),
    fieldOfView: option('--field-of-view <mm>', 'side of the slices', number.default(400)),
    windowLevel: option('--window-level <number>', 'Hounsfield units at mid-grey', number.default(50)),
    windowWidth: option('--window-width <number>', 'Hounsfield units from black to white', number.default(350)),
    leastLiver: option('--least-liver <cm2>', 'leave out slices with less liver', number.default(20)),
  },
  async run({ outdir, ...order }, context) {
    const reader = new FolderReader();
    try {
      const { slices, liverHounsfield, written, skipped } = await simulateAnomalies(
        { ...order, outDir: outdir },
        reader,
        context,
      );
      for (const each of skipped) context.remark(skippedLine(each));
      if (liverHounsfield < leastPlausible || liverHounsfield > mostPlausible) {
        context.remark(
          `the liver is at ${Math.round(liverHounsfield)} HU, which no liver is: are --window-level ${order.windowLevel} and --window-width ${order.windowWidth} those of these slices?`,
        );
      }
      context.print(`${slices} slices, ${written} files written, ${skipped.length} slices left out`);
    } finally {
      await reader.close();
    }
  },
});
