// Who was imaged on what, as an import notes it from the header of a file.
import { expect, it } from 'vitest';
import type { ImageMetadata } from '../../src-main/archive/decoded-image.ts';
import type { FileDescription } from '../../src-main/decoder/protocol.ts';
import { imagesOf } from '../../src-main/jobs/imported-image.ts';

const entry = { path: 'a.dcm', file: '/in/a.dcm', inside: [], size: 1, modified: 0 };

function noted(metadata: ImageMetadata) {
  const image = {
    width: 4,
    height: 4,
    bitsStored: 8,
    geometry: {},
    rescale: { slope: 1, intercept: 0 },
    warnings: [],
    metadata,
  };
  const frame = { image, pixelFingerprint: '0', perceptualHash: '0', blank: false };
  const file = { format: 'DICOM', sha256: '0', frames: [frame] } as unknown as FileDescription;
  const [{ sex, age, scanner }] = imagesOf(entry, file, [0], null) as [ReturnType<typeof imagesOf>[number]];
  return { sex, age, scanner };
}

it('notes sex, age in years, and scanner, and nothing that a file does not say', () => {
  const siemens = { manufacturer: 'SIEMENS', model: 'Force' };
  expect(noted({ patientSex: 'F', patientAge: '045Y', ...siemens })).toEqual({
    sex: 'F',
    age: 45,
    scanner: 'SIEMENS Force',
  });
  expect(noted({})).toEqual({ sex: undefined, age: undefined, scanner: undefined });
  expect(noted({ patientSex: ' ', patientAge: '45', manufacturer: '' })).toEqual({
    sex: undefined,
    age: undefined,
    scanner: undefined,
  });
  expect(noted({ patientAge: '018M' }).age).toBeCloseTo(1.5, 5);
  expect(noted({ patientAge: '052W' }).age).toBeCloseTo(1, 1);
  expect(noted({ patientAge: '365D' }).age).toBeCloseTo(1, 2);
});
