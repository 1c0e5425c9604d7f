// PaDiM (Defard et al. 2021, arXiv:2011.08785): a Gaussian of the normals' features at each place of a grid.
import { Problem } from '../platform/errors.ts';
import { fitGaussian, type Gaussian, mahalanobisDistances } from './gaussian.ts';
import { type Matrix, type MatrixProduct, multiply } from './matrix.ts';
import { MomentAccumulator } from './moment-accumulator.ts';

/** Images whose products are summed at once: each place keeps so many rows. */
const together = 128;

/** Published (section 3.1): 0.01 is added to the diagonal; here it is relative, so that the scale of features does not matter. */
const shrinkage = 0.01;

/** Fewer normals than this tell little of how features vary together. */
export const fewestNormals = 16;

export interface PadimModel {
  /** The channels that are compared, by index. */
  readonly chosen: Uint32Array;
  /** One for each place. */
  readonly gaussians: readonly Gaussian[];
}

/** Sums over normals, one place after the other; memory does not grow with their number. */
export class PadimAccumulator {
  readonly #chosen: Uint32Array;
  readonly #places: readonly MomentAccumulator[];
  #images = 0;

  constructor(chosen: Uint32Array, places: number, product: MatrixProduct = multiply) {
    this.#chosen = chosen;
    this.#places = Array.from({ length: places }, () => new MomentAccumulator(chosen.length, product, together));
  }

  /** Features of normals, each [channels, places]. */
  async add(images: readonly Float32Array[]): Promise<void> {
    for (const [place, moments] of this.#places.entries())
      await moments.add(rowsAt(images, place, this.#places.length, this.#chosen));
    this.#images += images.length;
  }

  /** Throws `usage` for too few normals, and for normals that do not vary. */
  async fit(): Promise<PadimModel> {
    if (this.#images < fewestNormals) {
      const message = `features are compared with at least ${fewestNormals} normals; there are ${this.#images}`;
      throw new Problem('usage', { message });
    }
    const gaussians: Gaussian[] = [];
    for (const moments of this.#places) gaussians.push(fitGaussian(await moments.moments('unbiased'), shrinkage));
    return { chosen: this.#chosen, gaussians };
  }
}

/** The Mahalanobis distance at each place of each image, [places]; features [channels, places] each. */
export async function padimMaps(
  { chosen, gaussians }: PadimModel,
  images: readonly Float32Array[],
  product: MatrixProduct = multiply,
): Promise<readonly Float32Array[]> {
  const maps = images.map(() => new Float32Array(gaussians.length));
  for (const [place, gaussian] of gaussians.entries()) {
    const rows = rowsAt(images, place, gaussians.length, chosen);
    const distances = await mahalanobisDistances(gaussian, rows, product);
    for (const [index, distance] of distances.entries()) maps[index]![place] = distance;
  }
  return maps;
}

/** The chosen features of one place, an image a row. */
function rowsAt(images: readonly Float32Array[], place: number, places: number, chosen: Uint32Array): Matrix {
  const data = new Float32Array(images.length * chosen.length);
  for (const [row, image] of images.entries())
    for (const [column, channel] of chosen.entries())
      data[row * chosen.length + column] = image[channel * places + place]!;
  return { rows: images.length, columns: chosen.length, data };
}
