// Mean and covariance of feature vectors that come in parts, so that they need not be kept.
import { Problem } from '../platform/errors.ts';
import type { FeatureMoments } from './frechet-distance.ts';
import { type Matrix, type MatrixProduct, multiply, transpose } from './matrix.ts';

/** Sums of features and of their products, in float64. */
export class MomentAccumulator {
  readonly #columns: number;
  readonly #product: MatrixProduct;
  readonly #chunk: number;
  readonly #sum: Float64Array;
  readonly #products: Float64Array;
  readonly #waiting: Float64Array;
  #waitingRows = 0;
  #rows = 0;

  /** `chunk`: rows that wait to be multiplied at once. */
  constructor(columns: number, product: MatrixProduct = multiply, chunk = 1024) {
    this.#columns = columns;
    this.#product = product;
    this.#chunk = chunk;
    this.#sum = new Float64Array(columns);
    this.#products = new Float64Array(columns ** 2);
    this.#waiting = new Float64Array(chunk * columns);
  }

  /** Adds rows of the length given to the constructor. */
  async add({ rows, columns, data }: Matrix): Promise<void> {
    for (let row = 0; row < rows; row++) {
      this.#waiting.set(data.subarray(row * columns, (row + 1) * columns), this.#waitingRows * columns);
      this.#waitingRows += 1;
      if (this.#waitingRows === this.#chunk) await this.#flush();
    }
  }

  /**
   * The moments of all rows so far. `divisor` of the covariance: rows - 1 (`unbiased`, numpy.cov) or rows (`biased`, the
   * metrics of StyleGAN2-ADA). Throws `usage` for fewer than two rows.
   */
  async moments(divisor: 'unbiased' | 'biased'): Promise<FeatureMoments> {
    await this.#flush();
    const [n, rows] = [this.#columns, this.#rows];
    if (rows < 2) throw new Problem('usage', { message: 'a covariance needs at least two images' });
    const mean = this.#sum.map((sum) => sum / rows);
    const covariance = new Float64Array(n * n);
    const factor = divisor === 'biased' ? 1 : rows / (rows - 1);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        covariance[i * n + j] = (this.#products[i * n + j]! / rows - mean[i]! * mean[j]!) * factor;
      }
    }
    return { mean, covariance };
  }

  async #flush(): Promise<void> {
    const [rows, n] = [this.#waitingRows, this.#columns];
    if (rows === 0) return;
    const data = this.#waiting.subarray(0, rows * n);
    for (let at = 0; at < data.length; at++) this.#sum[at % n]! += data[at]!;
    const products = await this.#product(transpose(data, rows, n), data, n, rows, n);
    for (let at = 0; at < products.length; at++) this.#products[at]! += products[at]!;
    this.#rows += rows;
    this.#waitingRows = 0;
  }
}
