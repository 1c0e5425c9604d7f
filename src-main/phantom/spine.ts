// The vertebra with its canal and processes, and the great vessels and crura in front of it.
import { about, between, type Dice } from './dice.ts';
import type { Shape } from './drawing.ts';
import { ellipse, inset, type Point, smoothOutline, tube } from './outline.ts';
import { type Patient, ramp, shapeIn } from './patient.ts';

/** Half of a vertebral body, mm from its centre, front to back; mirrored to the other side. */
const bodyHalf: readonly Point[] = [
  [0, -17],
  [11, -15.5],
  [19, -8],
  [19.5, 3],
  [17, 11],
  [9, 13.5],
];

/** Body, pedicles, laminae, transverse and spinous processes around the canal; cortical bone around cancellous. */
export function vertebraShapes(patient: Patient, dice: Dice): readonly Shape[] {
  const size = about(dice, 0.97 + 0.1 * patient.level, 0.05);
  const [x, y] = patient.spine;
  const at = ([right, back]: Point, side = 1): Point => [x + side * right * size, y + back * size];
  const mirrored = [...bodyHalf.slice(1)].reverse().map((point) => at(point, -1));
  const body = smoothOutline([...bodyHalf.map((point) => at(point)), at([0, 12]), ...mirrored]);
  const bones = [shapeIn(patient, 'corticalBone', body)];
  const marrow = [shapeIn(patient, 'cancellousBone', inset(body, 1.7))];
  const bone = (points: readonly Point[], start: number, end: number, wall = 1.6) => {
    bones.push(shapeIn(patient, 'corticalBone', tube(points, start * size, end * size)));
    if (Math.min(start, end) > wall + 0.7) {
      marrow.push(shapeIn(patient, 'cancellousBone', tube(points, start * size - wall, end * size - wall)));
    }
  };
  const droop = between(dice, 0, 6);
  for (const side of [-1, 1]) {
    bone([at([13, 9], side), at([15.5, 17], side), at([14, 26], side)], 4.2, 4.6);
    bone([at([15, 24], side), at([8, 33], side), at([1, 38], side)], 4.4, 3.2);
    bone([at([16, 24], side), at([27, 25 + droop], side), at([38, 29 + droop * 1.5], side)], 3.9, 2.9);
  }
  bone([at([0, 36]), at([about(dice, 0, 0.7), 47]), at([about(dice, 0, 1.2), 58])], 3.6, 3.4);
  const canal = smoothOutline([
    at([-10.5, 22]),
    at([-6, 15]),
    at([0, 14]),
    at([6, 15]),
    at([10.5, 22]),
    at([6, 29]),
    at([0, 33]),
    at([-6, 29]),
  ]);
  return [...bones, ...marrow, shapeIn(patient, 'spinalCanal', canal)];
}

/** Aorta, inferior vena cava, crura of the diaphragm, mesenteric vessels. */
export function greatVesselShapes(patient: Patient, dice: Dice): readonly Shape[] {
  const { level, spine } = patient;
  const at = (x: number, y: number): Point => [spine[0] + x, spine[1] + y];
  const aorta = at(about(dice, 11 - 5 * level, 3), about(dice, -29, 1.5));
  const cava = at(about(dice, -25 + 4 * level, 3), about(dice, -33 + 5 * level, 3));
  const radius = about(dice, 11.5 - 1.8 * level, 1.2);
  const crus = (1 - ramp(level, 0.55, 1)) * between(dice, 3, 4.6);
  const shapes: Shape[] = [];
  if (crus > 1.2) {
    for (const side of [-1, 1]) {
      const line = [at(side * 23, -4), at(side * 19, -20), [aorta[0] + side * (radius + 2.5), aorta[1] - 9] as const];
      shapes.push(shapeIn(patient, 'muscle', tube(line, crus, crus * 0.7)));
    }
  }
  shapes.push(
    shapeIn(patient, 'cava', ellipse(cava, about(dice, 13, 1.5), about(dice, 9.5, 1.8), about(dice, -0.3, 0.2))),
  );
  shapes.push(shapeIn(patient, 'aorta', ellipse(aorta, radius, radius * 0.97)));
  const mesenteric = ramp(level, 0.4, 0.6);
  if (mesenteric > 0.3) {
    const artery: Point = [aorta[0] - about(dice, 1, 2), aorta[1] - radius - about(dice, 12, 3)];
    const vein: Point = [artery[0] - about(dice, 14, 2), artery[1] - about(dice, 1, 2)];
    shapes.push(shapeIn(patient, 'visceralFat', ellipse(artery, 6.2 * mesenteric)));
    shapes.push(shapeIn(patient, 'aorta', ellipse(artery, 3.8 * mesenteric)));
    shapes.push(shapeIn(patient, 'portalVein', ellipse(vein, 5.8 * mesenteric, 5 * mesenteric)));
  }
  return shapes;
}
