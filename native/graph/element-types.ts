// Types of results: a node's inputs share one type, which is also its own; only a cast changes it.
import type { ElementType, OpKind, OpParameters, Tensor } from './operations.ts';

/**
 * The type of a node's result. Leaves are float32. A constant of the graph has no say where other inputs have one; inputs of two
 * types are a mistake of the program that builds the graph: a plain Error.
 */
export function resultType<K extends OpKind>(
  kind: K,
  parameters: OpParameters[K],
  inputs: readonly Tensor[],
): ElementType {
  if (kind === 'cast') return (parameters as OpParameters['cast']).type;
  const types = new Set(inputs.filter((input) => input.kind !== 'constant').map(({ type }) => type));
  if (types.size > 1) throw new Error(`${kind}: inputs of types ${[...types].join(' and ')}`);
  return [...types][0] ?? 'float32';
}
