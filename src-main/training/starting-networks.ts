// The networks that a training begins with: drawn by the seed, then replaced by what a given network has.
import {
  type DiscriminatorArguments,
  type GeneratorArguments,
  parseDiscriminatorArguments,
  parseGeneratorArguments,
} from '../../native/networks/stylegan2/arguments.ts';
import {
  discriminatorParameters,
  generatorParameters,
  initialise,
  type Parameter,
} from '../../native/networks/stylegan2/parameters.ts';
import type { HostTensor } from '../../native/runtime/variables.ts';
import { Problem } from '../platform/errors.ts';
import { randomFrom } from '../platform/random/random.ts';
import type { TrainingConfiguration } from './configuration.ts';

type Tensors = ReadonlyMap<string, HostTensor>;

/** Values of the networks, by published names. */
export interface NetworkValues {
  readonly G: Tensors;
  readonly D: Tensors;
  readonly G_ema: Tensors;
}

/** The constructor arguments of a training's networks, defaults filled in. */
export const generatorOf = ({ generator }: TrainingConfiguration): GeneratorArguments =>
  parseGeneratorArguments(generator, 'configuration');
export const discriminatorOf = ({ discriminator }: TrainingConfiguration): DiscriminatorArguments =>
  parseDiscriminatorArguments(discriminator, 'configuration');

/** Every tensor of both networks of a training. */
export function networkParameters(configuration: TrainingConfiguration): {
  readonly G: readonly Parameter[];
  readonly D: readonly Parameter[];
} {
  return {
    G: generatorParameters(generatorOf(configuration)),
    D: discriminatorParameters(discriminatorOf(configuration)),
  };
}

/** Initial values as the published constructors draw them, by the configuration's seed. */
export function drawnNetworks(configuration: TrainingConfiguration): NetworkValues {
  const parameters = networkParameters(configuration);
  const { gaussian } = randomFrom(configuration.seed).fork('parameters');
  const G = initialise(parameters.G, gaussian);
  return { G, D: initialise(parameters.D, gaussian), G_ema: G };
}

/** Throws `mismatch` when a tensor of `source` has not the shape that a training needs, naming it and `file`. */
export function demandShapes(configuration: TrainingConfiguration, source: NetworkValues, file: string): void {
  const { G, D } = networkParameters(configuration);
  const needed: { readonly [N in keyof NetworkValues]: readonly Parameter[] } = { G, D, G_ema: G };
  for (const name of Object.keys(needed) as (keyof NetworkValues)[]) {
    for (const { name: key, shape } of needed[name]) {
      const given = source[name].get(key);
      if (given === undefined || given.shape.join() === shape.join()) continue;
      const [expected, found] = [`[${shape}]`, `[${given.shape}]`];
      throw new Problem('mismatch', { what: `${name}.${key} of ${file}`, expected, found });
    }
  }
}

/**
 * Drawn networks whose tensors are replaced by those of the same names in `source` (published
 * `copy_params_and_buffers(require_all=False)`). Throws as `demandShapes`.
 */
export function transferredNetworks(
  configuration: TrainingConfiguration,
  source: NetworkValues,
  file: string,
): NetworkValues {
  demandShapes(configuration, source, file);
  const drawn = drawnNetworks(configuration);
  const transfer = (name: keyof NetworkValues): Tensors =>
    new Map([...drawn[name]].map(([key, tensor]) => [key, source[name].get(key) ?? tensor]));
  return { G: transfer('G'), D: transfer('D'), G_ema: transfer('G_ema') };
}
