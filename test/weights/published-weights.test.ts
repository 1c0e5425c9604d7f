// Published weights: the names in their files against what the networks ask for, and the folder that they are in.
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type PublishedWeights, publishedWeights, type WeightsName } from '../../native/weights/published-weights.ts';
import { safetensorsParts } from '../../native/weights/safetensors.ts';
import { type FloatTensor, fromFloats } from '../../native/weights/tensor.ts';
import { demandImported, findWeights, readPublishedWeights } from '../../native/weights/weights-folder.ts';
import { importWeights, listWeights } from '../../src-main/engine/published-weights.ts';
import { requiredParameters } from '../../src-main/networks/feature-networks.ts';
import { temporaryFolder } from '../cli/residua.ts';

const adoptOf = (name: WeightsName, choice: number, file: number) =>
  (publishedWeights[name] as PublishedWeights).choices[choice]![file]!.adopt;
const empty = (names: Iterable<string>): ReadonlyMap<string, FloatTensor> =>
  new Map([...names].map((name) => [name, { shape: [0], data: new Float32Array(0) }]));
const required = (name: WeightsName, part = /./) =>
  [...requiredParameters(name).keys()].filter((key) => part.test(key));
const sorted = (names: Iterable<string>) => [...names].sort();

/** Layers of the metric network, block by block, after the graph of 2015. */
const inception2015 = [
  'conv conv_1 conv_2 conv_3 conv_4',
  ...['mixed', 'mixed_1', 'mixed_2'].map((block) =>
    within(block, 'conv tower.conv tower.conv_1 tower_1.conv tower_1.conv_1 tower_1.conv_2 tower_2.conv'),
  ),
  within('mixed_3', 'conv tower.conv tower.conv_1 tower.conv_2'),
  ...['mixed_4', 'mixed_5', 'mixed_6', 'mixed_7'].map((block) =>
    within(
      block,
      'conv tower.conv tower.conv_1 tower.conv_2 tower_1.conv tower_1.conv_1 tower_1.conv_2 tower_1.conv_3 tower_1.conv_4 tower_2.conv',
    ),
  ),
  within('mixed_8', 'tower.conv tower.conv_1 tower_1.conv tower_1.conv_1 tower_1.conv_2 tower_1.conv_3'),
  ...['mixed_9', 'mixed_10'].map((block) =>
    within(
      block,
      'conv tower_conv tower_mixed_conv tower_mixed_conv_1 tower_1_conv tower_1_conv_1 tower_1_mixed_conv tower_1_mixed_conv_1 tower_2_conv',
    ),
  ),
].flatMap((line) => line.split(' ').map((layer) => `layers.${layer}`));

function within(block: string, layers: string): string {
  return layers
    .split(' ')
    .map((layer) => `${block}.${layer}`)
    .join(' ');
}

describe('names in published files', () => {
  it('of the metric network of 2015 are all that the network asks for', () => {
    const leaves = ['weight', 'beta', 'mean', 'var'];
    const names = [...inception2015.flatMap((layer) => leaves.map((leaf) => `${layer}.${leaf}`))];
    const adopted = adoptOf('inception-v3-tf', 0, 0)(empty([...names, 'output.weight', 'output.bias', 'other.weight']));
    expect(sorted(adopted.keys())).toEqual(sorted(required('inception-v3-tf')));
    expect(adopted.size).toBe(inception2015.length * 5 + 2);
  });

  it('of VGG16 with LPIPS are all that the network asks for', () => {
    const layers = [...Array.from({ length: 13 }, (_, i) => `conv${i + 1}`), 'fc1', 'fc2'];
    const names = layers.flatMap((layer) => [`layers.${layer}.weight`, `layers.${layer}.bias`]);
    const adopted = adoptOf('vgg16', 0, 0)(empty([...names, ...[0, 1, 2, 3, 4].map((i) => `lpips${i}`)]));
    expect(sorted(adopted.keys())).toEqual(sorted(required('vgg16')));
  });

  it.each<[WeightsName, number, number, string, RegExp, string]>([
    ['inception-v3-tf', 1, 0, '', /./, ''],
    ['inception-v3', 0, 0, '', /./, ''],
    ['resnet50', 0, 0, '', /./, ''],
    ['swav-resnet50', 0, 0, 'module.', /^(?!fc)/, ''],
    ['swav-resnet50', 0, 1, 'state_dict.module.linear', /^fc/, 'fc'],
    ['dino-vit-s8', 0, 0, '', /^(?!fc)/, ''],
    ['dino-vit-s8', 0, 1, 'state_dict.module.linear', /^fc/, 'fc'],
    ['swin-b', 0, 0, 'model.', /^(?!fc)/, ''],
    ['swin-b', 0, 0, 'model.head', /^fc/, 'fc'],
    ['vgg16', 1, 0, '', /^(features|classifier)/, ''],
    ['vgg16', 1, 1, '', /^lin/, ''],
  ])('of %s, choice %i, file %i lead to what the network asks for', (name, choice, file, prefix, part, instead) => {
    const wanted = required(name, part);
    const published = wanted.map((key) => prefix + key.slice(instead.length));
    const adopted = adoptOf(name, choice, file)(empty([...published, 'module.prototypes.weight', 'epoch']));
    expect(sorted(adopted.keys())).toEqual(sorted(wanted));
  });
});

