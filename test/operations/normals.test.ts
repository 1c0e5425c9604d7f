// Which normals are learned from and which only calibrate: by a localiser's list, by patient, or not at all.
import { describe, expect, it } from 'vitest';
import type { ImageSource } from '../../src-main/operations/image-source.ts';
import { holdOutNormals } from '../../src-main/operations/normals.ts';
import { reasonOfDistances, reasonOfMap, somethingAt } from '../../src-main/scoring/reasons.ts';

/** `count` images, three of each patient. */
function source(count: number): ImageSource {
  const images = Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    name: `${index}`,
    content: { sha256: String(index).padStart(64, '0'), frame: 0 },
    patient: index % 10 === 9 ? undefined : `patient ${Math.floor(index / 3)}`,
  }));
  const unread = async () => {
    throw new Error('not read here');
  };
  return { name: 'normals', images, read: unread, readModelSpace: unread };
}
const choice = { count: 4000, fewest: 20, heldOut: [] as string[] };
const idsOf = (images: readonly { readonly id: number }[]) => images.map(({ id }) => id).sort((a, b) => a - b);

describe('normals', () => {
  it('a fifth of the patients is held out, with all their images, the same ones every time', () => {
    const { learned, calibration } = holdOutNormals(source(300), choice);
    expect(calibration.length).toBeGreaterThanOrEqual(60);
    expect(calibration.length).toBeLessThan(64);
    expect(idsOf([...learned, ...calibration])).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
    const patients = new Set(calibration.flatMap(({ patient }) => patient ?? []));
    expect(learned.filter(({ patient }) => patient !== undefined && patients.has(patient))).toEqual([]);
    expect(idsOf(holdOutNormals(source(300), choice).calibration)).toEqual(idsOf(calibration));
  });

  it('slices of a volume whose patient is unknown stay together', () => {
    const { images, ...rest } = source(300);
    const ofVolumes = images.map((image, index) => ({
      ...image,
      patient: undefined,
      content: { sha256: `${Math.floor(index / 7)}`, frame: index % 7 },
    }));
    const { learned, calibration } = holdOutNormals({ ...rest, images: ofVolumes }, choice);
    expect(calibration.length).toBeGreaterThanOrEqual(60);
    const volumes = new Set(calibration.map(({ content }) => content!.sha256));
    expect(learned.filter(({ content }) => volumes.has(content!.sha256))).toEqual([]);
  });

  it('nobody is held out where fewer than a hundred would remain', () => {
    expect(holdOutNormals(source(119), choice)).toMatchObject({ learned: { length: 119 }, calibration: { length: 0 } });
    expect(holdOutNormals(source(130), choice).calibration.length).toBeGreaterThanOrEqual(20);
  });

  it('normals that a localiser has not learned from calibrate, and nothing else does', () => {
    const heldOut = Array.from({ length: 25 }, (_, index) => `${String(index * 2).padStart(16, '0')}:0`);
    // Hashes begin with zeros: give them names that differ early.
    const images = source(60).images.map((image, index) => ({
      ...image,
      content: { sha256: `${String(index).padStart(16, '0')}${'f'.repeat(48)}`, frame: 0 },
    }));
    const { learned, calibration } = holdOutNormals({ ...source(60), images }, { ...choice, heldOut });
    expect(idsOf(calibration)).toEqual(Array.from({ length: 25 }, (_, index) => index * 2 + 1));
    expect(learned).toHaveLength(35);
  });

  it('at most the asked number is learned from', () => {
    const { learned, calibration } = holdOutNormals(source(300), { ...choice, count: 50 });
    expect(learned).toHaveLength(50);
    expect(calibration.length).toBeGreaterThanOrEqual(60);
  });
});

describe('reasons', () => {
  const map = (side: number, value: (x: number, y: number) => number) =>
    Float32Array.from({ length: side * side }, (_, at) => value(at % side, Math.floor(at / side)));

  it.each([
    ['at the upper left', 2, 2],
    ['at the top', 11, 3],
    ['at the upper right', 20, 1],
    ['at the left', 3, 11],
    ['in the middle', 12, 12],
    ['at the right', 21, 12],
    ['at the lower left', 1, 21],
    ['at the bottom', 10, 22],
    ['at the lower right', 22, 22],
  ])('%s', (place, x0, y0) => {
    const spot = (x: number, y: number) => (Math.hypot(x - x0, y - y0) < 2 ? 0.9 : 0.01);
    expect(reasonOfMap(map(24, spot))).toEqual({ reason: 'something', place });
    expect(reasonOfDistances(map(24, (x, y) => 10 + 9 * spot(x, y)))).toEqual({ reason: 'something', place });
    expect(somethingAt(x0 / 24, y0 / 24)).toEqual({ reason: 'something', place });
  });

  it('much of the image is the image as a whole', () => {
    const whole = { reason: 'unlike the normals as a whole', place: null };
    expect(reasonOfMap(map(24, (x) => (x < 12 ? 0.8 : 0.1)))).toEqual(whole);
    expect(reasonOfDistances(map(8, (x, y) => 20 + ((x * y) % 3)))).toEqual(whole);
  });
});
