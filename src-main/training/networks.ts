// The two networks of a training as graph: trained parameters in one vector each, the rest as constants.
import { variable } from '../../native/graph/build.ts';
import type { Tensor } from '../../native/graph/operations.ts';
import { type Layout, layoutOf, packValues, unpack, unpackValues } from '../../native/graph/packing.ts';
import { constantParameters, type ParameterSource } from '../../native/networks/parameter-source.ts';
import type { Parameter } from '../../native/networks/stylegan2/parameters.ts';
import type { HostTensor } from '../../native/runtime/variables.ts';

/** A network that is trained here, as files call it: generator, discriminator, encoder. */
export type TrainedName = 'G' | 'D' | 'E';

/** Names of the variables that belong to one trained network. */
export const networkVariables = (name: TrainedName) =>
  ({ parameters: name, gradient: `${name} gradient`, first: `${name} first`, second: `${name} second` }) as const;

/** The moving averages of the generator, and the running values that training keeps besides parameters. */
export const sharedVariables = { average: 'G ema', latentMean: 'w_avg', pathLengthMean: 'pl_mean' } as const;

/** A network whose trained parameters are slices of one variable vector. */
export interface TrainedNetwork {
  readonly name: TrainedName;
  readonly layout: Layout;
  readonly source: ParameterSource;
  /** The tensors of the trained parameters, in the layout's order: what gradients are taken of. */
  readonly parameters: ReadonlyMap<string, Tensor>;
  /** Values that are not trained (filters, stored noise, frozen layers). */
  readonly fixed: ReadonlyMap<string, HostTensor>;
}

const latentMeanName = 'mapping.w_avg';

/** Splits parameters into the trained vector and fixed values. `values` holds every parameter by its name. */
export function trainedNetwork(
  name: TrainedName,
  parameters: readonly Parameter[],
  values: ReadonlyMap<string, HostTensor>,
): TrainedNetwork {
  const layout = layoutOf(
    new Map(parameters.filter(({ trained }) => trained).map((parameter) => [parameter.name, parameter.shape])),
  );
  const fixed = new Map([...values].filter(([key]) => !layout.entries.has(key) && key !== latentMeanName));
  const tensors = unpack(variable(networkVariables(name).parameters, [layout.size]), layout);
  const others = constantParameters(fixed);
  return { name, layout, source: (key, shape) => tensors.get(key) ?? others(key, shape), parameters: tensors, fixed };
}

/** Initial variables of a network: parameters from `values`, optimizer state at zero. */
export function initialVariables(
  { name, layout }: TrainedNetwork,
  values: ReadonlyMap<string, HostTensor>,
): Map<string, HostTensor> {
  const names = networkVariables(name);
  const shape = [layout.size];
  const zeros = () => ({ data: new Float32Array(layout.size), shape });
  return new Map([
    [names.parameters, { data: packValues((key) => values.get(key)!.data, layout), shape }],
    [names.gradient, zeros()],
    [names.first, zeros()],
    [names.second, zeros()],
  ]);
}

/** Every parameter of a network by its published name, from the vector and the fixed values. */
export function namedTensors(
  { layout, fixed }: TrainedNetwork,
  vector: Float32Array,
  latentMean?: HostTensor,
): Map<string, HostTensor> {
  const trained = [...unpackValues(vector, layout)].map(
    ([key, data]) => [key, { data, shape: layout.entries.get(key)!.shape }] as const,
  );
  return new Map([...trained, ...fixed, ...(latentMean === undefined ? [] : [[latentMeanName, latentMean] as const])]);
}
