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
  /** `auto`: one window for all images where their unit is known, else as null; null: as each image suggests. */
  readonly intensity: Recipe['intensity'] | 'auto' | null;
  /** With `auto`: the window of CT of which no window is stated by most images, in Hounsfield units. */
  readonly usualWindow: { readonly center: number; readonly width: number };
  readonly fit: Recipe['fit'];
  readonly filter: Recipe['filter'];
  /** What a window does with images whose rescale is not known. */
  readonly unknownRescale: 'refuse' | 'as-stored';
}

/** The recipe of a training set, and what a person should know of it before the training. */
export interface ChosenRecipe {
  readonly recipe: Recipe;
  readonly notes: readonly string[];
}

/**
 * The recipe of a training set. With the intensity `auto`, CT in Hounsfield units gets one window for all: the one that most
 * of the images looked at state, else the usual one. Files of a format that names windows (DICOM) are otherwise shown
 * by theirs; other images are taken as they are when they have 8 bits, else each is stretched from its minimum to its
 * maximum. `looked` holds the first image, which `name` names, and some of the others. Throws `mismatch` when the images
 * neither have nor get a side that is a power of two.
 */
export function trainingRecipe(looked: readonly DecodedImage[], name: string, choice: RecipeChoice): ChosenRecipe {
  const first = looked[0]!;
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
  const { intensity, note } = chosenIntensity(looked, choice);
  const recipe: Recipe = {
    intensity,
    fit: choice.fit,
    filter: choice.filter,
    channels: choice.channels ?? first.channels,
    resolution,
  };
  const turned = looked.some(({ format }) => formatNamed(format)?.turnedByAffine);
  return {
    recipe: withUnknownRescale(recipe, choice.unknownRescale),
    notes: [...(note === undefined ? [] : [note]), ...(turned ? [turnedNote] : [])],
  };
}

/** True when stored values and rescale give Hounsfield units. */
export function isInUnits({ metadata, channels, rescale, modalityLut }: DecodedImage): boolean {
  const { unknown, otherUnit, absent } = rescale;
  const isRescaled = unknown === undefined && otherUnit === undefined && absent === undefined;
  return metadata.modality === 'CT' && channels === 1 && isRescaled && modalityLut === undefined;
}

interface ChosenIntensity {
  readonly intensity: Recipe['intensity'];
  readonly note: string | undefined;
}

function chosenIntensity(
  looked: readonly DecodedImage[],
  { intensity: choice, usualWindow }: RecipeChoice,
): ChosenIntensity {
  if (choice !== 'auto' && choice !== null) return { intensity: choice, note: undefined };
  const others = looked.filter((image) => !isInUnits(image)).length;
  if (choice === 'auto' && others === 0) return windowForAll(looked, usualWindow);
  const intensity = suggestedIntensity(looked[0]!);
  const why =
    others > 0 && others < looked.length ? `${others} of ${looked.length} images are not in Hounsfield units: ` : '';
  const how = ownNotes[intensity.type];
  return { intensity, note: how === undefined ? undefined : `${why}${how}` };
}

/** The window that more than half of the images state, else the usual one. */
function windowForAll(looked: readonly DecodedImage[], usual: RecipeChoice['usualWindow']): ChosenIntensity {
  const votes = new Map<string, number>();
  for (const { windows } of looked) {
    const [window] = windows;
    if (window === undefined || window.function === 'SIGMOID') continue;
    const key = JSON.stringify({ center: window.center, width: window.width });
    votes.set(key, (votes.get(key) ?? 0) + 1);
  }
  const [stated, count] = [...votes].toSorted(([, a], [, b]) => b - a)[0] ?? ['', 0];
  const isStated = count > looked.length / 2;
  const { center, width } = isStated
    ? (JSON.parse(stated) as { readonly center: number; readonly width: number })
    : usual;
  const from = isStated
    ? `stated by ${count} of ${looked.length} images`
    : `soft tissue: no window is stated by most of ${looked.length} images`;
  const note = `CT: all images get the window ${center},${width} (center, width in Hounsfield units; ${from}); another: --window CENTER,WIDTH, the window of each image: --window each`;
  return { intensity: { type: 'window', center, width }, note };
}

const oneWindow = 'so equal values can differ in grey between images; one window for all: --window CENTER,WIDTH';
/** What is done to each image by itself. */
const ownNotes: { readonly [T in Recipe['intensity']['type']]?: string } = {
  'min-max': `each image is stretched from its own minimum to its own maximum, ${oneWindow}`,
  'file-window': `each image gets the first window that its own file states, or is stretched from its own minimum to its own maximum, ${oneWindow}`,
};
const turnedNote = 'slices of NIfTI volumes are turned for display, each volume by its own affine';

function suggestedIntensity(image: DecodedImage): Recipe['intensity'] {
  if (formatNamed(image.format)?.namesWindows) return { type: 'file-window' };
  return { type: isPlain8Bit(image) ? 'as-is' : 'min-max' };
}

/** The sides that StyleGAN2 can draw. */
const isPowerOfTwo = (side: number): boolean => side >= 8 && side <= 1024 && Number.isInteger(Math.log2(side));
