// The values of a model under construction, in the layouts that the CPU provider of ONNX Runtime computes in.
import type { Shape, Tensor } from '../graph/operations.ts';
import type { ModelBuilder } from './model.ts';

/** ONNX Runtime's own operators for blocked values: no part of the ONNX standard. */
export const blockedDomain = 'com.microsoft.nchwc';

/**
 * How a value lies in memory. `blocked`: a value [N, C, H, W] as [N, C / b, H, W, b], b being 16 or 8; its nominal shape
 * stays. `widened`: blocked, with one more row and column, of zeros.
 */
export type Layout = 'plain' | 'blocked' | 'widened';

/** A value that has been made: its layout and its name in the model. */
export interface Made {
  readonly layout: Layout;
  readonly name: string;
}

/** The values of a graph under construction by the layouts in which they have been made so far. */
export class Values {
  readonly model: ModelBuilder;
  /** Channels in a block; 1 where there is no such layout. */
  readonly block: number;
  readonly #names: { readonly [L in Layout]: Map<Tensor, string> } = {
    plain: new Map(),
    blocked: new Map(),
    widened: new Map(),
  };
  readonly #deferred = new Set<Tensor>();
  readonly #done = new Set<Tensor>();
  readonly #weights = new Map<Tensor, { forward?: string; flipped?: string }>();

  /** The only user of each node that has one user alone. */
  readonly #onlyUsers: ReadonlyMap<Tensor, Tensor>;

  constructor(model: ModelBuilder, block: number, onlyUsers: ReadonlyMap<Tensor, Tensor> = new Map()) {
    this.model = model;
    this.block = block;
    this.#onlyUsers = onlyUsers;
  }

  /** The node that uses a node, when no other does and no output of the model is it. */
  onlyUser(node: Tensor): Tensor | undefined {
    return this.#onlyUsers.get(node);
  }

  /** Leaves a node to its only user, which computes it by the way. */
  defer(node: Tensor): void {
    this.#deferred.add(node);
  }

  isDeferred(node: Tensor): boolean {
    return this.#deferred.has(node);
  }

  /** Tells that the only input of a node has its result already: what made it has done both. */
  doneByInput(node: Tensor): void {
    this.#done.add(node);
  }

  isDoneByInput(node: Tensor): boolean {
    return this.#done.has(node);
  }

  /** Tells the name of a value that a node of the model has given. */
  set(node: Tensor, { layout, name }: Made): void {
    this.#names[layout].set(node, name);
  }

  isBlocked(node: Tensor): boolean {
    return this.#names.blocked.has(node) || this.#names.widened.has(node);
  }

  /** The blocked value with a row of zeros below and a column of them to the right, where it was made so. */
  widened(node: Tensor): string | undefined {
    return this.#names.widened.get(node);
  }

  /** The value's name in the plain layout; brought into it when it is there in blocks alone. */
  plain(node: Tensor): string {
    const known = this.#names.plain.get(node);
    if (known !== undefined) return known;
    const name = this.model.emit('ReorderOutput', [this.blocked(node)], { channels: node.shape[1]! }, blockedDomain);
    this.#names.plain.set(node, name);
    return name;
  }

  /** The value's name in the blocked layout. Its channels must be a multiple of the block. */
  blocked(node: Tensor): string {
    const known = this.#names.blocked.get(node);
    if (known !== undefined) return known;
    const name = this.#cut(node) ?? this.model.emit('ReorderInput', [this.plain(node)], {}, blockedDomain);
    this.#names.blocked.set(node, name);
    return name;
  }

  /** A blocked value with its channels last: [N, H, W, C]. */
  channelsLast(node: Tensor): string {
    const attributes = { channels: node.shape[1]!, channels_last: 1 };
    return this.model.emit('ReorderOutput', [this.blocked(node)], attributes, blockedDomain);
  }

  /**
   * Weights w [O, I, k, k] as the blocked convolution takes them, [O / b, I / b, k, k, b of I, b of O]; `flipped`: those
   * of its adjoint, which swap inputs and outputs and reverse the taps. Those of fewer inputs than a block, which a convolution
   * takes in the plain layout: [O / b, I, k, k, b of O].
   */
  weights(w: Tensor, way: 'forward' | 'flipped'): string {
    const known = this.#weights.get(w) ?? {};
    known[way] ??= way === 'forward' ? this.#forward(w) : this.#flipped(w);
    this.#weights.set(w, known);
    return known[way];
  }

  // Both are a reordering that the provider does on all cores and a transposition that moves whole blocks.
  #forward(w: Tensor): string {
    const { model, block: b } = this;
    const [outputs, inputs, height, width] = w.shape as [number, number, number, number];
    const taps = height * width;
    const rows = this.#reshape(this.plain(w), [1, outputs, inputs * taps, 1]);
    const blocked = model.emit('ReorderInput', [rows], {}, blockedDomain);
    if (inputs < b) return this.#reshape(blocked, w.shape);
    const parts = this.#reshape(blocked, [outputs / b, inputs / b, b, taps, b]);
    const ordered = taps === 1 ? parts : model.emit('Transpose', [parts], { perm: [0, 1, 3, 2, 4] });
    return this.#reshape(ordered, w.shape);
  }

  #flipped(w: Tensor): string {
    const { model, block: b } = this;
    const [outputs, inputs, height, width] = w.shape as [number, number, number, number];
    const taps = height * width;
    const blocked = model.emit(
      'ReorderInput',
      [this.#reshape(this.plain(w), [outputs, inputs, taps, 1])],
      {},
      blockedDomain,
    );
    const parts = this.#reshape(blocked, [outputs / b, b, inputs / b, taps, b]);
    const ordered = model.emit('Transpose', [parts], { perm: [2, 0, 3, 1, 4] });
    const turned =
      taps === 1
        ? ordered
        : model.emit('Slice', [ordered, ...[[-1], [-taps - 1], [2], [-1]].map((list) => model.integers(list))]);
    return this.#reshape(turned, [inputs, outputs, height, width]);
  }

  /** A widened value without its zeros. */
  #cut(node: Tensor): string | undefined {
    const widened = this.#names.widened.get(node);
    if (widened === undefined) return undefined;
    const [n, channels, height, width] = node.shape as [number, number, number, number];
    const rows = [(n * channels) / this.block, height + 1, (width + 1) * this.block];
    const [starts, ends, axes] = [
      [0, 0],
      [height, width * this.block],
      [1, 2],
    ].map((list) => this.model.integers(list)) as [string, string, string];
    return this.#reshape(this.model.emit('Slice', [this.#reshape(widened, rows), starts, ends, axes]), node.shape);
  }

  #reshape(x: string, shape: Shape): string {
    return this.model.emit('Reshape', [x, this.model.integers(shape)]);
  }
}
