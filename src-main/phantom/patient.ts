// One patient and one slice: build, level, position in the scanner, and the smooth deformation that makes each unique.
import { about, between, chance, type Dice } from './dice.ts';
import type { Shape } from './drawing.ts';
import type { Material } from './material.ts';
import { mapped, type Outline, type Point } from './outline.ts';
import type { Protocol } from './protocol.ts';

/** Lengths in mm. Body frame: origin in the middle of the trunk, x to the patient's left, y to the back. */
export interface Patient {
  /** 0: level of the hepatic veins, 0.5: portal vein, 1: kidneys and lower tip of the liver. */
  readonly level: number;
  /** Half width and half depth of the trunk without subcutaneous fat. */
  readonly halfWidth: number;
  readonly halfDepth: number;
  /** Thickness of the subcutaneous fat at the side, in front and at the back. */
  readonly fat: { readonly side: number; readonly front: number; readonly back: number };
  /** Centre of the vertebral body. */
  readonly spine: Point;
  readonly fieldOfView: number;
  /** From the body frame to the image frame (origin in the middle of the image). */
  readonly place: (x: number, y: number) => Point;
}

/** A patient and a slice by chance; stout patients are wider, deeper and fatter. */
export function patientOf(protocol: Protocol, dice: Dice): Patient {
  const level = between(dice, ...protocol.level);
  const stoutness = between(dice, ...protocol.stoutness);
  const halfWidth = about(dice, 122 + 26 * stoutness, 7);
  const halfDepth = halfWidth * about(dice, 0.69 + 0.06 * stoutness, 0.03);
  const depth = 4 + 26 * stoutness ** 2 * between(dice, 0.6, 1.4);
  const fat = {
    side: depth * between(dice, 0.7, 1.2),
    front: depth * between(dice, 0.6, 1.3),
    back: depth * between(dice, 0.7, 1.1),
  };
  const spine: Point = [about(dice, 0, 2), halfDepth - about(dice, 70, 3)];
  const bodyWidth = 2 * (halfWidth + fat.side);
  const fieldOfView = bodyWidth / between(dice, ...protocol.filling);
  const free = (fieldOfView - bodyWidth) / 2;
  const sideways = between(dice, -protocol.offCentre, protocol.offCentre) * Math.min(free, 14);
  const place = placement(protocol, [sideways, between(dice, ...protocol.height)], dice);
  return { level, halfWidth, halfDepth, fat, spine, fieldOfView, place };
}

/** Smooth deformation by a few long waves, then a small turn and a shift. */
function placement(
  { strain, turn: spread, badlyPlaced }: Protocol,
  centre: Point,
  dice: Dice,
): (x: number, y: number) => Point {
  const waves = Array.from({ length: 6 }, () => {
    const direction = between(dice, 0, 2 * Math.PI);
    const number = (2 * Math.PI) / between(dice, 120, 360);
    return {
      alongX: number * Math.cos(direction),
      alongY: number * Math.sin(direction),
      phase: between(dice, 0, 2 * Math.PI),
      shiftX: about(dice, 0, strain) / number,
      shiftY: about(dice, 0, strain) / number,
    };
  });
  const turn = about(dice, 0, spread) + (chance(dice, badlyPlaced) ? about(dice, 0, 0.08) : 0);
  const cosine = Math.cos(turn);
  const sine = Math.sin(turn);
  return (x, y) => {
    let u = x;
    let v = y;
    for (const wave of waves) {
      const height = Math.sin(wave.alongX * x + wave.alongY * y + wave.phase);
      u += wave.shiftX * height;
      v += wave.shiftY * height;
    }
    return [u * cosine - v * sine + centre[0], u * sine + v * cosine + centre[1]];
  };
}

/** A shape of the body frame as a shape of the image frame. `above` is a point of the body frame. */
export function shapeIn(
  patient: Patient,
  material: Material,
  outlines: Outline | readonly Outline[],
  limits: { readonly over?: readonly Material[]; readonly above?: Point } = {},
): Shape {
  const list = outlines instanceof Float64Array ? [outlines] : outlines;
  return {
    material,
    outlines: list.map((outline) => mapped(outline, patient.place)),
    ...(limits.over === undefined ? {} : { over: limits.over }),
    ...(limits.above === undefined ? {} : { above: patient.place(...limits.above)[1] }),
  };
}

/** Points given in half widths and half depths of the trunk, each moved a little (`jitter`, in the same unit), in mm. */
export function trunkPoints(patient: Patient, points: readonly Point[], dice: Dice, jitter: number): Point[] {
  return points.map(([x, y]) => [
    about(dice, x, jitter) * patient.halfWidth,
    about(dice, y, jitter) * patient.halfDepth,
  ]);
}

/** The points of the tables at levels 0, 0.5 and 1, for a level between. */
export function atLevel(
  level: number,
  tables: readonly [upper: readonly Point[], middle: readonly Point[], lower: readonly Point[]],
): Point[] {
  const [from, to] = level < 0.5 ? [tables[0], tables[1]] : [tables[1], tables[2]];
  const share = (level < 0.5 ? level : level - 0.5) * 2;
  return from.map(([x, y], index) => {
    const [toX, toY] = to[index]!;
    return [x + share * (toX - x), y + share * (toY - y)];
  });
}

/** 0 up to level `from`, 1 from level `to` on, smooth between (also falling, when `from` > `to`). */
export function ramp(level: number, from: number, to: number): number {
  const share = Math.max(0, Math.min(1, (level - from) / (to - from)));
  return share * share * (3 - 2 * share);
}
