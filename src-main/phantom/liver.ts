// The liver with its veins, from outlines at three levels that were drawn after axial anatomy.
import { about, between, chance, type Dice } from './dice.ts';
import type { Shape } from './drawing.ts';
import type { Material } from './material.ts';
import { ellipse, type Outline, type Point, smoothOutline, tube } from './outline.ts';
import { atLevel, type Patient, ramp, shapeIn, trunkPoints } from './patient.ts';

/** Outlines at the hepatic veins, the portal vein and the kidneys, in half widths and half depths of the trunk. */
const outlines: readonly [readonly Point[], readonly Point[], readonly Point[]] = [
  [
    [0.46, -0.6],
    [0.2, -0.84],
    [-0.2, -0.93],
    [-0.6, -0.84],
    [-0.97, -0.4],
    [-1, 0.1],
    [-0.9, 0.55],
    [-0.6, 0.78],
    [-0.38, 0.56],
    [-0.2, 0.24],
    [-0.1, 0.0],
    [0.02, -0.16],
    [0.16, -0.3],
    [0.34, -0.42],
  ],
  [
    [0.26, -0.58],
    [0.08, -0.8],
    [-0.24, -0.92],
    [-0.62, -0.84],
    [-0.97, -0.4],
    [-1, 0.1],
    [-0.9, 0.55],
    [-0.62, 0.72],
    [-0.46, 0.5],
    [-0.3, 0.22],
    [-0.22, -0.02],
    [-0.12, -0.22],
    [0.02, -0.36],
    [0.14, -0.46],
  ],
  [
    [-0.36, -0.66],
    [-0.46, -0.78],
    [-0.58, -0.82],
    [-0.74, -0.76],
    [-0.97, -0.36],
    [-1, 0.08],
    [-0.92, 0.42],
    [-0.76, 0.5],
    [-0.64, 0.3],
    [-0.56, 0.1],
    [-0.5, -0.1],
    [-0.44, -0.26],
    [-0.38, -0.4],
    [-0.34, -0.52],
  ],
];

/** Courses of the right, middle and left hepatic vein from the vena cava outwards, in half widths and half depths. */
const hepaticCourses: readonly (readonly Point[])[] = [
  [
    [-0.2, 0.02],
    [-0.4, 0.07],
    [-0.56, 0.1],
    [-0.78, 0.26],
  ],
  [
    [-0.2, 0],
    [-0.3, -0.18],
    [-0.38, -0.36],
    [-0.5, -0.64],
  ],
  [
    [-0.17, -0.02],
    [-0.08, -0.26],
    [0.0, -0.4],
    [0.14, -0.62],
  ],
];

/** Courses of the main, left, right anterior and right posterior portal vein. */
const portalCourses: readonly (readonly Point[])[] = [
  [
    [-0.16, -0.08],
    [-0.28, -0.09],
    [-0.4, -0.07],
    [-0.5, -0.03],
  ],
  [
    [-0.22, -0.1],
    [-0.14, -0.3],
    [-0.12, -0.44],
    [-0.02, -0.6],
  ],
  [
    [-0.47, -0.04],
    [-0.58, -0.18],
    [-0.68, -0.28],
    [-0.76, -0.52],
  ],
  [
    [-0.47, -0.03],
    [-0.6, 0.08],
    [-0.66, 0.2],
    [-0.78, 0.44],
  ],
];

/** What the liver may cover: it is clipped by the wall and lies over fat, stomach and bowel. */
const yields: readonly Material[] = [
  'visceralFat',
  'stomachWall',
  'stomachContent',
  'bowelWall',
  'bowelContent',
  'stool',
  'gas',
  'pancreas',
];

