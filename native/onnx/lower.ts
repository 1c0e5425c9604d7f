// Lowers a graph to an ONNX model: walks the nodes in order, each through its row of the lowering table.
import type { OpKind, Shape, Tensor } from '../graph/operations.ts';
import { topological } from '../graph/operations.ts';
import { lowerings } from './lowerings.ts';
import { ModelBuilder } from './model.ts';

/** Names of values at the border of a model: an input, a variable and an output may share a name. */
export const border = {
  input: (name: string): string => `input ${name}`,
  variable: (name: string): string => `variable ${name}`,
  output: (name: string): string => `output ${name}`,
} as const;

/** A leaf of a graph that the outside must supply. */
export interface Leaf {
  readonly name: string;
  readonly shape: Shape;
}

/** An ONNX model with what it takes and gives. */
export interface LoweredModel {
  readonly bytes: Uint8Array;
  readonly inputs: readonly Leaf[];
  readonly variables: readonly Leaf[];
}

/**
 * The ONNX model that computes `outputs` by name; its values at the border are named by `border`. Two leaves of one
 * name must have one shape.
 */
export function lower(outputs: ReadonlyMap<string, Tensor>): LoweredModel {
  const model = new ModelBuilder();
  const names = new Map<Tensor, string>();
  const inputs = new Map<string, Leaf>();
  const variables = new Map<string, Leaf>();
  for (const node of topological([...outputs.values()])) {
    if (node.kind === 'input' || node.kind === 'variable') {
      const { name, shape } = (node as Tensor<'input' | 'variable'>).parameters;
      const leaves = node.kind === 'input' ? inputs : variables;
      const known = leaves.get(name)?.shape ?? shape;
      if (known.join() !== shape.join())
        throw new Error(`${name} has two shapes: [${known.join()}] and [${shape.join()}]`);
      leaves.set(name, { name, shape });
      names.set(node, border[node.kind](name));
    } else {
      const arguments_ = node.inputs.map((input) => names.get(input)!);
      names.set(node, lowerNode(node, arguments_, model));
    }
  }
  for (const [name, tensor] of outputs) model.alias(names.get(tensor)!, border.output(name));
  const named = (kind: keyof typeof border, leaf: Leaf) => ({ name: border[kind](leaf.name), shape: leaf.shape });
  const leaves = [
    ...[...inputs.values()].map((leaf) => named('input', leaf)),
    ...[...variables.values()].map((leaf) => named('variable', leaf)),
  ];
  const results = [...outputs].map(([name, { shape }]) => named('output', { name, shape }));
  return { bytes: model.build(leaves, results), inputs: [...inputs.values()], variables: [...variables.values()] };
}

function lowerNode<K extends OpKind>(node: Tensor<K>, inputs: readonly string[], model: ModelBuilder): string {
  return lowerings[node.kind](node, inputs, model);
}
