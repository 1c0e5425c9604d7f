// The images that make_radiomics.py draws and measures.
import { readFileSync } from 'node:fs';
import { formulaNoise } from './formula-noise.ts';

export interface Drawing {
  readonly seed: number;
  readonly shape: readonly number[];
  readonly low: number;
  readonly high: number;
}
export interface RadiomicCase extends Drawing {
  readonly spacing: readonly number[];
  /** Rows of # inside and . outside. */
  readonly mask?: readonly string[];
  readonly features: Readonly<Record<string, number>>;
}

export const goldenRadiomics = JSON.parse(
  readFileSync(new URL('../golden/statistics/radiomics.json', import.meta.url), 'utf8'),
) as {
  readonly cases: readonly RadiomicCase[];
  readonly frd: { readonly v0: number; readonly v1: number };
  readonly folders: {
    readonly sets: readonly (Omit<Drawing, 'seed'> & { readonly seeds: readonly number[] })[];
    readonly v0: number;
    readonly v1: number;
  };
};

/** Noise whose every second column of three repeats the first, for runs and zones. */
export function draw({ seed, shape, low, high }: Drawing): Float64Array {
  const columns = shape.at(-1)!;
  const noise = formulaNoise(
    seed,
    shape.reduce((product, length) => product * length, 1),
  );
  return noise.map((value, at) => Math.floor(low + ((at % columns) % 3 === 1 ? noise[at - 1]! : value) * (high - low)));
}
