// residua phantoms: draws CT-like slices with known anomalies, for training a network and for trying things out.
import { z } from 'zod';
import { nodeLauncher, withEngine } from '../../engine/start-engine.ts';
import { anomalyKinds } from '../../phantom/anomaly.ts';
import { protocolNames } from '../../phantom/protocol.ts';
import { count, defineCommand, option, text, whole } from '../command.ts';

export const phantoms = defineCommand({
  details: `Writes OUTDIR/images/KIND/NNNN.png, 8-bit grey in the abdominal window (level 50 HU, width 350 HU), and OUTDIR/truth/KIND/NNNN.png,
255 where an anomaly shows. Kinds: normal, ${anomalyKinds.join(', ')}. The same seed gives the same slices on every machine.

Example, the training set of the demonstration's network: residua phantoms --outdir phantoms --normals 10000 --seed 1`,
  options: {
    outdir: option('--outdir <folder>', 'where the images are written', text),
    protocol: option(
      '--protocol <name>',
      'liver: one examination protocol; abdomen: a mixed archive',
      z.enum(protocolNames).default('liver'),
    ),
    normals: option('--normals <number>', 'normal slices', whole.default(60)),
    perKind: option('--per-kind <number>', 'slices with each kind of anomaly', whole.default(0)),
    size: option('--size <pixels>', 'rows and columns, 32 to 512', count.default(64)),
    seed: option('--seed <number>', 'random seed', whole.default(1)),
  },
  async run({ outdir, protocol, normals, perKind, size, seed }, context) {
    const order = { folder: outdir, protocol, seed, size, normals, perKind };
    const slices = await withEngine(nodeLauncher, {}, (engine) => engine.call('demonstration.draw', order, context));
    context.print(`${slices.length} slices in ${outdir}`);
  },
});
