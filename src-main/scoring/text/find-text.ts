// Text that is burned into the pixels of an image: candidates of the detector that the recogniser can read, as upright boxes.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { openOnnxFile } from '../../../native/runtime/onnx-file.ts';
import { cpu, type OnnxDevice, usesOnnx } from '../../../native/runtime/session.ts';
import type { GreyImage } from '../../platform/grey-image.ts';
import { findCandidates } from './detector.ts';
import { readLine } from './recogniser.ts';
import { type Box, boxAround } from './rectangle.ts';

/** Where the networks came from: resources/text/README.md. */
const fileOf = (name: string): string => fileURLToPath(new URL(`../../../resources/text/${name}`, import.meta.url));

/** A box that bears text, in pixels of the image. */
export interface TextBox extends Box {
  /** How surely its characters were read, 0 to 1. */
  readonly confidence: number;
}

export interface TextFinder {
  /** Most certain first; the same image gives the same boxes. */
  readonly find: (image: GreyImage) => Promise<readonly TextBox[]>;
  readonly release: () => Promise<void>;
}

/** What counts as read: this sure on the average, and more so for a single character, which anything may resemble. */
const [leastConfidence, leastOfOne] = [0.6, 0.8];

/** Opens both networks on the processor, where they give the same boxes on every run. */
export async function openTextFinder(): Promise<TextFinder> {
  const device: OnnxDevice = usesOnnx(cpu) ? cpu : { name: 'cpu', threads: 0 };
  const [detector, recogniser] = await Promise.all(
    ['detector.onnx', 'recogniser.onnx'].map(async (name) => openOnnxFile(device, await readFile(fileOf(name)))),
  );
  // The network's last class is the space, which the file leaves out.
  const characters = (await readFile(fileOf('characters.txt'), 'utf8')).replace(/\n$/, '').split('\n');
  return {
    find: async (image) => {
      const boxes: TextBox[] = [];
      for (const candidate of await findCandidates(detector!, image)) {
        const box = boxAround(candidate, image);
        if (area(box) === 0 || boxes.some((known) => common(box, known) === area(box))) continue;
        const { characters: count, confidence } = await readLine(recogniser!, characters, image, candidate);
        const least = count > 1 ? leastConfidence : leastOfOne;
        if (count > 0 && confidence >= least) boxes.push({ ...box, confidence });
      }
      return joined(boxes);
    },
    release: async () => {
      await detector!.release();
      await recogniser!.release();
    },
  };
}

/** Boxes of which one lies mostly inside another, such as the same line at two scales or in two tiles, become one around both. */
export function joined(boxes: readonly TextBox[]): readonly TextBox[] {
  const open = [...boxes];
  const done: TextBox[] = [];
  for (let box = open.shift(); box !== undefined; box = open.shift()) {
    const own = box;
    const at = open.findIndex((other) => common(own, other) > 0.5 * Math.min(area(own), area(other)));
    if (at < 0) done.push(own);
    else {
      const [other] = open.splice(at, 1) as [TextBox];
      open.unshift({
        left: Math.min(own.left, other.left),
        top: Math.min(own.top, other.top),
        right: Math.max(own.right, other.right),
        bottom: Math.max(own.bottom, other.bottom),
        confidence: Math.max(own.confidence, other.confidence),
      });
    }
  }
  return done.toSorted((a, b) => b.confidence - a.confidence || a.top - b.top || a.left - b.left);
}

const area = ({ left, top, right, bottom }: Box): number => (right - left) * (bottom - top);

const common = (a: Box, b: Box): number =>
  Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) *
  Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));
