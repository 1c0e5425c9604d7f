// How the labels of reference masks are numbered and named in data sets for training.

export interface LabelNames {
  /** Value in a mask -> number in the data set, from 1 on. */
  readonly numberOf: ReadonlyMap<number, number>;
  /** By number, the first is that of 1. */
  readonly names: readonly string[];
}

/** Of all values that masks hold beside the background. Throws nothing; without values there are no names. */
export function labelNames(found: Iterable<number>): LabelNames {
  const values = [...new Set(found)].sort((a, b) => a - b);
  // 1 in one mask and 255 in another are two ways to write one structure; any other values are structures of their own.
  const several = values.length > 1 && !values.every((value) => value === 1 || value === 255);
  const numberOf = new Map(values.map((value, index) => [value, several ? index + 1 : 1]));
  const names = values.length === 0 ? [] : several ? values.map((value) => `label ${value}`) : ['foreground'];
  return { numberOf, names };
}
