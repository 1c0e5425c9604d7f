// Case table: the parameters and input shapes at which every op is checked; a forgotten op does not compile.
import type { ConvolutionGeometry, OpParameters, Shape } from '../../native/graph/operations.ts';
import type { ComputingKind } from './references.ts';

/** One op at one geometry. */
export interface OperationCase<K extends ComputingKind = ComputingKind> {
  readonly parameters: OpParameters[K];
  /** Shapes of the inputs. */
  readonly shapes: readonly Shape[];
  /** Where the inputs' values lie; both signs when omitted. */
  readonly range?: readonly [number, number];
  /** Inputs after the first are constants of the graph: lowerings may treat these on their own. */
  readonly baked?: true;
  /** The op has no gradient by definition, whatever its values do. */
  readonly stopped?: true;
  /** Inputs in which the op has no gradient by definition. */
  readonly withoutGradient?: readonly number[];
}

const ranks: readonly Shape[] = [[], [7], [3, 4], [2, 3, 1, 2, 3]];
const everyRank = ranks.map((shape) => ({ parameters: {}, shapes: [shape] }));
const positive = everyRank.map((row) => ({ ...row, range: [0.4, 2] as const }));
const broadcasts: readonly (readonly [Shape, Shape])[] = [
  [[], []],
  [[5], []],
  [[], [2, 3]],
  [
    [2, 3],
    [2, 3],
  ],
  [
    [4, 1, 3],
    [2, 1],
  ],
  [
    [1, 3, 1, 2],
    [2, 1, 4, 1],
  ],
  [[2, 1, 2, 1, 3], [3]],
];
const everyBroadcast = broadcasts.map((shapes) => ({ parameters: {}, shapes }));
const reductions = [
  { parameters: { axes: [0] }, shapes: [[5]] },
  { parameters: { axes: [1] }, shapes: [[3, 4]] },
  { parameters: { axes: [0, 2, 3] }, shapes: [[2, 3, 4, 2]] },
  { parameters: { axes: [0, 1, 2, 3, 4] }, shapes: [[2, 1, 3, 1, 2]] },
];

const placements: readonly {
  readonly whole: Shape;
  readonly part: Shape;
  readonly starts: Shape;
  readonly steps: Shape;
}[] = [
  { whole: [7], part: [3], starts: [2], steps: [1] },
  { whole: [7], part: [4], starts: [0], steps: [2] },
  { whole: [7], part: [2], starts: [1], steps: [5] },
  { whole: [8], part: [3], starts: [1], steps: [3] },
  { whole: [2, 5], part: [2, 2], starts: [0, 3], steps: [1, 1] },
  { whole: [1, 2, 5, 6], part: [1, 2, 2, 3], starts: [0, 0, 1, 0], steps: [1, 1, 3, 2] },
  { whole: [1, 2, 6, 5], part: [1, 2, 3, 2], starts: [0, 0, 1, 1], steps: [1, 1, 2, 2] },
  { whole: [4, 3, 2, 2, 3], part: [2, 1, 2, 1, 2], starts: [1, 2, 0, 1, 0], steps: [2, 1, 1, 1, 2] },
];

interface ConvolutionCase extends ConvolutionGeometry {
  /** Batch, channels in, channels out. */
  readonly sizes: readonly [number, number, number];
  readonly image: readonly [number, number];
  readonly kernel: readonly [number, number];
}

