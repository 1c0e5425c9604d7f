// Training sets: the survey of files, what is refused and what is left out, memory, subsets, labels, other processes.
import { describe, expect, it } from 'vitest';
import type { Label } from '../../src-main/archive/dataset-zip.ts';
import { type DecodedImage, unadorned } from '../../src-main/archive/decoded-image.ts';
import { applyRecipe, type Recipe } from '../../src-main/archive/recipe.ts';
import { Problem } from '../../src-main/platform/errors.ts';
import { quiet } from '../../src-main/platform/job.ts';
import { labelVectors } from '../../src-main/training/labels.ts';
import { pack, unpack } from '../../src-main/training/packed-image.ts';
import { remoteImages } from '../../src-main/training/remote-images.ts';
import type { RecipeChoice } from '../../src-main/training/training-recipe.ts';
import { openTrainingSet, type TrainingFile, type TrainingSetOptions } from '../../src-main/training/training-set.ts';

const image = (changes: Partial<DecodedImage> = {}): DecodedImage => ({
  ...unadorned,
  format: 'PNG',
  width: 8,
  height: 8,
  channels: 1,
  samples: Uint8Array.from({ length: 64 }, (_, i) => 3 * i),
  bitsStored: 8,
  photometric: 'MONOCHROME2',
  frame: { index: 0, count: 1 },
  warnings: [],
  ...changes,
});

let reads = 0;
/** A file of given frames, or one that cannot be read. */
function file(name: string, frames: readonly DecodedImage[] | Problem, more: Partial<TrainingFile> = {}): TrainingFile {
  const decode = async (frame: number) => {
    reads++;
    if (frames instanceof Problem) throw frames;
    return { ...frames[frame]!, frame: { index: frame, count: frames.length } };
  };
  return {
    name,
    frame: null,
    decode,
    prepare: async (frame: number, recipe: Recipe) => {
      const decoded = await decode(frame);
      const { width, height, channels, samples } = decoded;
      const finite = Array.from<number>(samples).every(Number.isFinite);
      const source = { width, height, channels, frames: decoded.frame.count, finite };
      return { sha256: name, model: applyRecipe(decoded, recipe), source };
    },
    ...more,
  };
}

const asIs: RecipeChoice = {
  ...{ resolution: null, channels: null, intensity: null, fit: 'crop', filter: 'lanczos' },
  usualWindow: { center: 40, width: 400 },
  unknownRescale: 'refuse',
};
const open = async (files: readonly TrainingFile[], options: Partial<TrainingSetOptions> = {}) => {
  const skipped: string[] = [];
  const set = await openTrainingSet(
    files,
    { recipe: asIs, subset: null, memory: 2 ** 20, workers: 2, ...options },
    quiet,
    (name) => skipped.push(name),
  );
  return { set, skipped };
};
const named = (count: number) => Array.from({ length: count }, (_, i) => file(`${i}.png`, [image()]));

