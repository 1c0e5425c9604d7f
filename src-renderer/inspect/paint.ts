// Paints a pane: its layers, rectangles with labels, and the place that the pointer has in another pane.
import type { Layer } from './picture.ts';
import { type Box, type Extent, imageOnScreen, type Place, type Sight } from './sight.ts';

export type MarkKind = 'patch' | 'annotation' | 'selected' | 'draft' | 'region' | 'length';
/** A rectangle in shares of the stored image; of a `length` the line from its corner to the opposite one, whose sides may be negative. */
export interface Mark extends Box {
  readonly kind: MarkKind;
  readonly label: string;
}

export interface Painting {
  readonly layers: readonly Layer[];
  readonly marks: readonly Mark[];
  readonly extent: Extent;
  readonly sight: Sight;
  /** Where the pointer is, when it is in another pane. */
  readonly cross: Place | null;
}

const colours: { readonly [K in MarkKind]: string } = {
  patch: '#ffd166',
  annotation: '#7dfcb0',
  selected: '#5cc8ff',
  draft: '#ffffff',
  region: '#ff9ff3',
  length: '#ff9ff3',
};
/** Pixels of the screen per pixel of a layer from which on these are shown as squares. */
const squaresFrom = 3;

export function paint(canvas: HTMLCanvasElement, { layers, marks, extent, sight, cross }: Painting): void {
  const dense = window.devicePixelRatio;
  const size = { width: canvas.clientWidth, height: canvas.clientHeight };
  canvas.width = Math.round(size.width * dense);
  canvas.height = Math.round(size.height * dense);
  const context = canvas.getContext('2d');
  if (context === null || size.width === 0) return;
  context.scale(dense, dense);
  const image = imageOnScreen(size, extent, sight);
  const onScreen = ({ x, y, width, height }: Box): readonly [number, number, number, number] => [
    image.x + x * image.width,
    image.y + y * image.height,
    width * image.width,
    height * image.height,
  ];
  for (const { pixels, ...box } of layers) {
    // Magnified pixels are shown as they are: interpolation would invent structure.
    context.imageSmoothingEnabled = (box.width * image.width) / pixels.width < squaresFrom;
    context.imageSmoothingQuality = 'high';
    context.drawImage(pixels, ...onScreen(box));
  }
  context.font = '600 12px sans-serif';
  for (const { kind, label, ...box } of marks) drawMark(context, kind, onScreen(box), label);
  if (cross !== null) drawCross(context, image.x + cross.x * image.width, image.y + cross.y * image.height);
}

function drawMark(
  context: CanvasRenderingContext2D,
  kind: MarkKind,
  box: readonly [number, number, number, number],
  label: string,
): void {
  const colour = colours[kind];
  const [x, y, width, height] = box;
  // A dark line beneath keeps the mark visible on bone.
  for (const [thick, style] of [
    [3, '#000'],
    [1.5, colour],
  ] as const) {
    context.lineWidth = thick;
    context.strokeStyle = style;
    if (kind === 'length') {
      context.beginPath();
      context.moveTo(x, y);
      context.lineTo(x + width, y + height);
      context.stroke();
    } else context.strokeRect(...box);
  }
  context.lineWidth = 3;
  context.strokeStyle = '#000';
  context.strokeText(label, box[0] + 3, box[1] + 13);
  context.fillStyle = colour;
  context.fillText(label, box[0] + 3, box[1] + 13);
}

function drawCross(context: CanvasRenderingContext2D, x: number, y: number): void {
  const [inner, outer] = [3, 9];
  for (const [width, style] of [
    [3, '#000a'],
    [1, '#fff'],
  ] as const) {
    context.lineWidth = width;
    context.strokeStyle = style;
    context.beginPath();
    for (const [right, down] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ] as const) {
      context.moveTo(x + right * inner, y + down * inner);
      context.lineTo(x + right * outer, y + down * outer);
    }
    context.stroke();
  }
}
