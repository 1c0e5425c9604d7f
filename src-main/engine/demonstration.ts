// Draws the demonstration archive: phantom slices without and with known anomalies, as files, and the truth beside them.
import { join } from 'node:path';
import { encodePng } from '../archive/raster/encode-png.ts';
import { type AnomalyKind, anomalyKinds } from '../phantom/anomaly.ts';
import { phantom, phantomGrey } from '../phantom/phantom.ts';
import type { ProtocolName } from '../phantom/protocol.ts';
import { writeFileAtomic } from '../platform/atomic-file.ts';
import { checkpoint, type JobControl } from '../platform/job.ts';

/** How many slices, and which: the same seed gives the same archive on every machine. */
export interface DemonstrationOrder {
  readonly folder: string;
  readonly protocol: ProtocolName;
  readonly seed: number;
  /** Rows and columns. */
  readonly size: number;
  readonly normals: number;
  /** Of each kind of anomaly. */
  readonly perKind: number;
}

/** A slice that was drawn: `images/KIND/NNNN.png`, and where its anomaly is. */
export interface DemonstrationSlice {
  readonly name: string;
  readonly kind: 'normal' | AnomalyKind;
  /** `truth/KIND/NNNN.png`, 255 where the anomaly shows, relative to the folder; null for a normal slice. */
  readonly truth: string | null;
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number } | null;
}

/** Draws the archive below `folder`, every slice of another patient. */
export async function drawDemonstration(
  { folder, protocol, seed, size, normals, perKind }: DemonstrationOrder,
  control: JobControl,
): Promise<readonly DemonstrationSlice[]> {
  const kinds: readonly DemonstrationSlice['kind'][] = [
    ...Array<'normal'>(normals).fill('normal'),
    ...anomalyKinds.flatMap((kind) => Array<AnomalyKind>(perKind).fill(kind)),
  ];
  const slices: DemonstrationSlice[] = [];
  for (const [index, kind] of kinds.entries()) {
    checkpoint(control, 'drawing the demonstration');
    const slice = phantom({ protocol, seed, index, size, ...(kind === 'normal' ? {} : { anomaly: kind }) });
    const name = `${kind}/${String(index).padStart(4, '0')}.png`;
    const save = async (path: string, data: Uint8Array) =>
      writeFileAtomic(join(folder, path), await encodePng(size, size, 1, data));
    await save(`images/${name}`, phantomGrey(slice).data);
    const { anomaly } = slice;
    if (anomaly === null) slices.push({ name, kind, truth: null, box: null });
    else {
      const truth = `truth/${name}`;
      await save(
        truth,
        anomaly.mask.map((inside) => inside * 255),
      );
      const { left: x, top: y, width, height } = anomaly.box;
      slices.push({ name, kind, truth, box: { x, y, width, height } });
    }
    control.report({ stage: 'drawing phantoms', done: index + 1, total: kinds.length });
  }
  return slices;
}
