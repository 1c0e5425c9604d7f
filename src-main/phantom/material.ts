// What the phantom is made of: Hounsfield values by contrast phase, spread between patients, texture within an organ.
import { about, type Dice } from './dice.ts';

/**
 * Hounsfield values before contrast and in the arterial, portal venous and delayed phase; `spread`: standard deviation
 * between patients; `texture`: standard deviation of the coarse structure inside one organ, without the scanner's noise.
 * Typical values of abdominal CT at 120 kV (Webb, Brant, Major: Fundamentals of Body CT, 5th ed., chapters 1, 9-17).
 */
interface MaterialRow {
  readonly phases: readonly [plain: number, arterial: number, portal: number, delayed: number];
  readonly spread: number;
  readonly texture: number;
}

function same(value: number, spread: number, texture: number): MaterialRow {
  return { phases: [value, value, value, value], spread, texture };
}

const rows = {
  air: same(-1000, 0, 0),
  couchShell: same(60, 30, 0),
  couchFoam: same(-930, 15, 5),
  skin: same(25, 10, 4),
  fat: same(-106, 4, 5),
  muscle: { phases: [52, 56, 62, 60], spread: 4, texture: 7 },
  visceralFat: same(-101, 5, 7),
  liver: { phases: [57, 66, 106, 88], spread: 4, texture: 2.5 },
  hepaticVein: { phases: [41, 50, 160, 108], spread: 5, texture: 0 },
  portalVein: { phases: [42, 85, 168, 112], spread: 5, texture: 0 },
  spleen: { phases: [49, 112, 122, 92], spread: 5, texture: 2.5 },
  kidneyCortex: { phases: [34, 165, 185, 150], spread: 8, texture: 4 },
  kidneyMedulla: { phases: [31, 62, 165, 152], spread: 8, texture: 6 },
  pancreas: { phases: [41, 92, 86, 70], spread: 6, texture: 9 },
  aorta: { phases: [42, 215, 152, 112], spread: 8, texture: 0 },
  cava: { phases: [41, 72, 135, 112], spread: 7, texture: 0 },
  stomachWall: { phases: [42, 72, 78, 68], spread: 6, texture: 5 },
  stomachContent: same(22, 10, 6),
  bowelWall: { phases: [42, 72, 76, 66], spread: 6, texture: 8 },
  bowelContent: same(24, 8, 8),
  stool: same(10, 20, 32),
  gas: same(-960, 15, 0),
  bile: same(9, 4, 1),
  corticalBone: same(600, 80, 50),
  cancellousBone: same(210, 45, 28),
  cartilage: same(115, 18, 15),
  spinalCanal: same(24, 5, 4),
  ascites: same(9, 3, 1.5),
  metal: same(3000, 0, 0),
} as const satisfies Readonly<Record<string, MaterialRow>>;

export type Material = keyof typeof rows;

/** Every material; the place in this list is its label in a drawing. */
export const materials = Object.keys(rows) as readonly Material[];

const labels = Object.fromEntries(materials.map((material, label) => [material, label]));

/** The label of a material in a drawing: 0 is air. */
export function labelOf(material: Material): number {
  return labels[material]!;
}

/** Hounsfield value and texture of each label, for one patient. */
export interface Substance {
  readonly hounsfield: Float64Array;
  readonly texture: Float64Array;
}

/**
 * The materials of one patient at `phase`: 0 without contrast, 1 arterial, 2 portal venous, 3 delayed, linear between.
 * `steatosis` (HU) is taken from the liver: a fatty liver is darker.
 */
export function substanceOf(phase: number, steatosis: number, dice: Dice): Substance {
  const before = Math.min(2, Math.floor(phase));
  const hounsfield = Float64Array.from(materials, (material) => {
    const { phases, spread } = rows[material];
    const early = phases[before]!;
    const value = early + (phase - before) * (phases[before + 1]! - early);
    return about(dice, value, spread) - (material === 'liver' ? steatosis : 0);
  });
  return { hounsfield, texture: Float64Array.from(materials, (material) => rows[material].texture) };
}

/** For every label 1 when `test` holds of its material, else 0. */
export function labelsOf(test: (material: Material) => boolean): Uint8Array {
  return Uint8Array.from(materials, (material) => (test(material) ? 1 : 0));
}
