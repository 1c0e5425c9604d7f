// Two images on one grey scale, that of the first: a reconstruction that is twice as bright must look twice as bright.
import { type Frame, isPlain8Bit } from './decoded-image.ts';
import {
  applyWindow,
  invertIfMonochrome1,
  lumaBytes,
  modalityValues,
  type Range,
  rangeOf,
  stretch,
  toBytes,
  toGrey8,
} from './grey.ts';

/** Two images as 8-bit grey, and the scale that both are on, in words. */
export interface OneScale {
  readonly original: Uint8Array;
  readonly reconstruction: Uint8Array;
  readonly scale: string;
}

/**
 * 8-bit images stay as they are. A reconstruction of 8 bits was made of the image as it is shown, so its levels stay, too.
 * Of deeper ones, the original's window, or else its minimum and maximum, becomes 0 to 255 in both; values outside are cut.
 * Where only the reconstruction is deeper, integers are taken as parts of their full range and others in levels of 0 to 255.
 */
export function onOneScale(original: Frame, reconstruction: Frame): OneScale {
  if (isPlain8Bit(reconstruction)) {
    const scale = isPlain8Bit(original) ? 'levels' : 'levels as shown';
    return { original: toGrey8(original), reconstruction: toGrey8(reconstruction), scale };
  }
  const { levels, scale } = scaleOf(original, reconstruction);
  const grey = (image: Frame, toLevels: (values: Float64Array) => Float64Array) => {
    const bytes = toBytes(invertIfMonochrome1(image, toLevels(modalityValues(image))));
    return image.channels === 3 ? lumaBytes(bytes) : bytes;
  };
  return {
    original: isPlain8Bit(original) ? toGrey8(original) : grey(original, levels),
    reconstruction: grey(reconstruction, levels),
    scale,
  };
}

function scaleOf(
  original: Frame,
  reconstruction: Frame,
): { levels: (values: Float64Array) => Float64Array; scale: string } {
  const [window] = original.windows;
  if (window !== undefined) {
    const { center, width } = window;
    return { levels: (values) => applyWindow(values, window), scale: `window ${width} at ${center}` };
  }
  const range = isPlain8Bit(original) ? fullRange(reconstruction) : rangeOfValues(original, reconstruction);
  return { levels: (values) => stretch(values, range), scale: `${short(range.low)} to ${short(range.high)}` };
}

/** Minimum and maximum of the original; of both images where the original has one value only. */
function rangeOfValues(original: Frame, reconstruction: Frame): Range {
  const own = rangeOf(modalityValues(original));
  if (own.low < own.high) return own;
  const other = rangeOf(modalityValues(reconstruction));
  return { low: Math.min(own.low, other.low), high: Math.max(own.high, other.high) };
}

const short = (value: number) => String(Number(value.toPrecision(6)));

/** Of unsigned integers without a rescale: 0 to the largest; of anything else 0 to 255. */
function fullRange({ samples, rescale, bitsStored }: Frame): Range {
  const unsigned = samples instanceof Uint8Array || samples instanceof Uint16Array || samples instanceof Uint32Array;
  const asStored = rescale.slope === 1 && rescale.intercept === 0;
  return { low: 0, high: unsigned && asStored ? 2 ** bitsStored - 1 : 255 };
}
