// A network file as what projection, scoring and generation work with: checked arguments and tensors.
import { type LocaliserArguments, parseLocaliserArguments } from '../../native/networks/localiser/arguments.ts';
import {
  type DiscriminatorArguments,
  type EncoderArguments,
  type GeneratorArguments,
  parseDiscriminatorArguments,
  parseEncoderArguments,
  parseGeneratorArguments,
} from '../../native/networks/stylegan2/arguments.ts';
import { latentCount } from '../../native/networks/stylegan2/synthesis.ts';
import type { HostTensor } from '../../native/runtime/variables.ts';
import { generatorOf, type JsonObject, type NetworkWeights } from '../../native/weights/network-weights.ts';
import { readNetworks } from '../../native/weights/read-networks.ts';
import { fileSha256 } from '../../native/weights/weights-folder.ts';
import { type Recipe, recipeSchema } from '../archive/recipe.ts';
import { Problem } from '../platform/errors.ts';

/** A generator with its parameters by published name (`synthesis.b4.const`, `mapping.fc0.weight`, ...). */
export interface GeneratorNetwork {
  readonly arguments_: GeneratorArguments;
  readonly tensors: ReadonlyMap<string, HostTensor>;
}

export interface DiscriminatorNetwork {
  readonly arguments_: DiscriminatorArguments;
  readonly tensors: ReadonlyMap<string, HostTensor>;
}

/** The feed-forward inverse of a generator. */
export interface EncoderNetwork {
  readonly arguments_: EncoderArguments;
  readonly tensors: ReadonlyMap<string, HostTensor>;
}

export interface LoadedNetwork {
  readonly generator: GeneratorNetwork;
  readonly discriminator: DiscriminatorNetwork | null;
  readonly encoder: EncoderNetwork | null;
  readonly recipe: Recipe | null;
  readonly provenance: JsonObject;
  readonly sha256: string;
}

/** Reads a network file of any known format. Throws `format`, `content`, `unknown-global`, `missing`, `limit`, `file`. */
export async function loadNetwork(file: string): Promise<LoadedNetwork> {
  const { networks, recipe, provenance } = await readNetworks(file);
  const weights = generatorOf(networks, file);
  const generator = {
    arguments_: parseGeneratorArguments(weights.constructorArguments, file),
    tensors: weights.tensors,
  };
  return {
    generator,
    discriminator:
      networks.D === undefined
        ? null
        : {
            arguments_: parseDiscriminatorArguments(networks.D.constructorArguments, file),
            tensors: networks.D.tensors,
          },
    encoder: networks.E === undefined ? null : encoderOf(networks.E, generator, file),
    recipe: recipe === null ? null : parseRecipe(recipe, file),
    provenance,
    sha256: await fileSha256(file),
  };
}

/** A localiser, with the recipe of the images that it was trained on. */
export interface LocaliserNetwork {
  readonly arguments_: LocaliserArguments;
  readonly tensors: ReadonlyMap<string, HostTensor>;
  readonly recipe: Recipe | null;
  readonly provenance: JsonObject;
  readonly sha256: string;
}

/** Reads a localiser's file. Throws as `loadNetwork`. */
export async function loadLocaliser(file: string): Promise<LocaliserNetwork> {
  const { networks, recipe, provenance } = await readNetworks(file);
  const network = networks.localiser;
  if (network === undefined) throw new Problem('missing', { what: 'localiser', name: file });
  return {
    arguments_: parseLocaliserArguments(network.constructorArguments, file),
    tensors: network.tensors,
    recipe: recipe === null ? null : parseRecipe(recipe, file),
    provenance,
    sha256: await fileSha256(file),
  };
}

/** Throws `content` for an encoder that is not one of this generator. */
function encoderOf(weights: NetworkWeights, { arguments_: generator }: GeneratorNetwork, file: string): EncoderNetwork {
  const arguments_ = parseEncoderArguments(weights.constructorArguments, file);
  const { num_ws, w_dim, discriminator_kwargs: trunk } = arguments_;
  const found = [num_ws, w_dim, trunk.img_resolution, trunk.img_channels];
  const { img_resolution, img_channels } = generator;
  if (found.join() === [latentCount(generator), generator.w_dim, img_resolution, img_channels].join()) {
    return { arguments_, tensors: weights.tensors };
  }
  throw new Problem('content', { file, reason: 'its encoder does not belong to its generator' });
}

/** What a network file holds, as the catalog notes it. */
export interface NetworkDescription {
  readonly sha256: string;
  readonly resolution: number;
  readonly channels: 1 | 3;
  /** 0: not conditional. */
  readonly classes: number;
  /** Images can be reconstructed with it. */
  readonly generator: boolean;
  readonly discriminator: boolean;
  readonly encoder: boolean;
  /** Anomalies can be marked with it. */
  readonly localiser: boolean;
  readonly recipe: Recipe | null;
  readonly provenance: JsonObject;
}

/** What is in a network file, without its weights. */
export async function describeNetwork(file: string): Promise<NetworkDescription> {
  const { networks } = await readNetworks(file);
  if (networks.localiser !== undefined) {
    const { arguments_, ...origin } = await loadLocaliser(file);
    const { resolution, channels } = arguments_;
    const { tensors: _, ...described } = origin;
    const has = { generator: false, discriminator: false, encoder: false, localiser: true };
    return { ...described, resolution, channels, classes: 0, ...has };
  }
  const { generator, discriminator, encoder, recipe, provenance, sha256 } = await loadNetwork(file);
  const { img_resolution: resolution, img_channels: channels, c_dim: classes } = generator.arguments_;
  const has = { generator: true, discriminator: discriminator !== null, encoder: encoder !== null, localiser: false };
  return { sha256, resolution, channels, classes, ...has, recipe, provenance };
}

function parseRecipe(recipe: JsonObject, file: string): Recipe {
  const parsed = recipeSchema.safeParse(recipe);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new Problem('content', { file, reason: `its recipe is not understood at "${where}"` });
}

/** Everything that a network file holds but the weights themselves. */
export interface NetworkContents {
  readonly networks: readonly {
    /** As in the file: `G_ema`, `D`, ... */
    readonly name: string;
    readonly constructorArguments: JsonObject;
    readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
  }[];
  readonly recipe: JsonObject | null;
  readonly provenance: JsonObject;
}

/** Reads a network file and lists what is in it. Throws as `loadNetwork`. */
export async function networkContents(file: string): Promise<NetworkContents> {
  const { networks, recipe, provenance } = await readNetworks(file);
  return {
    networks: Object.entries(networks).flatMap(([name, network]) =>
      network === undefined
        ? []
        : [
            {
              name,
              constructorArguments: network.constructorArguments as JsonObject,
              tensors: Array.from(network.tensors, ([tensor, { shape }]) => ({ name: tensor, shape: [...shape] })),
            },
          ],
    ),
    recipe,
    provenance,
  };
}
