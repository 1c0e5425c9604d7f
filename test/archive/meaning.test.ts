// What pixels mean: rescale, windows, padding, recipes and the way back; series in order; fingerprints of images.
import { describe, expect, it } from 'vitest';
import type { DecodedImage } from '../../src-main/archive/decoded-image.ts';
import { groupSeries, type Slice } from '../../src-main/archive/dicom/series.ts';
import { mixedUnits, seriesNotes, volumeFault } from '../../src-main/archive/dicom/series-notes.ts';
import { displayValues, modalityValues, toGrey8 } from '../../src-main/archive/grey.ts';
import { perceptualHash } from '../../src-main/archive/perceptual-hash.ts';
import {
  applyRecipe,
  modelToGrey8,
  publishedRecipe,
  type Recipe,
  recipeSchema,
  unitFault,
  withUnknownRescale,
} from '../../src-main/archive/recipe.ts';
import { greyImage, levels } from './synthetic.ts';

const hounsfield = (changes: Partial<DecodedImage> = {}) =>
  greyImage(Int16Array.of(-2000, 0, 1000, 2000), 2, 2, {
    format: 'DICOM',
    rescale: { slope: 1, intercept: -1000 },
    ...changes,
  });

describe('display', () => {
  it('padding and values that are not finite show as the darkest content', () => {
    const padded = hounsfield({ padding: { low: -2000, high: -2000 } });
    expect(Array.from(modalityValues(padded))).toEqual([-1000, -1000, 0, 1000]);
    const holes = greyImage(Float32Array.of(Number.NaN, 1, Number.POSITIVE_INFINITY, 3), 2, 2);
    expect(Array.from(toGrey8(holes))).toEqual([0, 0, 0, 255]);
  });

  it.each([
    ['LINEAR', 0.5 / 2000 + 0.5],
    ['LINEAR_EXACT', 0.5],
    ['SIGMOID', 0.5],
  ] as const)('%s window at its centre', (shape, share) => {
    const image = hounsfield({ windows: [{ center: 0, width: 2001, function: shape }] });
    expect(displayValues(image)[2]! / 255).toBeCloseTo(share, 9);
  });

  it('a constant image is black, not a division by zero', () => {
    expect(Array.from(toGrey8(greyImage(new Uint16Array(4).fill(700), 2, 2)))).toEqual([0, 0, 0, 0]);
  });

  it('8-bit levels are shown as they are', () => {
    expect(toGrey8(greyImage(levels(64), 8, 8))).toEqual(levels(64));
  });
});

describe('recipes', () => {
  const base: Recipe = { ...publishedRecipe(4, 1), fit: 'squash' };
  const square = greyImage(levels(16), 4, 4);

  it('as-is at the same size is level / 127.5 - 1, and comes back to the same levels', () => {
    const model = applyRecipe(square, base);
    expect(model[3]).toBeCloseTo(levels(16)[3]! / 127.5 - 1, 6);
    const back = modelToGrey8(model, 1);
    // The projector truncates: float32 may fall one level below.
    for (const [at, level] of levels(16).entries()) expect(level - back[at]!).toBeOneOf([0, 1]);
  });

  it('as-is refuses what is not 8-bit', () => {
    expect(() => applyRecipe(hounsfield(), base)).toThrow(/mismatch/);
  });

  it('a window maps its ends to -1 and 1', () => {
    const recipe: Recipe = { ...base, resolution: 4, intensity: { type: 'window', center: 0, width: 2000 } };
    const image = hounsfield({ samples: Int16Array.from({ length: 16 }, (_, at) => at * 200), width: 4, height: 4 });
    const model = applyRecipe(image, recipe);
    expect([model[0], model[5], model[10], model[15]].map((value) => value!.toFixed(4))).toEqual([
      '-1.0000',
      '0.0000',
      '1.0000',
      '1.0000',
    ]);
  });

  it('percentiles are those of numpy', () => {
    const image = greyImage(
      Uint16Array.from({ length: 16 }, (_, at) => at * 10),
      4,
      4,
    );
    const model = applyRecipe(image, { ...base, intensity: { type: 'percentile', low: 10, high: 90 } });
    // numpy.percentile([0, 10, ..., 150], [10, 90]) = [15, 135]
    expect(model[6]).toBeCloseTo(((60 - 15) / 120) * 2 - 1, 5);
  });

  it('MONOCHROME1 is inverted, RGB becomes luma, grey is repeated', () => {
    const inverted = applyRecipe({ ...square, photometric: 'MONOCHROME1' }, base);
    const plain = applyRecipe(square, base);
    for (const [at, value] of inverted.entries()) expect(value).toBeCloseTo(-plain[at]!, 5);
    const three = applyRecipe(square, { ...base, channels: 3 });
    expect(three.slice(16, 32)).toEqual(plain);
    const rgb = greyImage(levels(48), 4, 4, { channels: 3, photometric: 'RGB' });
    expect(applyRecipe(rgb, base)).toHaveLength(16);
  });

  it('pads with black and crops the centre', () => {
    const wide = greyImage(new Uint8Array(8 * 4).fill(200), 8, 4);
    const padded = applyRecipe(wide, { ...base, resolution: 8, fit: 'pad' });
    expect([padded[0], padded[8 * 2], padded[8 * 6]].map((value) => Math.round((value! + 1) * 127.5))).toEqual([
      0, 200, 0,
    ]);
    expect(
      applyRecipe(wide, { ...base, fit: 'crop' }).every((value) => Math.abs(value - (200 / 127.5 - 1)) < 1e-6),
    ).toBe(true);
  });

  it('is checked when it comes from a file', () => {
    expect(recipeSchema.safeParse(JSON.parse(JSON.stringify(base))).data).toEqual(base);
    expect(recipeSchema.safeParse({ ...base, fit: 'shrink' }).success).toBe(false);
    expect(recipeSchema.safeParse({ ...base, extra: 1 }).success).toBe(false);
  });
});