describe('a training set', () => {
  it('takes 8-bit images as they are, each level to the bit', async () => {
    const { set } = await open(named(3));
    expect(set.recipe).toEqual({
      intensity: { type: 'as-is' },
      fit: 'crop',
      filter: 'lanczos',
      channels: 1,
      resolution: 8,
    });
    expect(set).toMatchObject({ count: 3, labels: null });
    expect(await set.image(2)).toEqual(Float32Array.from({ length: 64 }, (_, i) => (3 * i) / 127.5 - 1));
    expect(set.nameOf(2)).toBe('2.png');
  });

  it('keeps the full depth of 16-bit images, windows DICOM as the file says, and counts every frame', async () => {
    const deep = image({ samples: Uint16Array.from({ length: 64 }, (_, i) => 1000 + 7 * i), bitsStored: 16 });
    const { set } = await open([file('deep.png', [deep])]);
    expect(set.recipe.intensity).toEqual({ type: 'min-max' });
    expect(new Set(await set.image(0)).size).toBe(64);
    const slice = image({
      format: 'DICOM',
      samples: Int16Array.from({ length: 64 }, (_, i) => i),
      bitsStored: 16,
      windows: [{ center: 16, width: 32, function: 'LINEAR_EXACT' }],
    });
    const series = await open([file('a.dcm', [slice, slice, slice]), file('b.dcm', [slice])]);
    expect(series.set.recipe.intensity).toEqual({ type: 'file-window' });
    expect(series.set.count).toBe(4);
    expect((await series.set.image(3)).slice(30, 34).map((v) => Math.round(v * 16))).toEqual(
      Float32Array.of(14, 15, 16, 16),
    );
  });

  describe('of computed tomography', () => {
    const slice = (changes: Partial<DecodedImage> = {}) =>
      image({
        format: 'DICOM',
        samples: Int16Array.from({ length: 64 }, (_, i) => i * 20),
        bitsStored: 16,
        rescale: { slope: 1, intercept: -1024 },
        metadata: { modality: 'CT' },
        ...changes,
      });
    const lung = { center: -600, width: 1500, function: 'LINEAR' } as const;
    const bone = { center: 480, width: 2500, function: 'LINEAR' } as const;
    const files = (...slices: readonly DecodedImage[]) => slices.map((each, i) => file(`${i}.dcm`, [each]));
    const auto: Partial<TrainingSetOptions> = { recipe: { ...asIs, intensity: 'auto' } };

    it('gets one window for all images, the one that most of them state', async () => {
      const set = files(slice({ windows: [bone] }), slice({ windows: [lung] }), slice({ windows: [lung] }));
      const { recipe, notes, image: read } = (await open(set, auto)).set;
      expect(recipe.intensity).toEqual({ type: 'window', center: -600, width: 1500 });
      expect(notes).toEqual([
        'CT: all images get the window -600,1500 (center, width in Hounsfield units; stated by 2 of 3 images); another: --window CENTER,WIDTH, the window of each image: --window each',
      ]);
      // -1024 + 20 * 40 = -224 HU lies (-224 + 1350) / 1500 within the window.
      for (const index of [0, 1, 2]) expect((await read(index))[40]).toBeCloseTo((2 * 1126) / 1500 - 1, 5);
    });

    it('gets the window of soft tissue where none is stated by most', async () => {
      const { recipe, notes } = (await open(files(slice(), slice({ windows: [lung] })), auto)).set;
      expect(recipe.intensity).toEqual({ type: 'window', center: 40, width: 400 });
      expect(notes[0]).toContain(
        '40,400 (center, width in Hounsfield units; soft tissue: no window is stated by most of 2',
      );
    });

    it.each<[string, Partial<DecodedImage>]>([
      ['an unknown rescale', { rescale: { slope: 1, intercept: 0, unknown: 'Rescale Slope is missing' } }],
      ['another unit', { rescale: { slope: 1, intercept: 0, otherUnit: 'MGML' } }],
      ['another modality', { metadata: { modality: 'MR' } }],
      ['grey levels of a screen', { rescale: { slope: 1, intercept: 0, absent: true } }],
    ])('is shown image by image, and says so, where one has %s', async (_, changes) => {
      const { recipe, notes } = (await open(files(slice(), slice(changes)), auto)).set;
      expect(recipe.intensity).toEqual({ type: 'file-window' });
      expect(notes).toEqual([
        expect.stringMatching(/^1 of 2 images are not in Hounsfield units: each image gets .* its own minimum/),
      ]);
    });

    it('keeps the window of each image where that is chosen, and a window that is given', async () => {
      const each = (await open(files(slice()), { recipe: asIs })).set;
      expect(each.recipe.intensity).toEqual({ type: 'file-window' });
      expect(each.notes).toEqual([expect.stringContaining('its own file states')]);
      const intensity = { type: 'window', center: 60, width: 160 } as const;
      const given = (await open(files(slice()), { recipe: { ...asIs, intensity } })).set;
      expect(given.recipe.intensity).toEqual(intensity);
      expect(given.notes).toEqual([]);
    });

    it('is looked at in at most 100 files', async () => {
      reads = 0;
      const { notes } = (await open(files(...Array.from({ length: 250 }, () => slice())), auto)).set;
      expect(notes[0]).toContain('most of 100 images');
      expect(reads).toBe(100 + 250);
    });
  });

  it('says that volumes are stretched and turned one by one, and says nothing of 8-bit images', async () => {
    const volume = image({ format: 'NIfTI-1', samples: new Int16Array(64), bitsStored: 16 });
    const { notes } = (await open([file('a.nii', [volume])], { recipe: { ...asIs, intensity: 'auto' } })).set;
    expect(notes).toEqual([
      expect.stringMatching(
        /^each image is stretched from its own minimum to its own maximum, .*--window CENTER,WIDTH$/,
      ),
      'slices of NIfTI volumes are turned for display, each volume by its own affine',
    ]);
    expect((await open(named(2), { recipe: { ...asIs, intensity: 'auto' } })).set.notes).toEqual([]);
  });

  it('takes one frame where one is meant', async () => {
    const frames = [0, 1, 2].map((level) => image({ samples: new Uint8Array(64).fill(level) }));
    const { set } = await open([file('a.nii', frames, { frame: 2 })]);
    expect(set.count).toBe(1);
    expect((await set.image(0))[0]).toBe(Math.fround(2 / 127.5 - 1));
  });

  it('leaves out broken files and files that are no image, and says which', async () => {
    const broken = new Problem('content', { file: 'b.png', reason: 'cut short' });
    const text = new Problem('format', { file: 'notes.txt', found: 'text' });
    const { set, skipped } = await open([file('notes.txt', text), ...named(2), file('b.png', broken)]);
    expect(set.count).toBe(2);
    expect(skipped).toEqual(['notes.txt', 'b.png']);
  });

  it.each([
    ['another size', image({ width: 4, height: 16 }), 'size of odd'],
    ['other colours', image({ channels: 3, samples: new Uint8Array(192), photometric: 'RGB' }), 'size of odd'],
    ['another depth', image({ samples: new Uint16Array(64), bitsStored: 16 }), 'odd: image for the recipe'],
    ['NaN voxels', image({ samples: new Float32Array(64).fill(Number.NaN), bitsStored: 32 }), 'samples of odd'],
  ])('refuses an image of %s, naming the file', async (what, odd, message) => {
    const files = what === 'NaN voxels' ? [file('odd', [odd])] : [...named(1), file('odd', [odd])];
    await expect(open(files)).rejects.toMatchObject({
      kind: 'mismatch',
      values: { what: expect.stringContaining(message) },
    });
  });

  it.each([
    [image({ width: 4, height: 16 }), asIs],
    [image({ width: 6, height: 6, samples: new Uint8Array(36) }), asIs],
    [image(), { ...asIs, resolution: 12 }],
  ])('refuses sizes that no network has', async (odd, recipe) => {
    await expect(open([file('odd', [odd])], { recipe })).rejects.toMatchObject({ kind: 'mismatch' });
  });

  it('resizes images of any size where a resolution is chosen', async () => {
    const files = [file('a', [image({ width: 16, height: 4 })]), file('b', [image({ width: 4, height: 16 })])];
    const { set } = await open(files, { recipe: { ...asIs, resolution: 16, channels: 3 } });
    expect(set.recipe).toMatchObject({ resolution: 16, channels: 3 });
    for (const index of [0, 1]) expect(await set.image(index)).toHaveLength(3 * 256);
  });

  it('refuses an empty set, and one in which nothing can be read', async () => {
    await expect(open([])).rejects.toMatchObject({ kind: 'missing' });
    const text = new Problem('format', { file: 'notes.txt', found: 'text' });
    await expect(open([file('notes.txt', text)])).rejects.toMatchObject({ kind: 'missing' });
  });

  it('reads what does not fit into memory again, with the same values', async () => {
    const all = await open(named(4));
    const few = await open(named(4), { memory: 130 });
    expect(few.set.sha256).toBe(all.set.sha256);
    for (const [index, again] of [0, 0, 1, 1].entries()) {
      reads = 0;
      expect(await few.set.image(index)).toEqual(await all.set.image(index));
      expect(reads).toBe(again);
    }
  });

  it('chooses the images of a subset as the published trainer', async () => {
    const { set } = await open(named(10), { subset: { count: 4, seed: 3 } });
    // np.random.RandomState(3).shuffle(np.arange(10)); np.sort(first four)
    expect([0, 1, 2, 3].map(set.nameOf)).toEqual(['1.png', '2.png', '4.png', '5.png']);
    await expect(open(named(3), { subset: { count: 4, seed: 0 } })).rejects.toThrow('--subset must be between 1 and 3');
  });

  it('is another one when a file has other content', async () => {
    const [a, b] = [await open(named(3)), await open([...named(2), file('x.png', [image()])])];
    expect(a.set.sha256).not.toBe(b.set.sha256);
  });

  it('has labels when every image has one', async () => {
    const labelled = (labels: readonly (Label | undefined)[]) =>
      open(labels.map((label, i) => file(`${i}`, [image()], label === undefined ? {} : { label })));
    expect((await labelled([1, 0, 1])).set.labels).toEqual([1, 0, 1]);
    expect((await labelled([1, undefined, 1])).set.labels).toBeNull();
  });
});

