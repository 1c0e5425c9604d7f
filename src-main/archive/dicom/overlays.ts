// Overlay planes (PS3.3 C.9.2): graphics and regions of interest stored beside the pixels.
import type { Overlay } from '../decoded-image.ts';
import { type Attributes, decimals, numbers, rawBytes, text } from './data-set.ts';

/**
 * The overlays of frame `index`, groups 6000 to 601E. Overlays embedded in unused bits of the pixels (retired) and
 * incomplete ones are left out and named in `warnings`.
 */
export function overlaysOf(
  root: Attributes,
  index: number,
): { readonly overlays: readonly Overlay[]; readonly warnings: readonly string[] } {
  const overlays: Overlay[] = [];
  const warnings: string[] = [];
  for (let group = 0x6000; group <= 0x601e; group += 2) {
    const tag = (element: string) => `x${group.toString(16)}${element}`;
    const [rows] = numbers(root, tag('0010'), 'US');
    const [columns] = numbers(root, tag('0011'), 'US');
    if (rows === undefined || columns === undefined) continue;
    const [frames = 1] = decimals(root, tag('0015'));
    const [firstFrame = 1] = numbers(root, tag('0051'), 'US');
    const bytes = rawBytes(root, tag('3000'));
    const plane = frames === 1 ? 0 : index - (firstFrame - 1);
    if (bytes === undefined || plane < 0 || plane >= frames || bytes.length * 8 < rows * columns * (plane + 1)) {
      warnings.push(`overlay ${group.toString(16)} is not readable`);
      continue;
    }
    const [row = 1, column = 1] = numbers(root, tag('0050'), 'SS');
    const label = text(root, tag('1500'));
    overlays.push({
      rows,
      columns,
      origin: [row - 1, column - 1],
      kind: text(root, tag('0040')) === 'R' ? 'region' : 'graphics',
      ...(label === undefined ? {} : { label }),
      bits: unpack(bytes, plane * rows * columns, rows * columns),
    });
  }
  return { overlays, warnings };
}

function unpack(bytes: Uint8Array, start: number, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, bit) => (bytes[(start + bit) >> 3]! >> ((start + bit) & 7)) & 1);
}