describe('series', () => {
  const slice = (z: number, y = 0, uid = '1'): Slice => ({
    path: `${z}.dcm`,
    width: 4,
    height: 4,
    frame: { index: 0, count: 1 },
    metadata: { seriesUid: uid, instanceNumber: String(100 - z) },
    geometry: { orientation: [1, 0, 0, 0, 1, 0], position: [0, y, z], spacing: { row: 1, column: 1 } },
  });

  it('is ordered by position, whatever the instance numbers say; gaps are told', () => {
    const [series, ...others] = groupSeries([slice(4), slice(0), slice(2), slice(10)]);
    expect(others).toEqual([]);
    expect(series!.slices.map(({ geometry }) => geometry.position![2])).toEqual([0, 2, 4, 10]);
    expect(series).toMatchObject({ spacing: 2, uneven: [{ after: 2, distance: 6 }], repeated: false, tilt: 0 });
  });

  it('tells a few gaps one by one, many in one sentence', () => {
    const notes = (places: readonly number[]) => seriesNotes(groupSeries(places.map((z) => slice(z)))[0]!);
    expect(notes([0, 2, 4, 6])).toEqual([]);
    expect(notes([0, 2, 4, 6, 11])).toEqual(['5.00 mm behind slice 4, elsewhere 2.00 mm']);
    const regular = Array.from({ length: 20 }, (_, index) => 2 * index);
    expect(notes([...regular, 41, 45, 46, 49])).toEqual([
      '4 distances of 1.00 to 4.00 mm, the first behind slice 20, elsewhere 2.00 mm',
    ]);
  });

  it('tells the gantry tilt and slices at one position', () => {
    const tilted = groupSeries(
      [0, 1, 2, 3].map((index) => slice(index * 2, index * 2 * Math.tan((20 * Math.PI) / 180))),
    );
    expect(tilted[0]!.tilt).toBeCloseTo(20, 6);
    expect(groupSeries([slice(0), slice(0), slice(2)])[0]!.repeated).toBe(true);
  });

  it('keeps series, sizes and orientations apart; without positions the instance number orders', () => {
    const scout: Slice = { ...slice(0), geometry: { orientation: [0, 1, 0, 0, 0, -1] } };
    expect(groupSeries([slice(0), slice(0, 0, '2'), scout, { ...slice(2), width: 8 }])).toHaveLength(4);
    const [unplaced] = groupSeries([slice(1), slice(3), slice(2)].map((one) => ({ ...one, geometry: {} })));
    expect(unplaced!.slices.map(({ metadata }) => metadata.instanceNumber)).toEqual(['97', '98', '99']);
  });
});

