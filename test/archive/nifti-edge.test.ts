// Every file of shared/data/nifti-edge.zip: voxels and display as nibabel gives them, or refused with a reason.
import { createHash, type Hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { openImageFile } from '../../src-main/archive/decode.ts';
import { EntryReader } from '../../src-main/archive/entry-reader.ts';
import { readNiftiVolume } from '../../src-main/archive/nifti/volume.ts';
import { isProblem } from '../../src-main/platform/errors.ts';
import { inWords } from '../../src-main/platform/words.ts';
import { cpuSeconds, sharedData, sharedEntries } from './shared-data.ts';

interface Expected {
  readonly voxels: string;
  readonly frames: string | null;
  readonly shape: readonly number[];
  readonly slope: number;
  readonly intercept: number;
}
const golden: Readonly<Record<string, Expected>> = JSON.parse(
  readFileSync(new URL('../golden/archive/nifti-edge.json', import.meta.url), 'utf8'),
);

/** Other formats, and what they must be called. */
const namedFormats: Readonly<Record<string, RegExp>> = {
  'nibabel/nibabel/tests/data/analyze.hdr': /Analyze 7\.5 volume/,
  'nibabel/nibabel/tests/data/nifti1.hdr': /the \.img file of this \.hdr is missing/,
  'nibabel/nibabel/tests/data/nifti2.hdr': /the \.img file of this \.hdr is missing/,
  'nibabel/nibabel/tests/data/tiny.mnc': /MINC-1 volume/,
  'nibabel/nibabel/tests/data/small.mnc': /HDF5 file \(MINC-2 volume or other\)|MINC-1/,
  'nibabel/nibabel/tests/data/test.mgz': /gzip of FreeSurfer MGH volume/,
  'nibabel/nibabel/tests/data/standard.trk': /TrackVis streamlines/,
  'nibabel/nibabel/tests/data/standard.tck': /MRtrix streamlines/,
  'nibabel/nibabel/tests/data/tinypet.v': /ECAT volume/,
  'nibabel/nibabel/tests/data/example4d+orig.HEAD': /AFNI header/,
  'nibabel/nibabel/tests/data/T1.PAR': /Philips PAR header/,
  'nibabel/nibabel/nicom/tests/data/philips_mprage.dcm.gz': /gzip of DICOM/,
  'nibabel/nibabel/tests/data/row_major.dconn.nii': /CIFTI-2 connectivity/,
  'nifti-reader-js/data/not-nifti.nii': /not a format that Residua reads/,
};

const path = sharedData('nifti-edge.zip');
const entries = path === undefined ? new Map() : await sharedEntries(path);
const reader = new EntryReader();
afterAll(() => reader.close());

/** Adds samples as little-endian float64. */
function update(hash: Hash, samples: ArrayLike<number>): Hash {
  return hash.update(new Uint8Array(new Float64Array(samples).buffer));
}

const reason = path === undefined ? ' (skipped: shared/data/nifti-edge.zip is not on this machine)' : '';

describe.skipIf(path === undefined)(`nifti-edge.zip${reason}`, () => {
  it('has the files that were hashed and the formats that are named', () => {
    for (const name of [...Object.keys(golden), ...Object.keys(namedFormats)])
      expect(entries.has(name), name).toBe(true);
  });

  it.each([...entries.keys()])('%s', async (name) => {
    const bytes = await reader.read(entries.get(name)!);
    const expected = golden[name];
    if (expected === undefined) {
      const result: unknown = await openImageFile(bytes)
        .then((file) => file.frame(0).then(() => file.format))
        .catch((error: unknown) => error);
      // The DICOM files among them are decoded; everything else is refused.
      expect(result === 'DICOM' || isProblem(result), inWords(result)).toBe(true);
      if (namedFormats[name] !== undefined) expect(inWords(result)).toMatch(namedFormats[name]);
      return;
    }
    const { header, voxels } = await readNiftiVolume(bytes);
    const { shape, slope, intercept } = header;
    expect({ shape, slope, intercept }).toEqual({
      shape: expected.shape,
      slope: expect.closeTo(expected.slope, 12),
      intercept: expect.closeTo(expected.intercept, 12),
    });
    expect(update(createHash('sha256'), voxels).digest('hex')).toBe(expected.voxels);
    const before = process.cpuUsage();
    const file = await openImageFile(bytes);
    for (let index = 0; index < file.frameCount; index++) await file.frame(index);
    expect(cpuSeconds(before)).toBeLessThan(5);
    const hash = createHash('sha256');
    for (let index = 0; index < file.frameCount; index++) update(hash, (await file.frame(index)).samples);
    if (expected.frames !== null) expect(hash.digest('hex')).toBe(expected.frames);
  });
});