/** Outline in the body frame. */
export function liverOutline(patient: Patient, dice: Dice): Outline {
  const level = Math.min(1, patient.level * 0.95 + Math.max(0, about(dice, 0, 0.06)));
  const leftLobe = between(dice, 0.75, 1.2);
  const depth = between(dice, 0.88, 1.05);
  const points = atLevel(level, outlines).map(
    ([x, y]): Point => [x > -0.1 ? -0.1 + (x + 0.1) * leftLobe : x, y > 0 ? y * depth : y],
  );
  return smoothOutline(trunkPoints(patient, points, dice, 0.028));
}

/** The liver clipped by the wall, hepatic or portal veins by level, small branches, at times a gallbladder. */
export function liverShapes(patient: Patient, outline: Outline, dice: Dice): readonly Shape[] {
  const { level } = patient;
  const liver: Material[] = ['liver'];
  const shapes = [shapeIn(patient, 'liver', outline, { over: yields })];
  const stem = (material: Material, course: readonly Point[], start: number, end: number): void => {
    const points = trunkPoints(patient, course, dice, 0.035);
    const lines = [tube(points, start, end), ...twigsOf(points, start, dice)];
    for (const line of lines) shapes.push(shapeIn(patient, material, line, { over: liver }));
  };
  const hepatic = (1 - ramp(level, 0.2, 0.45)) * about(dice, 5, 0.8);
  if (hepatic > 1.2) for (const course of hepaticCourses) stem('hepaticVein', course, hepatic, 1.1);
  const portal = ramp(level, 0.22, 0.42) * (1 - ramp(level, 0.7, 0.9)) * about(dice, 6, 0.8);
  if (portal > 1.2) {
    const [main, ...others] = portalCourses;
    stem('portalVein', main!, portal, portal * 0.7);
    for (const course of level < 0.55 ? others : others.slice(1)) stem('portalVein', course, portal * 0.65, 1);
  }
  const branches = 4 + Math.floor(between(dice, 0, 6));
  for (let branch = 0; branch < branches; branch++) {
    const [place] = trunkPoints(patient, [[between(dice, -0.95, 0.3), between(dice, -0.8, 0.6)]], dice, 0);
    const radius = between(dice, 1.1, 3);
    const material = chance(dice, 0.5) ? 'hepaticVein' : 'portalVein';
    shapes.push(
      shapeIn(patient, material, ellipse(place!, radius, radius * between(dice, 1, 2.4), between(dice, 0, 3)), {
        over: liver,
      }),
    );
  }
  return [...shapes, ...gallbladder(patient, dice)];
}

/** Side branches of a vessel along `points` (mm), to both sides in turn. */
function twigsOf(points: readonly Point[], radius: number, dice: Dice): readonly Outline[] {
  return [1, 2].map((knot) => {
    const [x, y] = points[knot]!;
    const [toX, toY] = points[knot + 1]!;
    const turn = (knot % 2 === 0 ? 1 : -1) * about(dice, 0.8, 0.2);
    const reach = between(dice, 0.8, 1.5);
    const [alongX, alongY] = [(toX - x) * reach, (toY - y) * reach];
    const end: Point = [
      x + alongX * Math.cos(turn) - alongY * Math.sin(turn),
      y + alongX * Math.sin(turn) + alongY * Math.cos(turn),
    ];
    const middle: Point = [(x + end[0]) / 2 + about(dice, 0, 1.5), (y + end[1]) / 2 + about(dice, 0, 1.5)];
    return tube([points[knot]!, middle, end], radius * 0.5, 0.8);
  });
}

function gallbladder(patient: Patient, dice: Dice): readonly Shape[] {
  const present = ramp(patient.level, 0.45, 0.6) * (1 - ramp(patient.level, 0.85, 1));
  const radius = present * about(dice, 12, 3);
  if (radius < 5 || chance(dice, 0.25)) return [];
  const [place] = trunkPoints(patient, [[-0.32, -0.36]], dice, 0.04);
  const outline = ellipse(place!, radius, radius * between(dice, 1.1, 1.7), about(dice, 0.4, 0.3));
  return [shapeIn(patient, 'bile', outline, { over: [...yields, 'liver', 'portalVein', 'hepaticVein'] })];
}
