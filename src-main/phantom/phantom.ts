// CT-like axial slices of the abdomen, seeded and never two alike, with known anomalies on request.
import { Problem } from '../platform/errors.ts';
import type { GreyImage } from '../platform/grey-image.ts';
import { randomFrom } from '../platform/random/random.ts';
import { anatomyOf } from './anatomy.ts';
import { type AnomalyKind, anomalyOf } from './anomaly.ts';
import { type Box, boxAround } from './box.ts';
import { draw } from './drawing.ts';
import { labelsOf } from './material.ts';
import { type ProtocolName, protocolOf } from './protocol.ts';
import { maskOf, scanned } from './scanner.ts';
import { scannerNoise, textureOf } from './texture.ts';

/** What an anomaly changed: `mask` is 1 where it moved the noise-free image by more than 20 HU; `box` encloses that. */
export interface AnomalyTruth {
  readonly kind: AnomalyKind;
  readonly mask: Uint8Array;
  readonly box: Box;
}

/** One slice. Arrays are [height, width]; the patient's right is on the left, the front is on top. */
export interface Phantom {
  readonly width: number;
  readonly height: number;
  /** Hounsfield units, -1024 .. 3071. */
  readonly hounsfield: Int16Array;
  /** Edge length of a pixel in mm. */
  readonly pixelSpacing: number;
  /** 1 inside the liver with its vessels, 0 outside; what an anomaly took from the liver is outside. */
  readonly liver: Uint8Array;
  /** 1 inside the skin, and on a needle; 0 on air and couch. */
  readonly body: Uint8Array;
  readonly anomaly: AnomalyTruth | null;
}

/** Which slice: the same values give the same slice on every machine. */
export interface PhantomOrder {
  readonly protocol: ProtocolName;
  readonly seed: number;
  readonly index: number;
  /** Rows and columns, 32 .. 512. */
  readonly size: number;
  /** With an anomaly, the slice is the normal one of the same seed and index, noise included, but for the anomaly. */
  readonly anomaly?: AnomalyKind;
}

/** A change of this many HU counts as part of the anomaly: 15 of the 255 grey levels of `phantomGrey`. */
export const visible = 20;

/** Side (mm) of the grains of tissue texture, and noise (HU) at a pixel of 1 mm. */
const grain = 6;
const noiseStrength = 16;

const liverLabels = labelsOf((material) => ['liver', 'hepaticVein', 'portalVein'].includes(material));
const bodyLabels = labelsOf((material) => !['air', 'couchShell', 'couchFoam'].includes(material));

/**
 * Draws one slice: anatomy as curves in mm, partial volumes by sub-pixels, tissue texture, streaks, point spread, noise of
 * filtered back projection. Error `usage` when `size` is not a whole number from 32 to 512.
 */
export function phantom({ protocol, seed, index, size, anomaly: kind }: PhantomOrder): Phantom {
  if (!Number.isInteger(size) || size < 32 || size > 512) {
    throw new Problem('usage', { message: `a phantom has 32 to 512 rows and columns, not ${size}` });
  }
  const random = randomFrom(seed).fork(index);
  const anatomy = anatomyOf(protocolOf(protocol), random.fork('anatomy'));
  const { substance, fieldOfView } = anatomy;
  const texture = textureOf(random.fork('texture'), fieldOfView, grain);
  const noise = scannerNoise(random.fork('noise'), size, fieldOfView / size, noiseStrength);
  const factor = Math.max(2, Math.min(4, Math.round(768 / size)));
  const normal = draw(anatomy.shapes, size * factor, fieldOfView);
  let drawing = normal;
  let image = scanned(normal, factor, substance, texture, []);
  let truth: AnomalyTruth | null = null;
  if (kind !== undefined) {
    const { shapes, streaks } = anomalyOf(kind, anatomy, random.fork(kind));
    const without = image;
    drawing = draw([...anatomy.shapes, ...shapes], size * factor, fieldOfView);
    image = scanned(drawing, factor, substance, texture, streaks);
    const mask = Uint8Array.from(image, (value, pixel) => (Math.abs(value - without[pixel]!) > visible ? 1 : 0));
    truth = { kind, mask, box: boxAround(mask, size)! };
  }
  return {
    width: size,
    height: size,
    hounsfield: Int16Array.from(image, (value, at) => Math.max(-1024, Math.min(3071, Math.round(value + noise[at]!)))),
    pixelSpacing: fieldOfView / size,
    liver: maskOf(drawing, factor, liverLabels),
    body: maskOf(drawing, factor, bodyLabels),
    anomaly: truth,
  };
}

/** The slice in the abdominal window (level 50 HU, width 350 HU), rounded to 8-bit grey. */
export function phantomGrey({ width, height, hounsfield }: Phantom): GreyImage {
  const data = new Uint8Array(hounsfield.length);
  for (let at = 0; at < data.length; at++) {
    data[at] = Math.max(0, Math.min(255, Math.round(((hounsfield[at]! - 50) / 350 + 0.5) * 255)));
  }
  return { width, height, data };
}
