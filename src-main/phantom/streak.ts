// Streak artefacts of metal: narrow fans of wrong attenuation, dark where photons are starved, bright beside it.
import type { Drawing } from './drawing.ts';
import type { Point } from './outline.ts';

/** A fan that starts at `origin` (mm, image frame), `width` mm wide there (standard deviation), growing by `spread` per mm. */
export interface Streak {
  readonly origin: Point;
  /** Radians, from the x axis towards y. */
  readonly angle: number;
  readonly width: number;
  readonly spread: number;
  /** Length in mm; the streak fades out smoothly up to there. */
  readonly reach: number;
  /** Hounsfield units added at the origin; negative: dark. */
  readonly hounsfield: number;
}

/** Adds the streaks to `image` (HU, size x size pixels over the field of view of `drawing`), sampled per sub-pixel. */
export function addStreaks(image: Float32Array, drawing: Drawing, factor: number, streaks: readonly Streak[]): void {
  const { size, fieldOfView } = drawing;
  const step = fieldOfView / size;
  const place = (millimetres: number) => millimetres / step + size / 2;
  for (const { origin, angle, width, spread, reach, hounsfield } of streaks) {
    const cosine = Math.cos(angle);
    const sine = Math.sin(angle);
    const margin = 3 * (width + spread * reach);
    const end: Point = [origin[0] + reach * cosine, origin[1] + reach * sine];
    const left = Math.max(0, Math.floor(place(Math.min(origin[0], end[0]) - margin)));
    const right = Math.min(size, Math.ceil(place(Math.max(origin[0], end[0]) + margin)));
    const top = Math.max(0, Math.floor(place(Math.min(origin[1], end[1]) - margin)));
    const bottom = Math.min(size, Math.ceil(place(Math.max(origin[1], end[1]) + margin)));
    for (let row = top; row < bottom; row++) {
      const y = (row + 0.5 - size / 2) * step - origin[1];
      for (let column = left; column < right; column++) {
        const x = (column + 0.5 - size / 2) * step - origin[0];
        const along = x * cosine + y * sine;
        if (along <= 0 || along >= reach) continue;
        const across = (y * cosine - x * sine) / (width + spread * along);
        if (Math.abs(across) > 3) continue;
        const fade = (1 - (along / reach) ** 2) ** 2;
        const pixel = Math.floor(row / factor) * (size / factor) + Math.floor(column / factor);
        image[pixel]! += (hounsfield * fade * Math.exp(-0.5 * across ** 2)) / factor ** 2;
      }
    }
  }
}