const convolutions: readonly ConvolutionCase[] = [
  { sizes: [2, 3, 4], image: [5, 6], kernel: [3, 3], stride: 1, padding: 1, groups: 1 },
  { sizes: [1, 2, 3], image: [4, 4], kernel: [1, 1], stride: 1, padding: 0, groups: 1 },
  { sizes: [1, 2, 3], image: [3, 4], kernel: [1, 1], stride: 1, padding: 1, groups: 1 },
  { sizes: [1, 2, 2], image: [3, 3], kernel: [2, 2], stride: 1, padding: 3, groups: 1 },
  { sizes: [2, 2, 3], image: [6, 5], kernel: [4, 4], stride: 1, padding: 2, groups: 1 },
  { sizes: [1, 3, 2], image: [5, 7], kernel: [3, 1], stride: 1, padding: 1, groups: 1 },
  { sizes: [1, 2, 2], image: [6, 5], kernel: [2, 5], stride: 1, padding: 2, groups: 1 },
  { sizes: [2, 2, 3], image: [6, 6], kernel: [3, 3], stride: 2, padding: 0, groups: 1 },
  { sizes: [2, 2, 3], image: [7, 6], kernel: [3, 3], stride: 2, padding: 1, groups: 1 },
  { sizes: [1, 2, 3], image: [5, 4], kernel: [1, 1], stride: 2, padding: 0, groups: 1 },
  { sizes: [1, 2, 2], image: [4, 5], kernel: [1, 1], stride: 2, padding: 1, groups: 1 },
  { sizes: [1, 2, 2], image: [8, 7], kernel: [4, 4], stride: 2, padding: 3, groups: 1 },
  { sizes: [1, 2, 2], image: [7, 8], kernel: [2, 3], stride: 3, padding: 0, groups: 1 },
  // More than 256 pixels: the weight gradient is lowered in another way.
  { sizes: [2, 2, 3], image: [17, 18], kernel: [3, 3], stride: 1, padding: 1, groups: 1 },
  { sizes: [1, 2, 2], image: [18, 17], kernel: [2, 3], stride: 1, padding: 2, groups: 1 },
  { sizes: [2, 4, 6], image: [4, 5], kernel: [3, 3], stride: 1, padding: 1, groups: 2 },
  { sizes: [2, 4, 6], image: [5, 6], kernel: [3, 3], stride: 2, padding: 1, groups: 2 },
  { sizes: [1, 2, 10], image: [4, 4], kernel: [3, 3], stride: 1, padding: 1, groups: 2 },
  { sizes: [1, 2, 10], image: [5, 5], kernel: [3, 3], stride: 2, padding: 0, groups: 2 },
  { sizes: [1, 4, 2], image: [4, 4], kernel: [3, 3], stride: 2, padding: 1, groups: 2 },
  { sizes: [1, 8, 2], image: [3, 4], kernel: [2, 2], stride: 2, padding: 0, groups: 2 },
  { sizes: [2, 3, 3], image: [6, 6], kernel: [4, 4], stride: 1, padding: 1, groups: 3 },
  { sizes: [1, 3, 3], image: [6, 6], kernel: [4, 4], stride: 2, padding: 1, groups: 3 },
];

const extent = (length: number, kernel: number, { stride, padding }: ConvolutionGeometry) =>
  Math.floor((length + 2 * padding - kernel) / stride) + 1;

const shapesOf = (row: ConvolutionCase) => {
  const {
    sizes: [n, c, o],
    image: [height, width],
    kernel,
    groups,
  } = row;
  return {
    x: [n, c, height, width],
    w: [o, c / groups, ...kernel],
    y: [n, o, extent(height, kernel[0], row), extent(width, kernel[1], row)],
  } as const;
};

/** Each geometry with weights that are fed and with weights that are constants of the graph. */
const fedAndBaked = <T extends object>(rows: readonly T[]) => [
  ...rows,
  ...rows.map((row) => ({ ...row, baked: true as const })),
];

const geometryOf = ({ stride, padding, groups }: ConvolutionCase): ConvolutionGeometry => ({ stride, padding, groups });

/** Images and what is sampled of them, at places between twice the edges: some within a pixel of the border. */
const grids = [
  { x: [1, 1, 4, 5], y: [1, 1, 3, 3] },
  { x: [2, 3, 6, 4], y: [2, 3, 5, 7] },
  { x: [1, 2, 1, 3], y: [1, 2, 9, 2] },
] as const;
const placesOf = ([n, , rows, columns]: readonly [number, number, number, number]): Shape => [n, rows, columns, 2];

