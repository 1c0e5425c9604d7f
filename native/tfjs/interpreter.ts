// Runs a graph op by op through TensorFlow.js: an option, and an independent check of every op in tests.
import type { Tensor as Value } from '@tensorflow/tfjs-core';
import type { OpKind, Tensor } from '../graph/operations.ts';
import { topological } from '../graph/operations.ts';
import { interpretations } from './interpretations.ts';
import type { TensorFlow } from './load.ts';

/** A node whose value is fed. */
export type FedNode = Tensor<'input'> | Tensor<'variable'>;

/** A graph that can be run again and again. Keeps the values of its constants: release when done. */
export class Interpreter {
  readonly #tf: TensorFlow;
  readonly #outputs: ReadonlyMap<string, Tensor>;
  readonly #order: readonly Tensor[];
  /** The nodes whose values nobody needs after a place in the order. */
  readonly #lastUses: readonly (readonly Tensor[])[];
  readonly #constants = new Map<Tensor, Value>();

  constructor(tf: TensorFlow, outputs: ReadonlyMap<string, Tensor>) {
    this.#tf = tf;
    this.#outputs = outputs;
    this.#order = topological([...outputs.values()]);
    this.#lastUses = lastUses(this.#order, new Set(outputs.values()));
    for (const node of this.#order) if (node.kind === 'constant') this.#constants.set(node, interpret(tf, node, []));
  }

  /** The outputs by name as fresh arrays; `feed` gives the values of each input and variable, row-major. */
  async run(feed: (node: FedNode) => Float32Array): Promise<ReadonlyMap<string, Float32Array>> {
    const values = new Map<Tensor, Value>(this.#constants);
    try {
      for (const [place, node] of this.#order.entries()) {
        if (!this.#constants.has(node)) values.set(node, this.#compute(node, values, feed));
        for (const done of this.#lastUses[place]!) this.#free(done, values);
      }
      const results = new Map<string, Float32Array>();
      for (const [name, node] of this.#outputs) results.set(name, (await values.get(node)!.data<'float32'>()).slice());
      return results;
    } finally {
      for (const node of [...values.keys()]) this.#free(node, values);
    }
  }

  /** Frees the constants. */
  release(): void {
    for (const value of this.#constants.values()) value.dispose();
    this.#constants.clear();
  }

  #compute(node: Tensor, values: ReadonlyMap<Tensor, Value>, feed: (node: FedNode) => Float32Array): Value {
    if (isFed(node)) return this.#tf.tensor(feed(node), [...node.shape], 'float32');
    const inputs = node.inputs.map((input) => values.get(input)!);
    return this.#tf.tidy(() => interpret(this.#tf, node, inputs));
  }

  #free(node: Tensor, values: Map<Tensor, Value>): void {
    if (!this.#constants.has(node)) values.get(node)?.dispose();
    values.delete(node);
  }
}

const isFed = (node: Tensor): node is FedNode => node.kind === 'input' || node.kind === 'variable';

function interpret<K extends OpKind>(tf: TensorFlow, node: Tensor<K>, inputs: readonly Value[]): Value {
  return interpretations[node.kind](tf, node, inputs);
}

function lastUses(order: readonly Tensor[], kept: ReadonlySet<Tensor>): readonly (readonly Tensor[])[] {
  const seen = new Set(kept);
  return order
    .toReversed()
    .map((node) => {
      const last = [...new Set(node.inputs)].filter((input) => !seen.has(input));
      for (const input of last) seen.add(input);
      return last;
    })
    .reverse();
}