describe('which slices make one volume', () => {
  type Changes = { readonly metadata?: Slice['metadata']; readonly geometry?: Slice['geometry'] } & Partial<
    Pick<Slice, 'pixelFingerprint' | 'rescale' | 'path'>
  >;
  const slice = (z: number, { metadata, geometry, ...more }: Changes = {}): Slice => ({
    path: `${z}.dcm`,
    width: 4,
    height: 4,
    frame: { index: 0, count: 1 },
    pixelFingerprint: `${z}`,
    ...more,
    metadata: { patientId: 'T1', seriesUid: '1', instanceUid: `1.${z}`, ...metadata },
    geometry: {
      ...{ orientation: [1, 0, 0, 0, 1, 0], position: [0, 0, z], spacing: { row: 1, column: 1 } },
      ...geometry,
    },
  });
  const sizes = (slices: readonly Slice[]) => groupSeries(slices).map(({ slices }) => slices.length);
  const fault = (slices: readonly Slice[]) => volumeFault(groupSeries(slices)[0]!);

  it.each([
    ['patient', { metadata: { patientId: 'T2' } }],
    ['frame of reference', { metadata: { frameOfReferenceUid: '2' } }],
    ['series', { metadata: { seriesUid: '2' } }],
    ['pixel spacing', { geometry: { spacing: { row: 0.5, column: 0.5 } } }],
    [
      'orientation',
      { geometry: { orientation: [Math.cos(0.02), Math.sin(0.02), 0, -Math.sin(0.02), Math.cos(0.02), 0] } },
    ],
  ] as const)('keeps slices of another %s apart', (_, changes) => {
    const reference = { metadata: { frameOfReferenceUid: '1' } };
    const mine = [0, 2].map((z) => slice(z, reference));
    const others = [1, 3].map((z) => slice(z, { ...reference, ...changes }));
    expect(sizes([...mine, ...others])).toEqual([2, 2]);
  });

  it('tells patients apart without an ID and without a series UID', () => {
    const of = (patientHash: string) =>
      [0, 1].map((z) => {
        const { patientId: _, seriesUid: __, ...metadata } = slice(z).metadata;
        return { ...slice(z), metadata: { ...metadata, patientHash } };
      });
    expect(sizes([...of('a'), ...of('b')])).toEqual([2, 2]);
  });

  it('does not split a series for jitter of its cosines, its spacing or a missing frame of reference', () => {
    const jitter = [0, 1, 2, 3].map((z) => {
      const turn = z % 2 === 0 ? 0.000_499 : 0.000_501;
      const orientation = [Math.cos(turn), Math.sin(turn), 0, -Math.sin(turn), Math.cos(turn), 0] as const;
      const spacing = { row: 0.976_562 + z * 1e-6, column: 0.976_562 };
      return slice(z, { geometry: { orientation, spacing }, metadata: z === 0 ? {} : { frameOfReferenceUid: '1' } });
    });
    expect(sizes(jitter)).toEqual([4]);
    expect(fault(jitter)).toBeUndefined();
  });

  it('drops copies and names them; other slices at one place make no volume', () => {
    const copy = slice(1, { path: 'copy.dcm' });
    const [series] = groupSeries([slice(0), slice(1), copy, slice(2)]);
    expect(series!.slices.map(({ path }) => path)).toEqual(['0.dcm', '1.dcm', '2.dcm']);
    expect(seriesNotes(series!)).toEqual(['1 copy of a slice was left out: copy.dcm']);
    const other = slice(1, { pixelFingerprint: 'other' });
    expect(fault([slice(0), slice(1), other, slice(2)])).toMatch(/several slices at one position/);
    // One careless UID for all slices does not make them copies.
    const careless = [0, 1, 2].map((z) => slice(z, { metadata: { instanceUid: '1.1' }, pixelFingerprint: 'same' }));
    expect(sizes(careless)).toEqual([3]);
  });

  it('refuses shifted and missing slices, and takes rounded positions and tilted stacks', () => {
    const at = (position: readonly [number, number, number]) => slice(position[2], { geometry: { position } });
    expect(fault([at([0, 0, 0]), at([0, 3, 1]), at([0, 0, 2])])).toBe(
      'slice 2 (1.dcm) is shifted in its plane by 3.00 mm: it makes no volume with the others',
    );
    expect(fault([0, 1, 2, 4, 5].map((z) => slice(z)))).toBe(
      'slices are missing or unevenly spaced (2.00 mm behind slice 3, elsewhere 1.00 mm): no single affine is true for them',
    );
    expect(fault([0, 0.6, 1.3, 1.9, 2.5].map((z) => slice(z)))).toBeUndefined();
    expect(fault([0, 1, 2, 3].map((z) => at([0, z * 0.2, z])))).toBeUndefined();
  });

  it('names slices without a rescale among others that have one, in series that need none', () => {
    const scaled = [0, 1].map((z) => slice(z, { rescale: { slope: 2, intercept: 0 } }));
    const absent = slice(2, { rescale: { slope: 1, intercept: 0, absent: true } });
    expect(mixedUnits(groupSeries([...scaled, absent])[0]!)).toBe(
      'Rescale Slope and Rescale Intercept are missing in 2.dcm, but not in the other slices',
    );
    expect(mixedUnits(groupSeries([absent, slice(3, { rescale: absent.rescale })])[0]!)).toBeUndefined();
  });

  it('names slices whose unit is not known', () => {
    const unknown = { slope: 1, intercept: 0, unknown: 'Rescale Slope cannot be read' };
    const [mixed] = groupSeries([slice(0), slice(1, { rescale: unknown }), slice(2)]);
    expect(mixedUnits(mixed!)).toBe('Rescale Slope cannot be read in 1.dcm, but not in the other slices');
    const [all] = groupSeries([0, 1].map((z) => slice(z, { rescale: unknown })));
    expect(mixedUnits(all!)).toBeUndefined();
    expect(seriesNotes(all!)).toEqual([
      'Rescale Slope cannot be read (all slices): values there are as stored, their unit is not known',
    ]);
  });
});