describe('labels', () => {
  const name = (index: number) => `image ${index}`;

  it('become one-hot vectors, or stay the vectors that they are', () => {
    const classes = labelVectors([2, 0], name);
    expect(classes.size).toBe(3);
    expect([classes.of(0), classes.of(1)]).toEqual([Float32Array.of(0, 0, 1), Float32Array.of(1, 0, 0)]);
    const vectors = labelVectors(
      [
        [0.5, 1],
        [0, -1],
      ],
      name,
    );
    expect([vectors.size, vectors.of(1)]).toEqual([2, Float32Array.of(0, -1)]);
    expect(labelVectors([], name).size).toBe(0);
  });

  it.each<[readonly Label[]]>([[[0, 1.5]], [[0, -1]], [[0, [1]]], [[[1, 2], [1]]], [[[1], [Number.NaN]]], [[0, 1e6]]])(
    '%j are refused, naming the image',
    (labels) => {
      expect(() => labelVectors(labels, name)).toThrow('image 1');
    },
  );
});

describe('images in memory', () => {
  it('are bytes when these say all', () => {
    const levels = Float32Array.from({ length: 256 }, (_, level) => level / 127.5 - 1);
    expect(pack(levels)).toBeInstanceOf(Uint8Array);
    expect(unpack(pack(levels))).toEqual(levels);
    const between = levels.map((value) => value * 0.999);
    expect(pack(between)).toBe(between);
    expect(unpack(between)).toBe(between);
  });
});

describe('images of another process', () => {
  const shape = { count: 5, resolution: 8, channels: 1, labels: [0, 1, 1, 0, 1] } as const;

  it('are asked for ahead, together and once', async () => {
    const asked: (readonly number[])[] = [];
    const images = remoteImages(shape, async (numbers) => {
      asked.push(numbers);
      return numbers.map((number) => Float32Array.of(number));
    });
    images.expect?.([3, 1, 3]);
    images.expect?.([1, 4]);
    expect(await Promise.all([3, 1, 4, 0].map((number) => images.image(number)))).toEqual(
      [3, 1, 4, 0].map((number) => Float32Array.of(number)),
    );
    expect(asked).toEqual([[3, 1], [4], [0]]);
    expect([images.labelSize, images.label(3)]).toEqual([2, Float32Array.of(1, 0)]);
  });

  it('fail where they are used', async () => {
    const images = remoteImages({ ...shape, labels: null }, () => Promise.reject(new Error('gone')));
    images.expect?.([2]);
    await new Promise((resolve) => setImmediate(resolve));
    await expect(images.image(2)).rejects.toThrow('gone');
  });
});
