// Lowers a graph to an ONNX model: walks the nodes in order, each through its row of the lowering table.
import { type Leaf, leavesOf } from '../graph/leaves.ts';
import type { OpKind, Tensor } from '../graph/operations.ts';
import { topological } from '../graph/operations.ts';
import { isLeftToUser, lowerBlocked } from './blocked-layout.ts';
import { lowerings } from './lowerings.ts';
import { ModelBuilder } from './model.ts';
import { type Made, Values } from './values.ts';

/** Names of values at the border of a model: an input, a variable and an output may share a name. */
export const border = {
  input: (name: string): string => `input ${name}`,
  variable: (name: string): string => `variable ${name}`,
  output: (name: string): string => `output ${name}`,
} as const;

/**
 * The ONNX model that computes `outputs` by name, as bytes; its values at the border are named by `border`. `block` is the
 * number of channels in a block of the provider's own layout (values.ts), 1 for none.
 */
export function lower(outputs: ReadonlyMap<string, Tensor>, block = 1): Uint8Array {
  const { inputs, variables } = leavesOf(outputs.values());
  const model = new ModelBuilder();
  const order = topological([...outputs.values()]);
  const values = new Values(model, block, onlyUsers(order, outputs));
  for (const node of order) {
    if (node.kind === 'input' || node.kind === 'variable') {
      const name = border[node.kind]((node as Tensor<'input' | 'variable'>).parameters.name);
      values.set(node, { layout: 'plain', name });
    } else if (!isLeftToUser(node, values)) {
      values.set(node, lowerBlocked(node, values) ?? lowerPlain(node, values));
    }
  }
  for (const [name, { type }] of outputs) if (type !== 'float32') throw new Error(`output ${name} is ${type}`);
  for (const [name, tensor] of outputs) model.alias(values.plain(tensor), border.output(name));
  const named = (kind: keyof typeof border, { name, shape }: Leaf) => ({ name: border[kind](name), shape });
  const leaves = [...inputs.map((leaf) => named('input', leaf)), ...variables.map((leaf) => named('variable', leaf))];
  return model.build(
    leaves,
    [...outputs].map(([name, { shape }]) => named('output', { name, shape })),
  );
}

/** For each node that one other node uses, and that is no output, that node. */
function onlyUsers(order: readonly Tensor[], outputs: ReadonlyMap<string, Tensor>): ReadonlyMap<Tensor, Tensor> {
  const users = new Map<Tensor, Tensor>();
  const several = new Set(outputs.values());
  for (const node of order) {
    for (const input of node.inputs) {
      if (users.has(input)) several.add(input);
      users.set(input, node);
    }
  }
  for (const node of several) users.delete(node);
  return users;
}

function lowerPlain<K extends OpKind>(node: Tensor<K>, values: Values): Made {
  const names = node.inputs.map((input) => values.plain(input));
  return { layout: 'plain', name: lowerings[node.kind](node, names, values.model) };
}