/** Writes tensors of ones, but for the first value of each. */
async function writeTensors(path: string, shapes: Readonly<Record<string, readonly number[]>>): Promise<string> {
  const tensors = Object.entries(shapes).map(([name, shape]) => {
    const data = new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1);
    return [name, fromFloats({ shape, data })] as const;
  });
  const bytes = Buffer.concat(safetensorsParts(new Map(tensors)));
  await writeFile(path, bytes);
  return createHash('sha256').update(bytes).digest('hex');
}

const importance = Object.fromEntries([64, 128, 256, 512, 512].map((n, i) => [`lin${i}.model.1.weight`, [1, n, 1, 1]]));

describe('the weights folder', () => {
  it('takes a file in under its published name, whatever it was called, and lists it', async () => {
    await using folder = await temporaryFolder();
    const [file, weights] = [join(folder.path, 'vgg.pth'), join(folder.path, 'weights')];
    const sha256 = await writeTensors(file, importance);
    const imported = await importWeights(file, weights, { as: null, other: false });
    expect(imported).toMatchObject({
      name: 'lpips-vgg.pth',
      path: join(weights, 'lpips-vgg.pth'),
      sha256,
      verified: false,
    });
    const rows = await listWeights(weights);
    const there = rows.filter(({ state }) => state !== 'missing');
    expect(there).toMatchObject([{ name: 'lpips-vgg.pth', state: 'there', sha256 }]);
    // No SHA-256 of it is published: the one at import counts.
    await demandImported(weights, 'lpips-vgg.pth');
    const bytes = await readFile(join(weights, 'lpips-vgg.pth'));
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(join(weights, 'lpips-vgg.pth'), bytes);
    await expect(demandImported(weights, 'lpips-vgg.pth')).rejects.toMatchObject({
      kind: 'content',
      values: { reason: 'is damaged: it is not the file that was imported' },
    });
    expect(await findWeights(weights, 'vgg16')).toBeNull();
    await expect(readPublishedWeights(weights, 'vgg16', 'weights of VGG16')).rejects.toMatchObject({
      kind: 'missing',
      values: { what: 'weights of VGG16', name: join(weights, 'vgg16.pt') },
    });
  });

  it('refuses what is not the published file, in the folder or on the way there, unless it is told to', async () => {
    await using folder = await temporaryFolder();
    const name = 'resnet50-0676ba61.pth';
    const [file, weights] = [join(folder.path, name), join(folder.path, 'weights')];
    const head = { 'fc.weight': [1000, 2048], 'fc.bias': [1000] };
    await writeTensors(file, head);
    const differs = { kind: 'content', values: { reason: expect.stringContaining('is not the published resnet50') } };
    await expect(importWeights(file, weights, { as: null, other: false })).rejects.toMatchObject(differs);
    await mkdir(weights);
    await writeTensors(join(weights, name), head);
    await expect(readPublishedWeights(weights, 'resnet50', 'x')).rejects.toMatchObject(differs);
    await importWeights(file, weights, { as: null, other: true });
    expect([...(await readPublishedWeights(weights, 'resnet50', 'x')).keys()]).toEqual(Object.keys(head));
    expect((await listWeights(weights)).filter(({ state }) => state === 'other content')).toMatchObject([{ name }]);
  });

  it('refuses a file that does not hold what it should, and one that is nothing known', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'a.safetensors');
    const take = (as: string | null) => importWeights(file, join(folder.path, 'weights'), { as, other: true });
    await writeTensors(file, { 'fc.bias': [1000] });
    await expect(take('resnet50-0676ba61.pth')).rejects.toMatchObject({
      kind: 'content',
      values: { reason: 'lacks the parameter fc.weight' },
    });
    await expect(take(null)).rejects.toMatchObject({ kind: 'usage' });
    await expect(take('no-such.pth')).rejects.toMatchObject({ kind: 'usage' });
    await writeTensors(file, { ...importance, 'lin4.model.1.weight': [1, 511, 1, 1] });
    await expect(take('lpips-vgg.pth')).rejects.toMatchObject({
      kind: 'mismatch',
      values: { expected: '[1, 512, 1, 1]', found: '[1, 511, 1, 1]' },
    });
  });
});
