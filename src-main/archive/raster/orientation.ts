// Turns samples as EXIF and TIFF orientation say (TIFF 6.0, tag 274): pictures are shown upright.
import type { Samples } from '../decoded-image.ts';

/** Where the stored first row and column lie when shown: reversed, and whether rows and columns change places. */
const turns: Readonly<Record<number, { readonly swap: boolean; readonly right: boolean; readonly bottom: boolean }>> = {
  2: { swap: false, right: true, bottom: false },
  3: { swap: false, right: true, bottom: true },
  4: { swap: false, right: false, bottom: true },
  5: { swap: true, right: false, bottom: false },
  6: { swap: true, right: true, bottom: false },
  7: { swap: true, right: true, bottom: true },
  8: { swap: true, right: false, bottom: true },
};

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly samples: Samples;
}

/** [height, width, channels] as stored -> as shown. Orientation 1, and any that is not defined, changes nothing. */
export function upright({ width, height, samples }: Picture, channels: number, orientation: number): Picture {
  const turn = turns[orientation];
  if (turn === undefined) return { width, height, samples };
  const [shownWidth, shownHeight] = turn.swap ? [height, width] : [width, height];
  const shown = samples.slice();
  let to = 0;
  for (let row = 0; row < shownHeight; row++) {
    const down = turn.bottom ? shownHeight - 1 - row : row;
    for (let column = 0; column < shownWidth; column++) {
      const across = turn.right ? shownWidth - 1 - column : column;
      const from = (turn.swap ? across * width + down : down * width + across) * channels;
      for (let channel = 0; channel < channels; channel++) shown[to++] = samples[from + channel]!;
    }
  }
  return { width: shownWidth, height: shownHeight, samples: shown };
}

/** What was done, for the notes of an image. */
export function orientationNote(orientation: number | undefined): readonly string[] {
  return turns[orientation ?? 1] === undefined ? [] : [`turned upright as its orientation ${orientation} says`];
}
