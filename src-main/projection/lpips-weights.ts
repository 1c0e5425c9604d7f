// Finds the weights of the perceptual loss in the weights folder: the original files, imported as data.
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostTensor } from '../../native/runtime/variables.ts';
import { toFloatTensor } from '../../native/weights/tensor.ts';
import { readTorchFile } from '../../native/weights/torch-file.ts';
import { Problem } from '../platform/errors.ts';

/** The files that LPIPS is made of, by the names under which their makers publish them. */
export const lpipsFiles = {
  /** torchvision's VGG16 trained on ImageNet. */
  features: 'vgg16-397923af.pth',
  /** The linear layers of LPIPS version 0.1 for VGG (`lpips/weights/v0.1/vgg.pth` of the lpips package). */
  importance: 'lpips-vgg.pth',
} as const;

/** True when all files of the perceptual loss are in the folder. */
export async function haveLpipsWeights(folder: string): Promise<boolean> {
  const found = await Promise.all(Object.values(lpipsFiles).map((name) => exists(join(folder, name))));
  return found.every((here) => here);
}

/** VGG16's and LPIPS' parameters by the names of `vgg16Lpips`. Throws `missing` with the name of the file to bring. */
export async function readLpipsWeights(folder: string): Promise<ReadonlyMap<string, HostTensor>> {
  const tensors = new Map<string, HostTensor>();
  for (const name of Object.values(lpipsFiles)) {
    const path = join(folder, name);
    if (!(await exists(path))) throw new Problem('missing', { what: 'weights of the loss lpips', name: path });
    for (const [key, tensor] of await readTorchFile(path)) {
      if (/^(features\.\d+\.(weight|bias)|lin\d\.model\.1\.weight)$/.test(key)) tensors.set(key, toFloatTensor(tensor));
    }
  }
  return tensors;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
