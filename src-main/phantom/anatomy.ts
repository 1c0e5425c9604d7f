// Everything that a normal slice contains, as shapes in the order of drawing.
import type { Surroundings } from './anomaly.ts';
import { about, between, chance, type Dice } from './dice.ts';
import type { Shape } from './drawing.ts';
import { liverOutline, liverShapes } from './liver.ts';
import { type Substance, substanceOf } from './material.ts';
import { mapped, type Outline, type Point, tube } from './outline.ts';
import { patientOf } from './patient.ts';
import type { Protocol } from './protocol.ts';
import { greatVesselShapes, vertebraShapes } from './spine.ts';
import { ribShapes, trunkOf, trunkShapes } from './trunk.ts';
import { bowelShapes, kidneyShapes, pancreasShapes, spleenShapes, stomachShapes } from './viscera.ts';

/** One slice of one patient; outlines in the image frame (mm, origin in the middle of the image). */
export interface Anatomy extends Surroundings {
  readonly fieldOfView: number;
  readonly shapes: readonly Shape[];
  readonly substance: Substance;
}

/** A normal slice by chance: patient, contrast phase, organs, couch. */
export function anatomyOf(protocol: Protocol, dice: Dice): Anatomy {
  const patient = patientOf(protocol, dice);
  const trunk = trunkOf(patient, dice);
  const liver = liverOutline(patient, dice);
  const phase = chance(dice, protocol.native)
    ? 0
    : chance(dice, protocol.early)
      ? between(dice, 0.6, 1.5)
      : between(dice, 1.6, 2.8);
  const shapes = [
    ...trunkShapes(patient, trunk, dice),
    ...stomachShapes(patient, dice),
    ...pancreasShapes(patient, dice),
    ...kidneyShapes(patient, dice),
    ...spleenShapes(patient, dice),
    ...bowelShapes(patient, dice),
    ...liverShapes(patient, liver, dice),
    ...greatVesselShapes(patient, dice),
    ...ribShapes(patient, trunk, dice),
    ...vertebraShapes(patient, dice),
  ];
  const placed = (outline: Outline) => mapped(outline, patient.place);
  const skin = placed(trunk.skin);
  const steatosis = chance(dice, 0.3) ? between(dice, 0, 12) : 0;
  return {
    fieldOfView: patient.fieldOfView,
    shapes: [...couchShapes(protocol, skin, patient.fieldOfView, dice), ...shapes],
    substance: substanceOf(phase, steatosis, dice),
    skin,
    cavity: placed(trunk.cavity),
    liver: placed(liver),
  };
}

/** The table top under the patient: two thin shells around foam, curved like a trough. */
function couchShapes({ withoutCouch }: Protocol, skin: Outline, fieldOfView: number, dice: Dice): readonly Shape[] {
  if (chance(dice, withoutCouch)) return [];
  const back = Math.max(...skin.filter((_, at) => at % 2 === 1));
  const top = back + between(dice, 3, 14);
  const half = between(dice, 0.42, 0.56) * fieldOfView;
  const rise = between(dice, 10, 34);
  const thickness = between(dice, 24, 46);
  const curve = (y: number, share: number): Point[] =>
    [-1, -0.6, 0, 0.6, 1].map((side) => [side * half, y - rise * side * side * share]);
  const upper = curve(top, 1);
  const lower = curve(top + thickness, 1.3);
  const shell = about(dice, 1.5, 0.2);
  return [
    { material: 'couchFoam', outlines: [Float64Array.from([...upper, ...lower.toReversed()].flat())] },
    { material: 'couchShell', outlines: [tube(upper, shell)] },
    { material: 'couchShell', outlines: [tube(lower, shell)] },
  ];
}
