// Gradients for all parameters of a network at once.
import { gradients } from '../../native/graph/gradients.ts';
import type { Tensor } from '../../native/graph/operations.ts';
import type { ParameterSource } from '../../native/networks/parameter-source.ts';
import type { Parameter } from '../../native/networks/stylegan2/parameters.ts';

/** Gradients of a loss for every trained parameter of a network, under the parameters' names. */
export function parameterGradients(
  loss: Tensor,
  source: ParameterSource,
  parameters: readonly Parameter[],
): Record<string, Tensor> {
  const trained = parameters.filter((parameter) => parameter.trained);
  const found = gradients(
    loss,
    trained.map(({ name, shape }) => source(name, shape)),
  );
  return Object.fromEntries(trained.flatMap(({ name }, i) => (found[i] === undefined ? [] : [[name, found[i]]])));
}
