// How the images of a training set become model space: as chosen, and for the rest as the first image suggests.
import { type DecodedImage, isPlain8Bit } from '../archive/decoded-image.ts';
import { formatNamed } from '../archive/formats/formats.ts';
import { type Recipe, withUnknownRescale } from '../archive/recipe.ts';
import { Problem } from '../platform/errors.ts';

/** What was chosen; null leaves it to the images. */
export interface RecipeChoice {
  /** Side of the square that every image is resized to; null: all images have it already, as the published trainer demands. */
  readonly resolution: number | null;
  readonly channels: 1 | 3 | null;
  readonly intensity: Recipe['intensity'] | null;
  readonly fit: Recipe['fit'];
  readonly filter: Recipe['filter'];
  /** What a window does with images whose rescale is not known. */
  readonly unknownRescale: 'refuse' | 'as-stored';
}

/**
 * The recipe of a training set. Files of a format that names windows (DICOM) are shown by theirs; other
 * images are taken as they are when they have 8 bits, else stretched from its minimum to its maximum. Throws `mismatch` when the images neither have nor get a side that is a power
 * of two.
 */
export function trainingRecipe(first: DecodedImage, name: string, choice: RecipeChoice): Recipe {
  const { width, height } = first;
  const resolution = choice.resolution ?? (width === height ? width : 0);
  if (!isPowerOfTwo(resolution)) {
    throw new Problem('mismatch', {
      what: choice.resolution === null ? `size of ${name}` : '--resolution',
      expected:
        choice.resolution === null ? 'a square with a power of two as its side, or --resolution' : 'a power of two',
      found: choice.resolution === null ? `${width} x ${height}` : String(choice.resolution),
    });
  }
  const recipe: Recipe = {
    intensity: choice.intensity ?? suggestedIntensity(first),
    fit: choice.fit,
    filter: choice.filter,
    channels: choice.channels ?? first.channels,
    resolution,
  };
  return withUnknownRescale(recipe, choice.unknownRescale);
}

function suggestedIntensity(image: DecodedImage): Recipe['intensity'] {
  if (formatNamed(image.format)?.namesWindows) return { type: 'file-window' };
  return { type: isPlain8Bit(image) ? 'as-is' : 'min-max' };
}

/** The sides that StyleGAN2 can draw. */
const isPowerOfTwo = (side: number): boolean => side >= 8 && side <= 1024 && Number.isInteger(Math.log2(side));
