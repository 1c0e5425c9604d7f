// States on disk: two are kept, a broken one is passed over, another configuration is refused by name.
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readNetworks } from '../../native/weights/read-networks.ts';
import { Problem } from '../../src-main/platform/errors.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import type { TrainingConfiguration } from '../../src-main/training/configuration.ts';
import { Sampler } from '../../src-main/training/sampler.ts';
import { networkValues, readNewestState, writeNetworkSnapshot, writeState } from '../../src-main/training/snapshots.ts';
import type { TrainingState } from '../../src-main/training/trainer.ts';
import { temporaryFolder } from '../cli/residua.ts';
import { discs, tinyConfiguration } from './tiny-training.ts';

const configuration: TrainingConfiguration = tinyConfiguration(discs(4));
const origin = { recipe: { fit: 'pad' }, provenance: { command: 'train' } };

/** A state after so many images, with numbers of its own in every part. */
function stateAfter(imagesShown: number): TrainingState {
  const random = randomFrom(imagesShown);
  const tensor = () => ({ data: Float32Array.from({ length: 6 }, () => random.gaussian()), shape: [2, 3] });
  const network = () => new Map([['b4.weight', tensor()]]);
  const sampler = new Sampler(5, imagesShown);
  for (let i = 0; i < imagesShown % 7; i++) sampler.next();
  return {
    position: {
      iteration: imagesShown / 4,
      imagesShown,
      optimizerSteps: { G: 5, D: 3 },
      random: random.state(),
      sampler: sampler.state,
      augmentation: { probability: 0.25, signs: 3, answers: 8 },
    },
    networks: { G: network(), D: network(), G_ema: network() },
    variables: new Map([
      ['G first', tensor()],
      ['pl_mean', { data: Float32Array.of(0.25), shape: [] }],
    ]),
  };
}

const write = (folder: string, images: number) => writeState(folder, stateAfter(images), configuration, origin);

it('keeps the newest two states and reads the newest, bit by bit', async () => {
  await using folder = await temporaryFolder();
  for (const images of [1000, 2000, 3000]) await write(folder.path, images);
  expect((await readdir(folder.path)).sort()).toEqual([
    'training-state-000002.safetensors',
    'training-state-000003.safetensors',
  ]);
  expect(await readNewestState(folder.path, configuration, origin.recipe)).toEqual(stateAfter(3000));
});

it('has no state in a new folder', async () => {
  await using folder = await temporaryFolder();
  expect(await readNewestState(join(folder.path, 'none'), configuration, origin.recipe)).toBeNull();
});

it.each([
  ['cut short', async (file: string) => truncate(file, (await readFile(file)).length - 8)],
  ['empty', (file: string) => truncate(file, 0)],
  ['something else', (file: string) => writeFile(file, 'not a state')],
])('falls back to the older state when the newest is %s', async (_, spoil) => {
  await using folder = await temporaryFolder();
  for (const images of [1000, 2000]) await write(folder.path, images);
  await spoil(join(folder.path, 'training-state-000002.safetensors'));
  expect(await readNewestState(folder.path, configuration, origin.recipe)).toEqual(stateAfter(1000));
});

it('does not begin anew where states are but none can be read', async () => {
  await using folder = await temporaryFolder();
  await write(folder.path, 1000);
  await truncate(join(folder.path, 'training-state-000001.safetensors'), 100);
  const refused = readNewestState(folder.path, configuration, origin.recipe);
  await expect(refused).rejects.toSatisfy((error) => error instanceof Problem && error.kind === 'content');
  await expect(refused).rejects.toThrow('training-state-000001.safetensors');
});

it('refuses a state of another configuration, naming what differs', async () => {
  await using folder = await temporaryFolder();
  await write(folder.path, 1000);
  const differing = { ...configuration, r1Gamma: 7 };
  await expect(readNewestState(folder.path, differing, origin.recipe)).rejects.toMatchObject({
    kind: 'mismatch',
    values: { what: expect.stringContaining('r1Gamma'), expected: '0.1', found: '7' },
  });
  const longer = { ...configuration, totalKimg: 99, snapshotTicks: 7 };
  expect(await readNewestState(folder.path, longer, origin.recipe)).toEqual(stateAfter(1000));
});

it('writes snapshots that hold the three networks with their arguments, recipe and provenance', async () => {
  await using folder = await temporaryFolder();
  const state = stateAfter(12_000);
  const path = await writeNetworkSnapshot(folder.path, state, configuration, origin);
  expect(path).toBe(join(folder.path, 'network-snapshot-000012.safetensors'));
  const read = await readNetworks(path);
  expect(read).toMatchObject(origin);
  expect(read.state).toBeUndefined();
  expect(read.networks.G?.constructorArguments).toEqual(configuration.generator);
  expect(read.networks.D?.constructorArguments).toEqual(configuration.discriminator);
  expect(networkValues(read, path)).toEqual(state.networks);
});

it('cannot start a training from a file without a discriminator', async () => {
  await using folder = await temporaryFolder();
  const path = await writeNetworkSnapshot(folder.path, stateAfter(0), configuration, origin);
  const read = await readNetworks(path);
  const { G, G_ema } = read.networks as Required<typeof read.networks>;
  expect(() => networkValues({ ...read, networks: { G, G_ema } }, 'x.pkl')).toThrow(
    expect.objectContaining({ kind: 'missing', values: { what: 'discriminator', name: 'x.pkl' } }),
  );
  const { D } = read.networks as Required<typeof read.networks>;
  expect(networkValues({ ...read, networks: { D, G_ema } }, 'x.pkl').G).toBe(G_ema.tensors);
});

it('refuses a state whose images were prepared by another recipe', async () => {
  await using folder = await temporaryFolder();
  await write(folder.path, 1000);
  await expect(readNewestState(folder.path, configuration, { fit: 'crop' })).rejects.toMatchObject({
    kind: 'mismatch',
    values: {
      what: expect.stringContaining('recipe of the training'),
      expected: '{"fit":"pad"}',
      found: '{"fit":"crop"}',
    },
  });
});
