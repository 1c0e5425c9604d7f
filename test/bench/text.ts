// Benchmark: burned-in text in 300 generated images, how much of it is found and how fast. RESIDUA_TEXT_IMAGES: another number of images.
import { openTextFinder } from '../../src-main/scoring/text/find-text.ts';
import type { Measure } from './measure.ts';
import { textImage } from './text-images.ts';

/** A line is found where the boxes cover this much of its ink: the rest cannot be read. */
const coveredShare = 0.9;

export async function run(): Promise<readonly Measure[]> {
  const images = Number(process.env.RESIDUA_TEXT_IMAGES ?? 300);
  const finder = await openTextFinder();
  let [found, lines, foundLines, falseBoxes, milliseconds, pixels] = [0, 0, 0, 0, 0, 0];
  for (let index = 0; index < images; index++) {
    const image = await textImage(index);
    const start = performance.now();
    const boxes = await finder.find(image);
    milliseconds += performance.now() - start;
    pixels += image.width * image.height;
    const covers = (box: (typeof boxes)[number], pixel: number) => {
      const [x, y] = [pixel % image.width, Math.floor(pixel / image.width)];
      return x >= box.left && x < box.right && y >= box.top && y < box.bottom;
    };
    const shares = image.lines.map(
      ({ ink }) => ink.filter((pixel) => boxes.some((box) => covers(box, pixel))).length / ink.length,
    );
    lines += shares.length;
    foundLines += shares.filter((share) => share >= coveredShare).length;
    if (shares.some((share) => share >= coveredShare)) found++;
    falseBoxes += boxes.filter((box) => !image.lines.some(({ ink }) => ink.some((pixel) => covers(box, pixel)))).length;
  }
  await finder.release();
  const share = (name: string, value: number, target: number): Measure => ({
    name,
    value: 1 - value,
    unit: 'missed',
    target,
  });
  return [
    share(`images with text, of ${images}`, found / images, 0.01),
    share(`lines of text, of ${lines}`, foundLines / lines, 0.03),
    { name: 'boxes without text', value: falseBoxes, unit: 'boxes', target: null },
    { name: 'text detection, images', value: (1000 * images) / milliseconds, unit: 'images/s', target: null },
    { name: 'text detection, megapixels', value: pixels / 1000 / milliseconds, unit: 'MP/s', target: null },
  ];
}
