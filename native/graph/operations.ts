// The op table: every kind of tensor operation with its parameters. All tensors are float32; images are NCHW.

/** Sizes of a tensor, outermost first. A scalar has the empty shape. */
export type Shape = readonly number[];

/**
 * Geometry of one convolution T(x, w, y) = <conv(x, w), y>, shared by the three ops that are its partial
 * derivatives, so that each one's gradients are the other two. Zero padding is the same at both ends of an axis.
 */
export interface ConvolutionGeometry {
  readonly stride: number;
  readonly padding: number;
  readonly groups: number;
}

/** A place in a larger tensor: `starts` and `steps` (1 or more) per axis. */
export interface Placement {
  readonly starts: readonly number[];
  readonly steps: readonly number[];
  /** Shape of the other side: of the part for `slice`, of the whole for `embed`. */
  readonly shape: Shape;
}

/**
 * Types of elements. What enters and leaves a graph and what it keeps between runs is float32; float16 is for the inside
 * of networks.
 */
export type ElementType = 'float32' | 'float16';

type None = Readonly<Record<string, never>>;
type Elementwise = None;

/**
 * Kind of op -> parameters. One row here asks for one row in each table (shape rule, gradient rule, lowering):
 * these are mapped types over this interface, so that a forgotten rule does not compile.
 */
export interface OpParameters {
  // Leaves
  readonly input: { readonly name: string; readonly shape: Shape };
  readonly variable: { readonly name: string; readonly shape: Shape };
  readonly constant: { readonly data: Float32Array; readonly shape: Shape };
  // Elementwise on one tensor
  readonly negate: Elementwise;
  readonly exp: Elementwise;
  readonly log: Elementwise;
  readonly sqrt: Elementwise;
  readonly reciprocal: Elementwise;
  readonly tanh: Elementwise;
  readonly sigmoid: Elementwise;
  readonly softplus: Elementwise;
  readonly sin: Elementwise;
  readonly cos: Elementwise;
  readonly erf: Elementwise;
  readonly abs: Elementwise;
  /**
   * 1 where x > 0, else `below`: the slope of the relu family, and a comparison when `below` is 0. Between 0 and 1e-30
   * an executor may give anything between the two.
   */
  readonly gate: { readonly below: number };
  /** 1 where |x| <= limit, else 0. */
  readonly inside: { readonly limit: number };
  readonly leakyRelu: { readonly slope: number };
  readonly clamp: { readonly minimum: number; readonly maximum: number };
  /** x within -largest..largest, and 0 where it is no number (PyTorch's `nan_to_num`). No gradient. */
  readonly finite: { readonly largest: number };
  /** Identity forward, no gradient. */
  readonly stopGradient: None;
  /** The nearest numbers of another type; beyond the largest one, infinity. */
  readonly cast: { readonly type: ElementType };
  // Elementwise on two tensors, with numpy's broadcasting
  readonly add: Elementwise;
  readonly subtract: Elementwise;
  readonly multiply: Elementwise;
  readonly divide: Elementwise;
  readonly maximum: Elementwise;
  readonly minimum: Elementwise;
  // Reductions keep the reduced axes with size 1
  readonly sum: { readonly axes: readonly number[] };
  readonly max: { readonly axes: readonly number[] };
  // Layout
  readonly reshape: { readonly shape: Shape };
  readonly expand: { readonly shape: Shape };
  readonly transpose: { readonly permutation: readonly number[] };
  readonly concat: { readonly axis: number };
  readonly reverse: { readonly axes: readonly number[] };
  /** Part of a tensor: index starts + i * steps, i < shape. */
  readonly slice: Placement;
  /** The adjoint of `slice`: writes x at starts + i * steps of a tensor of zeros. Padding is the case steps = 1. */
  readonly embed: Placement;
  // Products
  /** [..., m, k] x [..., k, n] -> [..., m, n], equal leading axes. */
  readonly matmul: None;
  /**
   * x [N, C, H, W], w [O, C/groups, k, k] and optionally a bias [O] -> [N, O, H', W']: cross-correlation, as every
   * deep-learning library.
   */
  readonly convolution: ConvolutionGeometry;
  /** y [N, O, H', W'], w [O, C/groups, k, k] -> [N, C, H, W]: the adjoint of `convolution` in x. */
  readonly transposedConvolution: ConvolutionGeometry & { readonly height: number; readonly width: number };
  /** x [N, C, H, W], y [N, O, H', W'] -> [O, C/groups, k, k]: the gradient of `convolution` in w. */
  readonly weightGradient: ConvolutionGeometry & { readonly kernelHeight: number; readonly kernelWidth: number };
  /** Mean over windows at stride 1, zeros beyond the border counted: `before` and `after` rows and columns of padding. */
  readonly boxFilter: { readonly size: number; readonly before: number; readonly after: number };
  /** Maximum over k x k windows, -infinity beyond the border. */
  readonly maxPool: { readonly size: number; readonly stride: number; readonly padding: number };
  /** Each pixel repeated factor x factor times. */
  readonly repeatPixels: { readonly factor: number };
  /** Sum over factor x factor blocks: the adjoint of `repeatPixels`. */
  readonly sumBlocks: { readonly factor: number };
  /**
   * x [N, C, H, W] at places [N, H', W', 2] (across, down; -1 and 1 are the outer edges of the image) -> [N, C, H', W']:
   * bilinear, zeros beyond the border. The places have no gradient.
   */
  readonly gridSample: None;
  /** y [N, C, H', W'], places [N, H', W', 2] -> [N, C, H, W]: the adjoint of `gridSample` in x. */
  readonly gridScatter: { readonly height: number; readonly width: number };
}

export type OpKind = keyof OpParameters;

/** A node of the graph: an op applied to tensors. Immutable; the graph is whatever its outputs reach. */
export interface Tensor<K extends OpKind = OpKind> {
  readonly kind: K;
  readonly parameters: OpParameters[K];
  readonly inputs: readonly Tensor[];
  readonly shape: Shape;
  readonly type: ElementType;
}

/** Number of elements of a shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** True when two shapes are the same. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** The nodes that the outputs reach, each after its inputs; the order depends on the graph alone. */
export function topological(outputs: readonly Tensor[]): Tensor[] {
  const order: Tensor[] = [];
  const seen = new Set<Tensor>();
  const stack: { readonly node: Tensor; next: number }[] = [];
  for (const output of outputs) {
    if (seen.has(output)) continue;
    seen.add(output);
    stack.push({ node: output, next: 0 });
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const input = top.node.inputs[top.next++];
      if (input === undefined) {
        order.push(top.node);
        stack.pop();
      } else if (!seen.has(input)) {
        seen.add(input);
        stack.push({ node: input, next: 0 });
      }
    }
  }
  return order;
}
