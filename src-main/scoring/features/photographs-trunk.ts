// The trunk `photographs`: a small network that was trained on photographs and comes with the program.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { add, multiply } from '../../../native/graph/build.ts';
import { mobileNetV2 } from '../../../native/networks/features/mobilenet-v2.ts';
import { constantParameters } from '../../../native/networks/parameter-source.ts';
import { readSafetensors } from '../../../native/weights/safetensors.ts';
import { type FloatTensor, type StoredTensor, toFloats } from '../../../native/weights/tensor.ts';
import { Problem } from '../../platform/errors.ts';
import { compileTrunk, resized, type TrunkImages } from './compiled-trunk.ts';
import type { Trunk } from './trunk.ts';

/** Where it came from and how its weights are stored: resources/features/README.md. */
const file = fileURLToPath(new URL('../../../resources/features/mobilenet-v2.safetensors', import.meta.url));

/** Images are enlarged to the size that the network was trained at. */
const size = 224;

/** The bundled weights as floats, by the names of `mobileNetV2`. */
export async function photographsWeights(): Promise<ReadonlyMap<string, FloatTensor>> {
  const { tensors } = readSafetensors(await readFile(file), file);
  const demand = (name: string): StoredTensor => {
    const found = tensors.get(name);
    if (found === undefined) throw new Problem('content', { file, reason: `lacks ${name}` });
    return found;
  };
  const floats = (name: string): FloatTensor => ({ shape: demand(name).shape, data: toFloats(demand(name)) });
  const layers = [...tensors.keys()].filter((name) => name.endsWith('.weight')).map((name) => name.slice(0, -7));
  return new Map(
    layers.flatMap((layer) => {
      const { shape, data: bytes } = demand(`${layer}.weight`);
      const [low, step] = [floats(`${layer}.low`).data, floats(`${layer}.step`).data];
      const perOutput = bytes.length / low.length;
      const data = Float32Array.from(bytes, (byte, at) => {
        const output = Math.floor(at / perOutput);
        return low[output]! + step[output]! * byte;
      });
      return [
        [`${layer}.weight`, { shape, data }],
        [`${layer}.bias`, floats(`${layer}.bias`)],
      ] as const;
    }),
  );
}

export async function openPhotographs(images: TrunkImages): Promise<Trunk> {
  const source = constantParameters(await photographsWeights());
  return compileTrunk('photographs', images, (x) => mobileNetV2(source, multiply(add(resized(x, size), 1), 0.5)));
}
