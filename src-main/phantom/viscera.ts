// Stomach, spleen, pancreas, kidneys and bowel.
import { about, between, chance, type Dice } from './dice.ts';
import type { Shape } from './drawing.ts';
import type { Material } from './material.ts';
import { ellipse, inset, type Outline, type Point, smoothOutline, tube } from './outline.ts';
import { atLevel, type Patient, ramp, shapeIn, trunkPoints } from './patient.ts';

type Levels = readonly [readonly Point[], readonly Point[], readonly Point[]];

const fat: readonly Material[] = ['visceralFat'];

/** In half widths and half depths of the trunk, at levels 0, 0.5 and 1. */
const stomachs: Levels = [
  [
    [0.14, -0.4],
    [0.36, -0.72],
    [0.64, -0.68],
    [0.84, -0.36],
    [0.82, 0.0],
    [0.64, 0.26],
    [0.4, 0.24],
    [0.22, -0.02],
  ],
  [
    [0.04, -0.42],
    [0.28, -0.78],
    [0.58, -0.74],
    [0.8, -0.42],
    [0.78, -0.12],
    [0.6, 0.02],
    [0.38, -0.1],
    [0.18, -0.24],
  ],
  [
    [0.0, -0.5],
    [0.18, -0.72],
    [0.36, -0.74],
    [0.52, -0.6],
    [0.5, -0.44],
    [0.38, -0.4],
    [0.24, -0.42],
    [0.1, -0.4],
  ],
];
const spleens: Levels = [
  [
    [0.68, -0.06],
    [0.9, -0.12],
    [1.0, 0.2],
    [0.9, 0.58],
    [0.64, 0.8],
    [0.36, 0.76],
    [0.38, 0.56],
    [0.58, 0.4],
    [0.66, 0.18],
  ],
  [
    [0.72, 0.06],
    [0.92, 0.0],
    [1.0, 0.26],
    [0.9, 0.58],
    [0.68, 0.74],
    [0.5, 0.68],
    [0.54, 0.54],
    [0.66, 0.42],
    [0.72, 0.26],
  ],
  [
    [0.84, 0.24],
    [0.92, 0.22],
    [0.97, 0.32],
    [0.92, 0.44],
    [0.86, 0.5],
    [0.82, 0.48],
    [0.82, 0.44],
    [0.84, 0.4],
    [0.84, 0.32],
  ],
];

/** A hollow organ: rim and content, drawn over fat alone. */
function hollow(patient: Patient, outline: Outline, wall: number, materials: readonly [Material, Material]): Shape[] {
  const [rim, content] = materials;
  return [
    shapeIn(patient, rim, outline, { over: fat }),
    shapeIn(patient, content, inset(outline, wall), { over: [rim] }),
  ];
}

/** Air rises: it fills the lumen above a level. */
function gasIn(patient: Patient, lumen: Outline, share: number, content: Material): Shape {
  const heights = lumen.filter((_, at) => at % 2 === 1);
  const top = Math.min(...heights);
  const bottom = Math.max(...heights);
  const middle = lumen.filter((_, at) => at % 2 === 0).reduce((sum, x) => sum + x, 0) / (lumen.length / 2);
  return shapeIn(patient, 'gas', lumen, { over: [content], above: [middle, top + share * (bottom - top)] });
}

/** Stomach with wall and contents, and often gas above a level. */
export function stomachShapes(patient: Patient, dice: Dice): readonly Shape[] {
  const size = between(dice, 0.75, 1.1);
  const points = atLevel(patient.level, stomachs).map(
    ([x, y]): Point => [0.45 + (x - 0.45) * size, -0.3 + (y + 0.3) * size],
  );
  const outline = smoothOutline(trunkPoints(patient, points, dice, 0.03));
  const wall = between(dice, 3, 5);
  const shapes = hollow(patient, outline, wall, ['stomachWall', 'stomachContent']);
  const share = between(dice, -0.15, 0.75);
  if (share > 0.05) shapes.push(gasIn(patient, inset(outline, wall), share, 'stomachContent'));
  return shapes;
}

/** Spleen, smaller towards the lower levels. */
export function spleenShapes(patient: Patient, dice: Dice): readonly Shape[] {
  if (patient.level > 0.92) return [];
  const size = between(dice, 0.8, 1.12);
  const points = atLevel(patient.level, spleens).map(([x, y]): Point => [1 + (x - 1) * size, 0.4 + (y - 0.4) * size]);
  const outline = smoothOutline(trunkPoints(patient, points, dice, 0.025));
  return [shapeIn(patient, 'spleen', outline, { over: [...fat, 'stomachWall', 'stomachContent', 'gas'] })];
}