export const operationCases: { readonly [K in ComputingKind]: readonly OperationCase<K>[] } = {
  constant: ranks.map((shape) => {
    const data = new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.25);
    return { parameters: { data, shape }, shapes: [] };
  }),
  negate: everyRank,
  exp: everyRank,
  log: positive,
  sqrt: positive,
  reciprocal: positive,
  tanh: everyRank,
  sigmoid: everyRank,
  softplus: everyRank,
  sin: everyRank,
  cos: everyRank,
  erf: everyRank,
  abs: everyRank,
  gate: [0, 0.2, -1].flatMap((below) => ranks.map((shape) => ({ parameters: { below }, shapes: [shape] }))),
  inside: [0.3, 0.8].flatMap((limit) => ranks.map((shape) => ({ parameters: { limit }, shapes: [shape] }))),
  leakyRelu: [0, 0.2].flatMap((slope) => ranks.map((shape) => ({ parameters: { slope }, shapes: [shape] }))),
  clamp: ranks.map((shape) => ({ parameters: { minimum: -0.7313, maximum: 0.9377 }, shapes: [shape] })),
  finite: everyRank.map((row) => ({ ...row, parameters: { largest: 1.3 }, stopped: true })),
  stopGradient: everyRank.map((row) => ({ ...row, stopped: true })),
  // Steps of float16 are no matter of differences: test/native/float16.test.ts.
  cast: everyRank.map((row) => ({ ...row, parameters: { type: 'float32' } })),
  add: everyBroadcast,
  subtract: everyBroadcast,
  multiply: everyBroadcast,
  divide: everyBroadcast.map((row) => ({ ...row, range: [0.4, 2] })),
  maximum: everyBroadcast,
  minimum: everyBroadcast,
  sum: reductions,
  max: reductions,
  reshape: [
    { parameters: { shape: [1, 1] }, shapes: [[]] },
    { parameters: { shape: [] }, shapes: [[1, 1, 1]] },
    { parameters: { shape: [3, 2, 2] }, shapes: [[4, 3]] },
    { parameters: { shape: [12] }, shapes: [[1, 2, 3, 1, 2]] },
    { parameters: { shape: [2, 2, 1, 3, 1, 2] }, shapes: [[4, 6]] },
  ],
  expand: [
    { parameters: { shape: [3] }, shapes: [[]] },
    { parameters: { shape: [2, 3] }, shapes: [[1, 3]] },
    { parameters: { shape: [2, 1, 3, 2] }, shapes: [[3, 1]] },
    { parameters: { shape: [2, 3, 2, 2, 2] }, shapes: [[1, 3, 2, 1, 2]] },
  ],
  transpose: [
    { parameters: { permutation: [1, 0] }, shapes: [[3, 4]] },
    { parameters: { permutation: [2, 0, 1] }, shapes: [[2, 3, 4]] },
    { parameters: { permutation: [0, 2, 3, 1] }, shapes: [[2, 3, 2, 4]] },
    { parameters: { permutation: [3, 1, 4, 0, 2] }, shapes: [[2, 3, 1, 2, 4]] },
  ],
  concat: [
    { parameters: { axis: 0 }, shapes: [[2], [3]] },
    {
      parameters: { axis: 1 },
      shapes: [
        [2, 1],
        [2, 3],
        [2, 2],
      ],
    },
    {
      parameters: { axis: 2 },
      shapes: [
        [2, 1, 3, 2, 1],
        [2, 1, 1, 2, 1],
      ],
    },
  ],
  reverse: [
    { parameters: { axes: [0] }, shapes: [[5]] },
    { parameters: { axes: [1] }, shapes: [[3, 4]] },
    { parameters: { axes: [2, 3] }, shapes: [[2, 2, 3, 4]] },
    { parameters: { axes: [0, 4] }, shapes: [[2, 1, 2, 2, 3]] },
  ],
  slice: placements.map(({ whole, part, starts, steps }) => ({
    parameters: { starts, steps, shape: part },
    shapes: [whole],
  })),
  embed: placements.map(({ whole, part, starts, steps }) => ({
    parameters: { starts, steps, shape: whole },
    shapes: [part],
  })),
  matmul: fedAndBaked([
    {
      parameters: {},
      shapes: [
        [3, 4],
        [4, 2],
      ],
    },
    {
      parameters: {},
      shapes: [
        [2, 1, 3],
        [2, 3, 4],
      ],
    },
    {
      parameters: {},
      shapes: [
        [2, 3, 2, 1],
        [2, 3, 1, 2],
      ],
    },
  ]),
  convolution: fedAndBaked([
    ...convolutions.map((row) => ({ parameters: geometryOf(row), shapes: [shapesOf(row).x, shapesOf(row).w] })),
    ...convolutions.slice(-4).map((row) => ({
      parameters: geometryOf(row),
      shapes: [shapesOf(row).x, shapesOf(row).w, [row.sizes[2]]],
    })),
  ]),
  transposedConvolution: fedAndBaked(
    convolutions.map((row) => ({
      parameters: { ...geometryOf(row), height: row.image[0], width: row.image[1] },
      shapes: [shapesOf(row).y, shapesOf(row).w],
    })),
  ),
  weightGradient: fedAndBaked(
    convolutions.map((row) => ({
      parameters: { ...geometryOf(row), kernelHeight: row.kernel[0], kernelWidth: row.kernel[1] },
      shapes: [shapesOf(row).x, shapesOf(row).y],
    })),
  ),
  boxFilter: [
    { parameters: { size: 2, before: 0, after: 0 }, shapes: [[1, 2, 4, 3]] },
    { parameters: { size: 2, before: 1, after: 0 }, shapes: [[2, 1, 3, 4]] },
    { parameters: { size: 3, before: 1, after: 1 }, shapes: [[1, 2, 4, 5]] },
    { parameters: { size: 4, before: 1, after: 2 }, shapes: [[2, 2, 5, 4]] },
    { parameters: { size: 4, before: 3, after: 3 }, shapes: [[1, 1, 3, 4]] },
    { parameters: { size: 5, before: 4, after: 1 }, shapes: [[1, 1, 3, 3]] },
  ],
  maxPool: [
    { parameters: { size: 2, stride: 2, padding: 0 }, shapes: [[2, 2, 4, 6]] },
    { parameters: { size: 2, stride: 2, padding: 0 }, shapes: [[1, 2, 5, 7]] },
    { parameters: { size: 3, stride: 2, padding: 1 }, shapes: [[2, 2, 6, 5]] },
    { parameters: { size: 3, stride: 2, padding: 0 }, shapes: [[1, 2, 7, 8]] },
    { parameters: { size: 3, stride: 1, padding: 1 }, shapes: [[1, 2, 4, 5]] },
    { parameters: { size: 2, stride: 3, padding: 1 }, shapes: [[1, 1, 6, 7]] },
  ],
  repeatPixels: [
    { parameters: { factor: 2 }, shapes: [[2, 3, 2, 3]] },
    { parameters: { factor: 3 }, shapes: [[1, 1, 3, 1]] },
  ],
  sumBlocks: [
    { parameters: { factor: 2 }, shapes: [[2, 3, 4, 6]] },
    { parameters: { factor: 3 }, shapes: [[1, 2, 3, 6]] },
  ],
  gridSample: grids.map(({ x, y }) => ({ parameters: {}, shapes: [x, placesOf(y)], withoutGradient: [1] })),
  gridScatter: grids.map(({ x, y }) => ({
    parameters: { height: x[2], width: x[3] },
    shapes: [y, placesOf(y)],
    withoutGradient: [1],
  })),
};
