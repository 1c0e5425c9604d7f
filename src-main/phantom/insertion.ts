// Anomalies of known place put into a real slice: the shapes and streaks of the phantoms, drawn where its masks say.
import { Problem } from '../platform/errors.ts';
import { randomFrom } from '../platform/random/random.ts';
import { type AnomalyKind, anomalyOf } from './anomaly.ts';
import { boxAround } from './box.ts';
import { type Drawing, draw } from './drawing.ts';
import { labelOf, substanceOf } from './material.ts';
import { outlineOf } from './outline-of-mask.ts';
import { type AnomalyTruth, visible } from './phantom.ts';
import { pointSpread } from './scanner.ts';
import { addStreaks } from './streak.ts';
import { blurred } from './texture.ts';

/** A square axial slice, [size, size]; the patient's right is on the left, the front is on top. */
export interface RealSlice {
  readonly size: number;
  /** Hounsfield units. */
  readonly hounsfield: Float32Array;
  /** Edge length of a pixel in mm. */
  readonly pixelSpacing: number;
  /** 1 inside, 0 outside. */
  readonly body: Uint8Array;
  readonly liver: Uint8Array;
}

/** The slice with an anomaly, and where it was changed. */
export interface AlteredSlice {
  readonly hounsfield: Float32Array;
  readonly anomaly: AnomalyTruth;
}

/** Sub-pixels along the edge of a pixel. */
const factor = 4;

/** Standard deviation (mm) of the blur that parts a slice into structure, which fluid replaces, and noise, which stays. */
const structure = 4;

/**
 * Puts an anomaly of `kind` into a slice: shapes where they meet the liver as partial volumes, with the noise of what
 * they replace, then streaks; both blurred as a scanner does. The same seed, index and slice give the same result. Free
 * fluid replaces the rim of the liver, since where the wall of the cavity runs is not known. Throws `content` where body or
 * liver are missing, or when nothing of the anomaly shows.
 */
export function insertAnomaly(
  { size, hounsfield, pixelSpacing, body, liver }: RealSlice,
  kind: AnomalyKind,
  { seed, index }: { readonly seed: number; readonly index: number },
): AlteredSlice {
  const fieldOfView = size * pixelSpacing;
  const [skin, rim] = [body, liver].map((mask) => outlineOf(mask, size, fieldOfView));
  if (skin === undefined || skin === null || rim === undefined || rim === null) {
    throw new Problem('content', { file: 'slice', reason: 'has no liver or no body to put an anomaly into' });
  }
  const dice = randomFrom(seed).fork(index).fork(kind);
  const { shapes, streaks } = anomalyOf(kind, { skin, cavity: rim, liver: rim }, dice);
  const { hounsfield: values } = substanceOf(2, 0, dice);
  const fine = size * factor;
  const ground = Uint8Array.from({ length: fine * fine }, (_, at) => {
    const pixel = Math.floor(at / fine / factor) * size + Math.floor((at % fine) / factor);
    return liver[pixel] === 1 ? labelOf('liver') : 0;
  });
  const drawing = draw(shapes, fine, fieldOfView, ground);
  const smooth = blurred(hounsfield, size, structure / pixelSpacing);
  const change = replaced(drawing, ground, values, smooth);
  addStreaks(change, drawing, factor, streaks);
  const seen = blurred(change, size, pointSpread / pixelSpacing);
  const mask = Uint8Array.from(seen, (value) => (Math.abs(value) > visible ? 1 : 0));
  const box = boxAround(mask, size);
  if (box === null) throw new Problem('content', { file: 'slice', reason: `shows nothing of the ${kind} put into it` });
  return { hounsfield: hounsfield.map((value, at) => value + seen[at]!), anomaly: { kind, mask, box } };
}

/** By how many HU a pixel changes when its newly painted sub-pixels take the value of their material; [size, size]. */
function replaced(drawing: Drawing, ground: Uint8Array, values: Float64Array, smooth: Float32Array): Float32Array {
  const size = drawing.size / factor;
  const change = new Float32Array(size * size);
  for (const [at, label] of drawing.labels.entries()) {
    if (label === ground[at]) continue;
    const pixel = Math.floor(at / drawing.size / factor) * size + Math.floor((at % drawing.size) / factor);
    change[pixel]! += (values[label]! - smooth[pixel]!) / factor ** 2;
  }
  return change;
}
