// All radiomic features of an image inside its mask, as pyradiomics 3 gives them with default settings.
import { Problem } from '../../platform/errors.ts';
import { boxShape3D } from './box-shape.ts';
import { coOccurrenceFeatures } from './co-occurrence.ts';
import {
  type DiscretisedImage,
  defaultBinWidth,
  discretise,
  type Features,
  type RadiomicImage,
} from './discretised-image.ts';
import { firstOrderFeatures } from './first-order.ts';
import { dependenceFeatures, runLengthFeatures, sizeZoneFeatures } from './level-size-textures.ts';
import { planeShape } from './plane-shape.ts';
import { toneDifferenceFeatures } from './tone-difference.ts';

const families: Readonly<Record<string, (image: RadiomicImage, discretised: DiscretisedImage) => Features>> = {
  firstorder: firstOrderFeatures,
  glcm: (_, discretised) => coOccurrenceFeatures(discretised),
  gldm: (_, discretised) => dependenceFeatures(discretised),
  glrlm: (_, discretised) => runLengthFeatures(discretised),
  glszm: (_, discretised) => sizeZoneFeatures(discretised),
  ngtdm: (_, discretised) => toneDifferenceFeatures(discretised),
};

/**
 * Features by pyradiomics' names without the prefix of the image type: `firstorder_Mean`, `glcm_Contrast` …: 102 of a 2-D image
 * (with shape2D), 107 of a volume (with shape). Always the same names in the same order for one dimension; not a number where a mask
 * leaves nothing to measure (single voxels have no neighbours).
 * Throws `usage` for fewer than two voxels, values that are not finite or a volume with a mask; `limit` for too many grey levels.
 */
export function radiomicFeatures(image: RadiomicImage, binWidth = defaultBinWidth): Features {
  if (image.size.length > 2 && image.mask !== undefined)
    throw new Problem('usage', { message: 'no radiomics of a volume inside a mask' });
  const discretised = discretise(image, binWidth);
  const shape = image.size.length === 2 ? { shape2D: planeShape(image) } : { shape: boxShape3D(image) };
  const all = {
    ...Object.fromEntries(Object.entries(families).map(([family, of]) => [family, of(image, discretised)])),
    ...shape,
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([family, features]) =>
      Object.entries(features).map(([name, value]) => [`${family}_${name}`, value]),
    ),
  );
}
