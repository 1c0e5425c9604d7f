// residua inspect-network: what a network file holds, as a table; nothing in it is run.
import { resolve } from 'node:path';
import { nodeLauncher, withEngine } from '../../engine/start-engine.ts';
import { defineCommand, flag, option, text } from '../command.ts';
import { textTable } from '../text-table.ts';

export const inspectNetwork = defineCommand({
  details: `Example: residua inspect-network network-snapshot-025000.pkl
Reads published pickles (.pkl) and our own files (.safetensors). A pickle is read as data: nothing in it is executed.`,
  arguments: { file: option('<file>', 'a network pickle or checkpoint', text) },
  options: { tensors: option('--tensors [flag]', 'list every tensor with its shape', flag) },
  async run({ file, tensors: all }, { print }) {
    const { networks, recipe, provenance } = await withEngine(nodeLauncher, {}, (engine) =>
      engine.call('network.contents', resolve(file)),
    );
    const size = (shape: readonly number[]) => shape.reduce((product, side) => product * side, 1);
    const rows = networks.map(({ name, tensors, constructorArguments: { img_resolution, img_channels, c_dim } }) => [
      name,
      `${img_resolution ?? ''}`,
      `${img_channels ?? ''}`,
      `${c_dim ?? ''}`,
      tensors.length,
      tensors.reduce((sum, { shape }) => sum + size(shape), 0),
    ]);
    print(textTable(['network', 'resolution', 'channels', 'classes', 'tensors', 'weights'], rows));
    for (const { name, constructorArguments } of networks) print(`\n${name}: ${JSON.stringify(constructorArguments)}`);
    if (recipe !== null) print(`\nrecipe: ${JSON.stringify(recipe)}`);
    if (Object.keys(provenance).length > 0) print(`\nprovenance: ${JSON.stringify(provenance)}`);
    if (!all) return;
    for (const { name, tensors } of networks) {
      print(
        `\n${textTable(
          [name, 'shape'],
          tensors.map((tensor) => [tensor.name, tensor.shape.join(' x ')]),
        )}`,
      );
    }
  },
});
