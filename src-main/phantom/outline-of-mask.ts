// The outline of an organ from its mask, in the frame in which anomalies are drawn.
import { type Outline, type Point, smoothOutline } from './outline.ts';

/** Corners of the outline; they start to the right of the centre and go clockwise as the picture is seen. */
const corners = 72;

/**
 * The curve through the outermost pixel of `mask` ([size, size], 1 inside) in each direction from its centre of mass,
 * smoothed over three directions; mm, origin in the middle of the image. Bays behind another part are bridged. Null for an
 * empty mask.
 */
export function outlineOf(mask: Uint8Array, size: number, fieldOfView: number): Outline | null {
  let [count, x, y] = [0, 0, 0];
  for (const [pixel, inside] of mask.entries()) {
    if (inside === 0) continue;
    count += 1;
    x += pixel % size;
    y += Math.floor(pixel / size);
  }
  if (count === 0) return null;
  const [middleX, middleY] = [x / count, y / count];
  const reaches = Array.from({ length: corners }, (_, corner) => {
    const [across, down] = direction(corner);
    let reach = 0;
    for (let step = 0; step < 1.5 * size; step += 0.5) {
      const column = Math.round(middleX + step * across);
      const row = Math.round(middleY + step * down);
      if (column >= 0 && column < size && row >= 0 && row < size && mask[row * size + column] === 1) reach = step + 0.5;
    }
    return reach;
  });
  const points = reaches.map((_, corner): Point => {
    const [across, down] = direction(corner);
    const near = [-1, 0, 1].map((step) => reaches[(corner + step + corners) % corners]!);
    const reach = near.reduce((sum, each) => sum + each, 0) / near.length;
    const millimetres = (place: number) => (place + 0.5 - size / 2) * (fieldOfView / size);
    return [millimetres(middleX + reach * across), millimetres(middleY + reach * down)];
  });
  return smoothOutline(points, 2);
}

function direction(corner: number): Point {
  const angle = (2 * Math.PI * corner) / corners;
  return [Math.cos(angle), Math.sin(angle)];
}
