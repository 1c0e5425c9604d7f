// Lowers a graph to an ONNX model: walks the nodes in order, each through its row of the lowering table.
import { type Leaf, leavesOf } from '../graph/leaves.ts';
import type { OpKind, Tensor } from '../graph/operations.ts';
import { topological } from '../graph/operations.ts';
import { lowerings } from './lowerings.ts';
import { ModelBuilder } from './model.ts';

/** Names of values at the border of a model: an input, a variable and an output may share a name. */
export const border = {
  input: (name: string): string => `input ${name}`,
  variable: (name: string): string => `variable ${name}`,
  output: (name: string): string => `output ${name}`,
} as const;

/** The ONNX model that computes `outputs` by name, as bytes; its values at the border are named by `border`. */
export function lower(outputs: ReadonlyMap<string, Tensor>): Uint8Array {
  const { inputs, variables } = leavesOf(outputs.values());
  const model = new ModelBuilder();
  const names = new Map<Tensor, string>();
  for (const node of topological([...outputs.values()])) {
    if (node.kind === 'input' || node.kind === 'variable') {
      names.set(node, border[node.kind]((node as Tensor<'input' | 'variable'>).parameters.name));
    } else {
      const arguments_ = node.inputs.map((input) => names.get(input)!);
      names.set(node, lowerNode(node, arguments_, model));
    }
  }
  for (const [name, tensor] of outputs) model.alias(names.get(tensor)!, border.output(name));
  const named = (kind: keyof typeof border, { name, shape }: Leaf) => ({ name: border[kind](name), shape });
  const leaves = [...inputs.map((leaf) => named('input', leaf)), ...variables.map((leaf) => named('variable', leaf))];
  return model.build(
    leaves,
    [...outputs].map(([name, { shape }]) => named('output', { name, shape })),
  );
}

function lowerNode<K extends OpKind>(node: Tensor<K>, inputs: readonly string[], model: ModelBuilder): string {
  return lowerings[node.kind](node, inputs, model);
}