/** Pancreas across the spine with the splenic vein behind it, at the middle levels. */
export function pancreasShapes(patient: Patient, dice: Dice): readonly Shape[] {
  const { level, spine } = patient;
  const present = ramp(level, 0.28, 0.45) * (1 - ramp(level, 0.75, 0.95));
  const thick = present * between(dice, 6.5, 10);
  if (thick < 3) return [];
  const line = (
    [
      [-36, -42],
      [-18, -50],
      [4, -54],
      [30, -48],
      [58, -34],
    ] as const
  ).map(([x, y]): Point => [spine[0] + about(dice, x, 4), spine[1] + about(dice, y, 4)]);
  const shapes = [shapeIn(patient, 'pancreas', tube(line, thick * 1.15, thick * 0.8), { over: fat })];
  const behind = line.map(([x, y]): Point => [x, y + thick + 1.5]);
  shapes.push(
    shapeIn(patient, 'portalVein', tube(behind.slice(1), present * 4.4, present * 3.2), {
      over: ['visceralFat', 'pancreas'],
    }),
  );
  return shapes;
}

/** Kidneys with cortex, medulla, sinus fat and renal vein; the left one begins higher. */
export function kidneyShapes(patient: Patient, dice: Dice): readonly Shape[] {
  return [-1, 1].flatMap((side) => {
    const depth = (patient.level - (side < 0 ? 0.42 : 0.3)) / 0.62 + about(dice, 0, 0.08);
    if (depth <= 0.05) return [];
    const size = Math.sqrt(1 - (1 - Math.min(1, depth)) ** 2);
    const [x, y] = patient.spine;
    const centre: Point = [x + side * about(dice, 57, 3), y + about(dice, 6, 4)];
    const turn = side * about(dice, -0.5, 0.15);
    const across = size * about(dice, 25, 2);
    const along = size * about(dice, 30, 2.5);
    const shapes = [
      shapeIn(patient, 'visceralFat', ellipse(centre, across + 5, along + 6, turn)),
      shapeIn(patient, 'kidneyCortex', ellipse(centre, across, along, turn)),
    ];
    if (size < 0.5) return shapes;
    const inner: Point = [centre[0] - side * across * 0.16, centre[1] - along * 0.1];
    shapes.push(shapeIn(patient, 'kidneyMedulla', ellipse(inner, across * 0.62, along * 0.64, turn)));
    const hilum = ramp(size, 0.75, 0.98);
    const mouth: Point = [centre[0] - side * across * 1.05, centre[1] - along * 0.3];
    if (hilum > 0.2) {
      shapes.push(shapeIn(patient, 'visceralFat', tube([mouth, inner], across * 0.34 * hilum, across * 0.2 * hilum)));
      shapes.push(shapeIn(patient, 'cava', tube([[x + side * 16, y - 27], mouth, inner], 3.6 * hilum, 1.6)));
    }
    return shapes;
  });
}

/** Loops of small bowel, colon with stool and gas, and the small vessels of the mesentery. */
export function bowelShapes(patient: Patient, dice: Dice): readonly Shape[] {
  const shapes: Shape[] = [];
  const low = ramp(patient.level, 0.35, 0.9);
  const vessels = Math.floor(between(dice, 8, 18));
  for (let vessel = 0; vessel < vessels; vessel++) {
    const [place] = trunkPoints(patient, [[between(dice, -0.6, 0.8), between(dice, -0.7, 0.4)]], dice, 0);
    const radius = between(dice, 0.7, 1.7);
    shapes.push(
      shapeIn(patient, 'portalVein', ellipse(place!, radius, radius * between(dice, 1, 4), between(dice, 0, 3)), {
        over: fat,
      }),
    );
  }
  const loops = Math.round(low * between(dice, 5, 11));
  for (let loop = 0; loop < loops; loop++) {
    const [place] = trunkPoints(patient, [[between(dice, -0.35, 0.75), between(dice, -0.6, 0.15)]], dice, 0);
    const outline = ellipse(place!, between(dice, 8, 13), between(dice, 10, 19), between(dice, 0, 3));
    shapes.push(...hollow(patient, outline, between(dice, 2.2, 3.6), ['bowelWall', 'bowelContent']));
  }
  const colon: Point[] = [[0.78, -0.12 + 0.4 * patient.level]];
  if (low > 0.2) colon.push([0.2, -0.72], [-0.14, -0.72], [0.5, -0.66]);
  if (low > 0.75) colon.push([-0.56, 0.04]);
  for (const place of colon) {
    const [centre] = trunkPoints(patient, [place], dice, 0.05);
    const radius = between(dice, 11, 18);
    const outline = ellipse(centre!, radius * between(dice, 1, 1.35), radius, about(dice, 0, 0.4));
    const content: Material = chance(dice, 0.6) ? 'stool' : 'bowelContent';
    shapes.push(...hollow(patient, outline, 2.4, ['bowelWall', content]));
    if (chance(dice, 0.65)) shapes.push(gasIn(patient, inset(outline, 2.6), between(dice, 0.3, 1), content));
  }
  return shapes;
}
