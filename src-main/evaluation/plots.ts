// Plots of an evaluation as SVG text that needs nothing around it: ROC curves and distributions of scores.
import { rocCurve } from '../statistics/roc-curve.ts';
import { escaped } from './html.ts';

/** The values of one group of images. */
export interface Series {
  readonly name: string;
  readonly values: readonly number[];
}

/** Readable on white and in grey print, and for those who cannot tell red from green (Okabe and Ito). */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#b8860b', '#56b4e9', '#000000', '#7f7f7f', '#8b4513'];

/** Colour of the n-th series, the same in every plot. */
export const colourOf = (index: number): string => colours[index % colours.length]!;

/** Four plots fit beside each other on a page of the report. */
const side = 210;
const margin = { left: 48, bottom: 36, top: 10, right: 10 };

/** ROC curves of anomalous groups, each against its own normals. */
export function rocPlot(curves: readonly { readonly anomalous: Series; readonly normal: Series }[]): string {
  const lines = curves.map(({ anomalous, normal }, index) => {
    const points = rocCurve(anomalous.values, normal.values).map(
      ({ falsePositiveRate: x, truePositiveRate: y }) => `${at(x, side)},${at(1 - y, side)}`,
    );
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${colourOf(index)}" stroke-width="1.5"><title>${escaped(anomalous.name)}</title></polyline>`;
  });
  const chance = `<line x1="0" y1="${side}" x2="${side}" y2="0" stroke="#999" stroke-dasharray="4 4"/>`;
  return frame({ x: [0, 0.5, 1], y: [0, 0.5, 1] }, '1 − specificity', 'sensitivity', [chance, ...lines]);
}

const grey = '#7f7f7f';

/** Shares per bin of a common scale: normal images in grey, anomalous ones in the colour of their place in the legend. */
export function distributionPlot([normal, anomalous]: readonly [Series, Series], place: number, bins = 30): string {
  const all = [...normal.values, ...anomalous.values];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const sharesOf = ({ values }: Series) => {
    const shares = new Array<number>(bins).fill(0);
    for (const value of values) {
      shares[Math.min(bins - 1, Math.floor((bins * (value - low)) / (high - low || 1)))]! += 1 / values.length;
    }
    return shares;
  };
  const [well, ill] = [sharesOf(normal), sharesOf(anomalous)];
  const most = Math.max(...well, ...ill);
  const steps = (shares: readonly number[], colour: string) => {
    const points = shares.flatMap((share, bin) => {
      const y = at(1 - share / most, side);
      return [`${at(bin / bins, side)},${y}`, `${at((bin + 1) / bins, side)},${y}`];
    });
    return `<polygon points="0,${side} ${points.join(' ')} ${side},${side}" fill="${colour}" fill-opacity="0.15" stroke="${colour}" stroke-width="1.5"/>`;
  };
  const lines = [steps(well, grey), steps(ill, colourOf(place))];
  return frame({ x: [low, (low + high) / 2, high], y: [0, most / 2, most] }, 'score', 'share of images', lines);
}

const at = (share: number, length: number): string => (share * length).toFixed(1);

/** Labels of an axis, at its two ends and between. */
type Ticks = readonly [number, number, number];

function frame(
  ticks: { readonly x: Ticks; readonly y: Ticks },
  x: string,
  y: string,
  content: readonly string[],
): string {
  const [all, tall] = [side + margin.left + margin.right, side + margin.top + margin.bottom];
  const anchors = ['start', 'middle', 'end'] as const;
  const below = ticks.x.map((tick, index) => {
    const place = (side * index) / 2;
    return `<text x="${place}" y="${side + 15}" text-anchor="${anchors[index]}">${rounded(tick)}</text>`;
  });
  const beside = ticks.y.map(
    (tick, index) =>
      `<text x="-5" y="${side * (1 - index / 2) + (index === 2 ? 10 : index === 1 ? 4 : 0)}" text-anchor="end">${rounded(tick)}</text>`,
  );
  return `<svg viewBox="0 0 ${all} ${tall}" width="${all}" height="${tall}" role="img" aria-label="${escaped(`${y} over ${x}`)}">
<g transform="translate(${margin.left},${margin.top})"><rect width="${side}" height="${side}" fill="none" stroke="#bbb"/>
${content.join('\n')}
${below.join('')}${beside.join('')}<text x="${side / 2}" y="${side + 31}" text-anchor="middle">${escaped(x)}</text>
<text transform="translate(-34,${side / 2}) rotate(-90)" text-anchor="middle">${escaped(y)}</text></g></svg>`;
}

const rounded = (tick: number): string => `${Number(tick.toPrecision(3))}`.replace('-', '−');
