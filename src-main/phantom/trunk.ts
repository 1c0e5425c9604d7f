// The trunk: skin, subcutaneous fat, muscular wall, cavity, muscles of the back, ribs.
import { about, between, chance, type Dice } from './dice.ts';
import type { Shape } from './drawing.ts';
import { ellipse, inset, mapped, type Outline, type Point, pointOn, tube } from './outline.ts';
import { type Patient, ramp, shapeIn } from './patient.ts';

/** Outlines of the body frame. */
export interface Trunk {
  readonly skin: Outline;
  /** Outer side of the muscular wall. */
  readonly wall: Outline;
  /** Inner side of the wall: what lies inside is the abdominal cavity. */
  readonly cavity: Outline;
}

/** A superellipse, flattened at the back with a groove over the spine; outside it fat, inside it wall and cavity. */
export function trunkOf(patient: Patient, dice: Dice): Trunk {
  const { halfWidth, halfDepth, fat, spine } = patient;
  const squareness = between(dice, 2.15, 2.6);
  const flatness = between(dice, 0.86, 0.95);
  const corners = 120;
  const wall = new Float64Array(corners * 2);
  for (let corner = 0; corner < corners; corner++) {
    const angle = (2 * Math.PI * corner) / corners;
    const cosine = Math.cos(angle);
    const sine = Math.sin(angle);
    const radius = (Math.abs(cosine) ** squareness + Math.abs(sine) ** squareness) ** (-1 / squareness);
    const groove = 0.05 * Math.exp(-((cosine / 0.16) ** 2)) * (sine > 0 ? 1 : 0.25);
    wall[2 * corner] = halfWidth * radius * cosine;
    wall[2 * corner + 1] = halfDepth * radius * sine * (1 - groove) * (sine > 0 ? flatness : 1);
  }
  const skin = inset(wall, (x, y) => {
    const share = (x / halfWidth) ** 2;
    const middle = y < 0 ? fat.front : fat.back;
    return -(2 + middle + (fat.side - middle) * Math.min(1, share));
  });
  const side = between(dice, 9, 14);
  const front = between(dice, 7, 11);
  const back = Math.max(...wall.filter((_, at) => at % 2 === 1));
  const cavity = mapped(
    inset(wall, (x) => front + (side - front) * Math.min(1, (x / halfWidth) ** 2)),
    (x, y) => [x, Math.min(y, spine[1] + 6 + (back - 13 - spine[1] - 6) * ramp(Math.abs(x - spine[0]), 26, 82))],
  );
  return { skin, wall, cavity };
}

/** Skin, fat, wall and cavity (filled with visceral fat), in the order of drawing. */
export function trunkShapes(patient: Patient, { skin, wall, cavity }: Trunk, dice: Dice): readonly Shape[] {
  const shapes = [
    shapeIn(patient, 'skin', skin),
    shapeIn(patient, 'fat', inset(skin, 1.8)),
    shapeIn(patient, 'muscle', wall),
    shapeIn(patient, 'visceralFat', cavity),
  ];
  const layers = ramp(patient.level, 0.55, 0.9) * between(dice, 0.6, 1.6);
  if (layers > 0.35) {
    const outer = inset(wall, 4.2);
    shapes.push(shapeIn(patient, 'fat', [outer, inset(outer, layers)], { over: ['muscle'] }));
  }
  return [...shapes, ...backShapes(patient, dice)];
}

/** Muscles of the back between thin layers of fat, psoas and quadratus lumborum at the lower levels. */
function backShapes(patient: Patient, dice: Dice): readonly Shape[] {
  const { spine, level } = patient;
  const psoas = 19 * ramp(level, 0.35, 1.1);
  return [-1, 1].flatMap((side) => {
    const along = (x: number, y: number): Point => [spine[0] + side * x, spine[1] + y];
    const split = between(dice, 26, 34);
    const shapes = [
      shapeIn(patient, 'fat', tube([along(9, 60), along(18, 36), along(split + 14, 31)], 0.5, 1.3), {
        over: ['muscle'],
      }),
      shapeIn(patient, 'fat', tube([along(split, 34), along(split + 3, 44), along(split, 58)], 0.4, 1.2), {
        over: ['muscle'],
      }),
    ];
    if (psoas > 3) {
      const middle = along(27 + psoas * 0.45, between(dice, 2, 8));
      shapes.push(
        shapeIn(patient, 'muscle', ellipse(middle, psoas * 0.72, psoas, side * 0.35), { over: ['visceralFat'] }),
      );
      const quadratus = [along(40, 24), along(62, 26)];
      shapes.push(shapeIn(patient, 'muscle', tube(quadratus, psoas * 0.42, psoas * 0.3)));
    }
    return shapes;
  });
}

/**
 * Ribs cut obliquely, between the two sides of the wall: many at the upper level, few at the lower; in front cartilage,
 * some of it calcified.
 */
export function ribShapes(patient: Patient, { wall }: Trunk, dice: Dice): readonly Shape[] {
  const middle = inset(wall, about(dice, 5.2, 0.6));
  const step = between(dice, 0.054, 0.074);
  const phase = between(dice, 0, step);
  const turn = about(dice, 0, 0.004);
  const highest = 0.25 - 0.22 * ramp(patient.level, -0.3, 1);
  const shapes: Shape[] = [];
  for (const side of [-1, 1]) {
    for (let share = 0.2 - phase; share > -highest; share -= step) {
      const centre = (side < 0 ? 0.5 - share : 1 + share) + turn;
      const half = (share > 0.1 ? 0.014 : 0.009) * about(dice, 1, 0.12);
      const line = [-half, 0, half].map((shift) => pointOn(middle, (centre + shift) % 1));
      const thickness = about(dice, 3.2, 0.2);
      const cartilage = share < -0.13 && chance(dice, 0.75);
      shapes.push(shapeIn(patient, cartilage ? 'cartilage' : 'corticalBone', tube(line, thickness)));
      if (!cartilage) shapes.push(shapeIn(patient, 'cancellousBone', tube(line, thickness - 1.1)));
    }
  }
  return shapes;
}
