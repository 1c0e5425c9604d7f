// The leaves of a graph whose values come from outside: inputs, fed in every run, and variables, kept between runs.
import type { Shape, Tensor } from './operations.ts';
import { topological } from './operations.ts';

/** A leaf that the outside must supply. */
export interface Leaf {
  readonly name: string;
  readonly shape: Shape;
}

/** What a graph asks for. */
export interface Leaves {
  readonly inputs: readonly Leaf[];
  readonly variables: readonly Leaf[];
}

/** The inputs and variables that the outputs reach, one of each name; two leaves of one name must have one shape. */
export function leavesOf(outputs: Iterable<Tensor>): Leaves {
  const found = { input: new Map<string, Leaf>(), variable: new Map<string, Leaf>() };
  for (const node of topological([...outputs])) {
    if (node.kind !== 'input' && node.kind !== 'variable') continue;
    const { name, shape } = (node as Tensor<'input' | 'variable'>).parameters;
    const known = found[node.kind].get(name)?.shape ?? shape;
    if (known.join() !== shape.join()) {
      throw new Error(`${name} has two shapes: [${known.join()}] and [${shape.join()}]`);
    }
    found[node.kind].set(name, { name, shape });
  }
  return { inputs: [...found.input.values()], variables: [...found.variable.values()] };
}
