// The order of a run's tasks: everything that decides their results, without a catalog.

import { basename, extname, join } from 'node:path';
import { z } from 'zod';
import { device } from '../../src-preload/parameters/device.ts';
import { shapeOf } from '../../src-preload/parameters/parameter.ts';
import { projection } from '../../src-preload/parameters/projection.ts';
import { scoring } from '../../src-preload/parameters/scoring.ts';
import { recipeSchema } from '../archive/recipe.ts';
import { Problem } from '../platform/errors.ts';
import { hashOfFile } from '../platform/hash-of-file.ts';
import { version } from '../platform/version.ts';
import { exchangePaths, readExchangeFile } from './exchange.ts';

/** A network by its content: it lies in the exchange folder, named by it. */
const network = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  extension: z.string().regex(/^(\.\w+)?$/),
});
export type NetworkReference = z.infer<typeof network>;

const families = z.strictObject({
  kind: z.literal('families'),
  families: z.array(z.string()).min(1),
  settings: z.record(z.string(), z.record(z.string(), z.unknown())),
  weightsFolder: z.string(),
  device,
  recipe: recipeSchema,
  networkRecipe: recipeSchema.nullable(),
  heldOut: z.array(z.string()),
  calibrates: z.boolean(),
  /** Family -> the name by which its features are kept. */
  featureNames: z.record(z.string(), z.string()),
});

const projecting = z.strictObject({
  kind: z.enum(['project', 'optimise']),
  ...shapeOf(projection),
  weightsFolder: z.string(),
  scoring: z.strictObject(shapeOf(scoring)).nullable(),
  /** Whether there are normals, in their listing. */
  normals: z.boolean(),
});

export const orderSchema = z.strictObject({
  version: z.string(),
  run: z.int(),
  network: network.nullable(),
  localiser: network.nullable(),
  work: z.union([families, projecting]),
});
export type TaskOrder = z.infer<typeof orderSchema>;

/** A folder of networks, beside the exchange folders of runs: several runs have the same. */
export const networkPath = (exchange: string, { sha256, extension }: NetworkReference): string =>
  join(exchange, '..', 'networks', `${sha256}${extension}`);

/** The reference to a network's file, whose SHA-256 is known. */
export const referenceTo = (file: string, sha256: string): NetworkReference => ({
  sha256,
  extension: /^\.\w+$/.test(extname(basename(file))) ? extname(basename(file)) : '',
});

/**
 * The order in an exchange folder, with its SHA-256, and its networks where they lie. Throws `mismatch` for the order of another
 * version, and `content` for a network that is damaged.
 */
export async function readOrder(exchange: string): Promise<{ readonly order: TaskOrder; readonly sha256: string }> {
  const { order: file } = exchangePaths(exchange);
  const order = await readExchangeFile(file, orderSchema);
  if (order.version !== version) {
    throw new Problem('mismatch', { what: 'version of Residua', expected: order.version, found: version });
  }
  return { order, sha256: (await hashOfFile(file)).sha256 };
}

/** Throws `missing`, or `content` when it is not the network that was meant. */
export async function checkedNetwork(exchange: string, reference: NetworkReference): Promise<string> {
  const file = networkPath(exchange, reference);
  const { sha256 } = await hashOfFile(file).catch((cause: unknown) => {
    throw new Problem('missing', { what: 'file of the network', name: file }, { cause });
  });
  if (sha256 === reference.sha256) return file;
  throw new Problem('content', { file, reason: 'is damaged: it is not the network that was meant' });
}
