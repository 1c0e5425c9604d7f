// Whether a place bears text: the recognition network reads it, and what it reads must be letters or digits, surely read.
import type { OnnxFile } from '../../../native/runtime/onnx-file.ts';
import type { GreyImage } from '../../platform/grey-image.ts';
import type { Rectangle } from './rectangle.ts';

/** What was read. The text itself is about a patient: it goes nowhere. */
export interface Reading {
  /** Letters and digits. */
  readonly characters: number;
  /** Mean of their probabilities, 0 to 1. */
  readonly confidence: number;
}

/** Rows that the network takes, and the columns of its inputs: multiples of a step up to a limit, beyond which a line is read in parts. */
const [rows, columnStep, mostColumns] = [48, 32, 960];

/** Reads the line in a rectangle, both ways up, and turned by a quarter where it is higher than wide; the surer reading counts. */
export async function readLine(
  network: OnnxFile,
  characters: readonly string[],
  image: GreyImage,
  rectangle: Rectangle,
): Promise<Reading> {
  const quarter = Math.PI / 2;
  const { width, height, angle } = rectangle;
  const turned = { ...rectangle, width: height, height: width, angle: angle + quarter };
  // Around a square neither direction is sure.
  const upright = height > 1.5 * width ? [] : [rectangle, { ...rectangle, angle: angle + Math.PI }];
  const onSide = width > 1.5 * height ? [] : [turned, { ...turned, angle: turned.angle + Math.PI }];
  let best: Reading = { characters: 0, confidence: 0 };
  for (const line of [...upright, ...onSide]) {
    const reading = await readParts(network, characters, image, line);
    if (weight(reading) > weight(best)) best = reading;
    if (isSure(best)) break;
  }
  return best;
}

/** Nothing that is read another way round would be surer. */
const isSure = ({ characters, confidence }: Reading): boolean => characters >= 3 && confidence >= 0.9;

const weight = ({ characters, confidence }: Reading): number => confidence * Math.min(characters, 3);

async function readParts(
  network: OnnxFile,
  characters: readonly string[],
  image: GreyImage,
  line: Rectangle,
): Promise<Reading> {
  const scale = line.height / rows;
  const columns = line.width / scale;
  const parts = Math.max(1, Math.ceil(columns / mostColumns));
  const read: number[] = [];
  for (let part = 0; part < parts; part++) {
    const width = line.width / parts;
    const shift = (part + 0.5) * width - line.width / 2;
    const own = {
      ...line,
      width,
      centerX: line.centerX + shift * Math.cos(line.angle),
      centerY: line.centerY + shift * Math.sin(line.angle),
    };
    const input = cropOf(image, own, scale);
    const { shape, data } = await network.run({ shape: [1, 3, rows, input.length / (3 * rows)], data: input });
    read.push(...decode(data, shape[2]!, characters));
  }
  const confidence = read.length === 0 ? 0 : read.reduce((sum, each) => sum + each, 0) / read.length;
  return { characters: read.length, confidence };
}

/** The pixels of a rectangle, bilinear, [3, rows, columns] in -1..1. */
function cropOf(image: GreyImage, { centerX, centerY, width, angle }: Rectangle, scale: number): Float32Array {
  const used = Math.max(1, Math.round(width / scale));
  const columns = Math.min(mostColumns, Math.max(columnStep, Math.ceil(used / columnStep) * columnStep));
  const plane = new Float32Array(rows * columns);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < Math.min(used, columns); column++) {
      const u = (column + 0.5 - used / 2) * scale;
      const v = (row + 0.5 - rows / 2) * scale;
      plane[row * columns + column] =
        levelAt(image, centerX + u * cos - v * sin, centerY + u * sin + v * cos) / 127.5 - 1;
    }
  const data = new Float32Array(3 * plane.length);
  for (let channel = 0; channel < 3; channel++) data.set(plane, channel * plane.length);
  return data;
}

/** Between the four nearest pixels; beyond the border as at it. */
function levelAt({ width, height, data }: GreyImage, x: number, y: number): number {
  const [column, row] = [Math.min(width - 1, Math.max(0, x)), Math.min(height - 1, Math.max(0, y))];
  const [left, top] = [Math.floor(column), Math.floor(row)];
  const [right, bottom] = [Math.min(width - 1, left + 1), Math.min(height - 1, top + 1)];
  const [dx, dy] = [column - left, row - top];
  const upper = data[top * width + left]! * (1 - dx) + data[top * width + right]! * dx;
  const lower = data[bottom * width + left]! * (1 - dx) + data[bottom * width + right]! * dx;
  return upper * (1 - dy) + lower * dy;
}

/** Probabilities of the letters and digits that are read: the likeliest class of each step, repetitions and blanks (class 0) left out. */
function decode(data: Float32Array, classes: number, characters: readonly string[]): readonly number[] {
  const found: number[] = [];
  let before = 0;
  for (let step = 0; step < data.length / classes; step++) {
    const own = data.subarray(step * classes, (step + 1) * classes);
    let best = 0;
    for (let at = 1; at < classes; at++) if (own[at]! > own[best]!) best = at;
    if (best !== 0 && best !== before && /[\p{Script=Latin}\p{Nd}]/u.test(characters[best - 1] ?? ' '))
      found.push(own[best]!);
    before = best;
  }
  return found;
}
