// Statistics of a tick by their published names: how many values were reported, their mean and standard deviation.

/** What the phases of an iteration report of each image, by published names. */
export const reportedNames = [
  'Loss/scores/fake',
  'Loss/signs/fake',
  'Loss/G/loss',
  'Loss/pl_penalty',
  'Loss/G/reg',
  'Loss/scores/real',
  'Loss/signs/real',
  'Loss/D/loss',
  'Loss/r1_penalty',
  'Loss/D/reg',
] as const;
export type ReportedName = (typeof reportedNames)[number];

/** Values of one iteration, one per image that a phase judged; what no phase reported is absent. */
export type Reported = Readonly<Partial<Record<ReportedName, Float32Array>>>;

/** Of the values that a tick collected, as published: `std` divides by their number. */
export interface Statistic {
  readonly num: number;
  readonly mean: number;
  readonly std: number;
}

/** One line of `stats.jsonl`, as published, but for its time. */
export type TickStatistics = Readonly<Record<string, Statistic>>;

/** The statistics of a tick: of what its iterations reported, and of numbers of the tick as a whole. */
export function tickStatistics(
  iterations: readonly Reported[],
  numbers: Readonly<Record<string, number>>,
): TickStatistics {
  const reported = reportedNames.flatMap((name) => {
    const values = iterations.flatMap((iteration) => [...(iteration[name] ?? [])]);
    return values.length === 0 ? [] : [[name, statisticOf(values)] as const];
  });
  const single = Object.entries(numbers).map(([name, value]) => [name, statisticOf([value])] as const);
  return Object.fromEntries([...reported, ...single]);
}

/** Of values, at least one. */
export function statisticOf(values: readonly number[]): Statistic {
  const num = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / num;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / num;
  return { num, mean, std: Math.sqrt(variance) };
}

/** The first reported value that is no finite number, with its name; undefined when all are. */
export function brokenValue(reported: Reported): readonly [name: ReportedName, value: number] | undefined {
  for (const name of reportedNames) {
    const value = reported[name]?.find((one) => !Number.isFinite(one));
    if (value !== undefined) return [name, value];
  }
  return undefined;
}
