// Reverse-mode differentiation: the gradient of a graph is more graph, so it can be taken again.
import { add, cast, expand, fill } from './build.ts';
import { gradientRules } from './gradient-rules.ts';
import type { OpKind, Tensor } from './operations.ts';
import { topological } from './operations.ts';

/**
 * Gradients of `output` with respect to each of `targets`, in their order. `output` is summed when it is not a
 * scalar, or contracted with `cotangent` of its shape. A target that the output does not depend on gets undefined.
 */
export function gradients(
  output: Tensor,
  targets: readonly Tensor[],
  cotangent: Tensor = fill(output.shape, 1),
): (Tensor | undefined)[] {
  const order = topological([output]);
  const wanted = new Set(targets);
  const depends = new Set<Tensor>();
  for (const node of order) {
    if (wanted.has(node) || node.inputs.some((input) => depends.has(input))) depends.add(node);
  }
  const gradient = new Map<Tensor, Tensor>([[output, cast(expand(cotangent, output.shape), output.type)]]);
  for (const node of order.toReversed()) {
    const g = gradient.get(node);
    if (g === undefined || !depends.has(node) || node.inputs.length === 0) continue;
    const parts = ruleOf(node)(node, g);
    for (const [i, input] of node.inputs.entries()) {
      const part = parts[i];
      if (part === undefined || !depends.has(input)) continue;
      const before = gradient.get(input);
      gradient.set(input, before === undefined ? part : add(before, part));
    }
  }
  return targets.map((target) => (depends.has(target) ? gradient.get(target) : undefined));
}

function ruleOf<K extends OpKind>(node: Tensor<K>): (node: Tensor<K>, g: Tensor) => readonly (Tensor | undefined)[] {
  return gradientRules[node.kind];
}
