// The colours of the points of a map: a scale for numbers, a few that are told apart for categories.

import { colourTable } from '../../src-preload/colour-maps.ts';
import type { Response } from '../../src-preload/contract.ts';
import { packed } from './raster.ts';

export type Colours = Response<'map.colours'>;

/** Okabe and Ito's colours, told apart by colour-blind people, and six more; on black. */
const palette: readonly (readonly [number, number, number])[] = [
  [86, 180, 233],
  [230, 159, 0],
  [0, 158, 115],
  [240, 228, 66],
  [204, 121, 167],
  [213, 94, 0],
  [120, 140, 255],
  [170, 220, 120],
  [255, 170, 160],
  [150, 110, 80],
  [60, 220, 220],
  [200, 200, 200],
];
/** For verdicts, as everywhere in the window. */
const verdictColours: Readonly<Record<string, readonly [number, number, number]>> = {
  keep: [76, 195, 138],
  reject: [255, 123, 114],
  unsure: [227, 179, 65],
};
const none = [84, 96, 108] as const;

export interface LegendEntry {
  readonly label: string;
  /** CSS. */
  readonly colour: string;
}

export interface PointColours {
  /** Of each point, as `drawPoints` takes them. */
  readonly colours: Uint32Array;
  /** Points without a value below, high values on top. */
  readonly order: Uint32Array;
  readonly legend:
    | { readonly kind: 'scale'; readonly low: number; readonly high: number }
    | { readonly kind: 'categories'; readonly entries: readonly LegendEntry[]; readonly others: number };
}

const css = ([red, green, blue]: readonly [number, number, number]): string => `rgb(${red} ${green} ${blue})`;

/** The colours of `count` points; before they are known, all are alike. */
export function pointColours(found: Colours | undefined, count: number): PointColours {
  if (found === undefined) {
    const order = Uint32Array.from({ length: count }, (_, at) => at);
    const colours = new Uint32Array(count).fill(packed(...none));
    return { colours, order, legend: { kind: 'categories', entries: [], others: 0 } };
  }
  return 'values' in found ? byValue(found.values) : byCategory(found);
}

/** Numbers from the 1st to the 99th percentile, so that one outlier does not take the scale. */
function byValue(values: Float32Array): PointColours {
  const known = values.filter((value) => !Number.isNaN(value)).sort();
  const low = known[Math.floor(0.01 * (known.length - 1))] ?? 0;
  const high = known[Math.ceil(0.99 * (known.length - 1))] ?? 1;
  const table = colourTable('viridis').map((colour) => packed(...colour));
  const scale = high > low ? 255 / (high - low) : 0;
  const missing = packed(...none);
  const colours = Uint32Array.from(values, (value) =>
    Number.isNaN(value) ? missing : table[Math.max(0, Math.min(255, Math.round((value - low) * scale)))]!,
  );
  const rank = (value: number) => (Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value);
  const order = Uint32Array.from({ length: values.length }, (_, at) => at).sort(
    (a, b) => rank(values[a]!) - rank(values[b]!) || a - b,
  );
  return { colours, order, legend: { kind: 'scale', low, high } };
}

function byCategory({
  categories,
  names,
  distinct,
}: Extract<Colours, { readonly names: readonly string[] }>): PointColours {
  const chosen = names.map((name, index) => verdictColours[name] ?? palette[index % palette.length]!);
  const table = chosen.map((colour) => packed(...colour));
  const missing = packed(...none);
  const colours = Uint32Array.from(categories, (category) => table[category] ?? missing);
  // Rare categories on top: the most frequent one comes first, after those without any.
  const order = Uint32Array.from({ length: categories.length }, (_, at) => at).sort((a, b) => {
    const layer = (at: number) => (categories[at]! < names.length ? categories[at]! : -1);
    return layer(a) - layer(b) || a - b;
  });
  const entries = names.map((label, index) => ({ label, colour: css(chosen[index]!) }));
  return { colours, order, legend: { kind: 'categories', entries, others: distinct - names.length } };
}
