// Where a network takes its parameters from: variables or constants of the graph, or what a caller makes.
import { Problem } from '../../src-main/platform/errors.ts';
import { constant, variable } from '../graph/build.ts';
import { type Shape, sameShape, type Tensor } from '../graph/operations.ts';
import type { HostTensor } from '../runtime/variables.ts';

/**
 * Gives the tensor of a parameter by its published name. The same name gives the same tensor every time, so that
 * gradients can be asked for by name; networks built twice from one source share their parameters.
 */
export type ParameterSource = (name: string, shape: Shape) => Tensor;

/** Parameters that live on the device between runs; the variable of parameter `name` is called `prefix + name`. */
export function variableParameters(prefix = ''): ParameterSource {
  return remember((name, shape) => variable(prefix + name, shape));
}

/**
 * Parameters compiled into the program, from tensors called `prefix + name`. Convolutions with such weights run
 * about twice as fast on the CPU provider. Their gradients cannot be asked for: scaled weights are constants of their
 * own. Throws Problem `missing` or `mismatch` when a tensor does not fit.
 */
export function constantParameters(tensors: ReadonlyMap<string, HostTensor>, prefix = ''): ParameterSource {
  return remember((name, shape) => constant(demandTensor(tensors, prefix + name, shape).data, shape));
}

/** The parameters of one layer or block: the same source under names that begin with `name.`. */
export function layerOf(source: ParameterSource, name: string): ParameterSource {
  return (rest, shape) => source(`${name}.${rest}`, shape);
}

/** A tensor by name, its shape checked. Throws Problem `missing` or `mismatch`. */
export function demandTensor(tensors: ReadonlyMap<string, HostTensor>, name: string, shape: Shape): HostTensor {
  const found = tensors.get(name);
  if (found === undefined) throw new Problem('missing', { what: 'parameter', name });
  if (sameShape(found.shape, shape)) return found;
  const list = (sizes: Shape) => `[${sizes.join(', ')}]`;
  throw new Problem('mismatch', { what: `parameter ${name}`, expected: list(shape), found: list(found.shape) });
}

function remember(make: ParameterSource): ParameterSource {
  const known = new Map<string, Tensor>();
  return (name, shape) => {
    const tensor = known.get(name) ?? make(name, shape);
    known.set(name, tensor);
    return tensor;
  };
}