describe('an unknown rescale', () => {
  const image = greyImage(new Int16Array(16).fill(100), 4, 4, {
    rescale: { slope: 1, intercept: 0, unknown: 'Rescale Slope cannot be read' },
    windows: [{ center: 40, width: 400, function: 'LINEAR' }],
  });
  const recipe = { fit: 'squash', filter: 'box', channels: 1, resolution: 4 } as const;

  it.each([{ type: 'window', center: 40, width: 400 }, { type: 'file-window' }] as const)(
    'keeps an image from $type, unless values are taken as stored',
    (intensity) => {
      expect(() => applyRecipe(image, { ...recipe, intensity })).toThrow(expect.objectContaining({ kind: 'mismatch' }));
      const asStored = { ...intensity, unknownRescale: 'as-stored' } as const;
      expect(applyRecipe(image, { ...recipe, intensity: asStored })).toHaveLength(16);
      expect(recipeSchema.safeParse({ ...recipe, intensity: asStored }).success).toBe(true);
    },
  );

  it('is refused in words, and taken when a run or a training is told so', () => {
    const window = { ...recipe, intensity: { type: 'window', center: 40, width: 400 } } as const;
    expect(unitFault(image, window)).toMatch(/^Rescale Slope cannot be read: no window fits its values/);
    expect(unitFault(image, withUnknownRescale(window, 'refuse'))).toBeDefined();
    expect(unitFault(image, withUnknownRescale(window, 'as-stored'))).toBeUndefined();
    const plain = { ...recipe, intensity: { type: 'min-max' } } as const;
    expect(withUnknownRescale(plain, 'as-stored')).toEqual(plain);
  });

  it('does not matter to a recipe without units', () => {
    expect(applyRecipe(image, { ...recipe, intensity: { type: 'min-max' } })).toHaveLength(16);
  });
});

describe('perceptual hash', () => {
  /** Grey squares of 8 x 8 pixels. */
  const squares = levels(64);
  const picture = (change: (value: number, x: number, y: number) => number) =>
    greyImage(
      Uint8Array.from({ length: 64 * 64 }, (_, at) => {
        const [x, y] = [at % 64, Math.floor(at / 64)];
        return change(squares[(y >> 3) * 8 + (x >> 3)]!, x, y);
      }),
      64,
      64,
    );
  const distance = (a: string, b: string) =>
    [...(BigInt(`0x${a}`) ^ BigInt(`0x${b}`)).toString(2)].filter((bit) => bit === '1').length;

  it('stays close under brightness and noise, not under another picture', () => {
    const hash = perceptualHash(picture((value) => value));
    const noise = levels(64 * 64);
    expect(hash).toMatch(/^[0-9a-f]{16}$/);
    const noisy = picture((value, x, y) => value * 0.8 + (noise[y * 64 + x]! & 7));
    expect(distance(hash, perceptualHash(noisy))).toBeLessThan(8);
    expect(distance(hash, perceptualHash(picture((_, x, y) => squares[(x >> 3) * 8 + (y >> 3)]!)))).toBeGreaterThan(16);
  });
});
