// Numbers that tests and their golden scripts (formula_noise in test/golden/statistics/formulas.py) draw alike.

/** `count` numbers in [0, 1), multiples of 2^-24, from a linear congruential generator. */
export function formulaNoise(seed: number, count: number): Float64Array {
  let state = seed >>> 0;
  return Float64Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  });
}

/** Rows of correlated features: noise times a mixing matrix of noise, plus an offset; as formula_features in Python. */
export function formulaFeatures(seed: number, rows: number, columns: number, offset: number) {
  const noise = formulaNoise(seed, rows * columns);
  const mixing = formulaNoise(99, columns * columns);
  const data = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      let sum = offset;
      for (let k = 0; k < columns; k++)
        sum += (noise[row * columns + k]! - 0.5) * (mixing[k * columns + column]! - 0.3) * (1 / (k + 1));
      data[row * columns + column] = sum;
    }
  return { rows, columns, data };
}
