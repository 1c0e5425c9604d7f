// Plots of a score over time as SVG text: the control chart, and a distribution before and after.
import type { Drift, DriftGroup } from '../../src-preload/schemas/drift.ts';
import { escaped } from './html.ts';

const [width, height] = [1040, 260];
const margin = { left: 60, right: 12, top: 12, bottom: 34 };
const [grey, blue, red] = ['#7f7f7f', '#0072b2', '#d55e00'];

/** The points with centre and limits; the baseline lies on a grey ground, signals are red and larger. */
export function controlPlot({ centre, points }: NonNullable<Drift['chart']>, baseline: number): string {
  const values = points.flatMap(({ value, lower, upper }) => [value, lower, upper]);
  const [low, high] = values.reduce(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)] as const,
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] as readonly [number, number],
  );
  const [wide, tall] = [width - margin.left - margin.right, height - margin.top - margin.bottom];
  const step = wide / points.length;
  const x = (index: number) => (step * (index + 0.5)).toFixed(1);
  const y = (value: number) => (tall * (1 - (value - low) / (high - low || 1))).toFixed(1);
  const line = (of: (point: (typeof points)[number]) => number, style: string) =>
    `<polyline points="${points.map((point, index) => `${x(index)},${y(of(point))}`).join(' ')}" fill="none" ${style}/>`;
  const dots = points.map(({ value, signal, from, images }, index) => {
    const title = `<title>${from}: ${Number(value.toPrecision(4))}, ${images} images</title>`;
    return `<circle cx="${x(index)}" cy="${y(value)}" r="${signal === null ? 3 : 5}" fill="${signal === null ? blue : red}">${title}</circle>`;
  });
  const every = Math.ceil(points.length / 12);
  const days = points.flatMap(({ from }, index) =>
    index % every === 0 ? [`<text x="${x(index)}" y="${tall + 18}" text-anchor="middle">${from}</text>`] : [],
  );
  const levels = [low, centre, high].map(
    (value) => `<text x="-6" y="${Number(y(value)) + 4}" text-anchor="end">${Number(value.toPrecision(3))}</text>`,
  );
  return `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="control chart">
<g transform="translate(${margin.left},${margin.top})"><rect width="${(step * baseline).toFixed(1)}" height="${tall}" fill="#eee"/><rect width="${wide}" height="${tall}" fill="none" stroke="#bbb"/>
${line(({ lower }) => lower, `stroke="${red}" stroke-dasharray="5 4"`)}${line(({ upper }) => upper, `stroke="${red}" stroke-dasharray="5 4"`)}
<line x1="0" x2="${wide}" y1="${y(centre)}" y2="${y(centre)}" stroke="${grey}"/>${line(({ value }) => value, `stroke="${blue}" stroke-width="1.5"`)}
${dots.join('')}${days.join('')}${levels.join('')}</g></svg>`;
}

const side = 200;

/** Shares of the images per bin, before (grey) and after (blue). */
export function shiftPlot({ before, after }: DriftGroup['histogram'], edges: ArrayLike<number>): string {
  const shares = [before, after].map((counts) => {
    const total = counts.reduce((sum, count) => sum + count, 0) || 1;
    return Array.from(counts, (count) => count / total);
  });
  const most = Math.max(...shares.flat()) || 1;
  const steps = shares.map((own, place) => {
    const points = own.flatMap((share, bin) => {
      const y = (side * (1 - share / most)).toFixed(1);
      return [`${((bin / own.length) * side).toFixed(1)},${y}`, `${(((bin + 1) / own.length) * side).toFixed(1)},${y}`];
    });
    const colour = place === 0 ? grey : blue;
    return `<polygon points="0,${side} ${points.join(' ')} ${side},${side}" fill="${colour}" fill-opacity="0.2" stroke="${colour}"/>`;
  });
  const ends = [edges[0]!, edges[edges.length - 1]!].map((value) => escaped(`${Number(value.toPrecision(3))}`));
  return `<svg viewBox="0 0 ${side + 20} ${side + 30}" width="${side + 20}" height="${side + 30}" role="img" aria-label="distribution before and after">
<g transform="translate(10,6)"><rect width="${side}" height="${side}" fill="none" stroke="#bbb"/>${steps.join('')}
<text x="0" y="${side + 16}">${ends[0]}</text><text x="${side}" y="${side + 16}" text-anchor="end">${ends[1]}</text></g></svg>`;
}
