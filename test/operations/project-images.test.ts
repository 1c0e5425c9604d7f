// What a projection asks of its sources, with an engine that only asks.
import { expect, it } from 'vitest';
import type { Recipe } from '../../src-main/archive/recipe.ts';
import type { EngineMethods, ProjectStart, ProjectSupplier } from '../../src-main/engine/protocol.ts';
import type { ImageSource } from '../../src-main/operations/image-source.ts';
import { projectImages } from '../../src-main/operations/project-images.ts';
import type { Launcher } from '../../src-main/platform/process.ts';
import { openChannel, type Port } from '../../src-main/platform/process-channel.ts';
import { defaultOf } from '../../src-preload/parameters/parameter.ts';
import { projection } from '../../src-preload/parameters/projection.ts';

const window: Recipe = {
  intensity: { type: 'window', center: 40, width: 400 },
  fit: 'crop',
  filter: 'lanczos',
  channels: 1,
  resolution: 8,
};
const start: ProjectStart = {
  ...{
    device: 'cpu',
    resolution: 8,
    channels: 1,
    latentWidth: 8,
    inverse: 'optimise',
    loss: 'pixel',
    lossRemark: null,
  },
  ...{ recipe: window, networkSha256: '' },
};

/** Two ends of a pipe within this process. */
function pipe(): readonly [Port, Port] {
  const { port1, port2 } = new MessageChannel();
  return [port1, port2].map((port) => ({
    post: (message: unknown) => port.postMessage(message),
    listen: (onMessage: (message: unknown) => void) => {
      port.onmessage = ({ data }) => onMessage(data);
    },
    close: () => port.close(),
  })) as unknown as readonly [Port, Port];
}

const asking: Launcher = () => {
  const [ours, theirs] = pipe();
  const engine = openChannel<EngineMethods, ProjectSupplier>(ours, 'workbench', {
    project: async () => {
      await engine.call('project.start', start);
      await engine.call('project.normals', null);
      await engine.call('project.next', { count: 1 });
      return null;
    },
  } as never);
  return theirs;
};

it.each([
  ['as-stored', { unknownRescale: 'as-stored' }],
  ['refuse', {}],
] as const)('takes images and normals of unknown unit alike: %s', async (unknownRescale, written) => {
  const asked: [string, Recipe][] = [];
  const source = (name: string): ImageSource => ({
    name,
    images: [{ id: 0, name }],
    read: () => Promise.reject(new Error('not asked for')),
    readModelSpace: async (_, recipe) => {
      asked.push([name, recipe]);
      return new Float32Array(64);
    },
  });
  const defaults = Object.entries(projection).map(([name, { schema }]) => [name, defaultOf(schema)]);
  await projectImages(
    { ...Object.fromEntries(defaults), unknownRescale, networkFile: '', weightsFolder: '', scoring: null },
    source('images'),
    source('normals'),
    { start: () => {}, has: () => false, put: async () => {}, skip: (_, error) => Promise.reject(error) },
    asking,
    { signal: new AbortController().signal, report: () => {} },
  );
  const recipe = { ...window, intensity: { ...window.intensity, ...written } };
  expect(asked).toEqual([
    ['normals', recipe],
    ['images', recipe],
  ]);
});
