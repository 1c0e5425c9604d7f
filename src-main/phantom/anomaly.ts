// What normal slices never contain: each anomaly draws on the anatomy that its normal twin has.
import { about, between, chance, type Dice } from './dice.ts';
import type { Shape } from './drawing.ts';
import type { Material } from './material.ts';
import {
  centreOf,
  ellipse,
  inset,
  type Outline,
  type Point,
  pointOn,
  signedArea,
  smoothOutline,
  tube,
} from './outline.ts';
import type { Streak } from './streak.ts';

/** What an anomaly is drawn into; outlines in the image frame (mm, origin in the middle of the image). */
export interface Surroundings {
  readonly skin: Outline;
  /** What encloses the organs: free fluid gathers along it. */
  readonly cavity: Outline;
  readonly liver: Outline;
}

/** Shapes drawn on top of the anatomy, streaks added to its image. */
export interface Anomaly {
  readonly shapes: readonly Shape[];
  readonly streaks: readonly Streak[];
}

const liverTissue: readonly Material[] = ['liver', 'hepaticVein', 'portalVein'];

/** Every kind of anomaly and how it is drawn. */
const anomalies = {
  needle,
  ascites,
  'missing-segment': missingSegment,
  clip,
} as const satisfies Readonly<Record<string, (anatomy: Surroundings, dice: Dice) => Anomaly>>;

/** A kind of anomaly. */
export type AnomalyKind = keyof typeof anomalies;

/** All kinds, in the order in which the demonstration lists them. */
export const anomalyKinds = Object.keys(anomalies) as readonly AnomalyKind[];

/** What an anomaly of `kind` adds to `anatomy`; image frame, mm. */
export function anomalyOf(kind: AnomalyKind, anatomy: Surroundings, dice: Dice): Anomaly {
  return anomalies[kind](anatomy, dice);
}

/** A straight needle of 14 to 18 gauge from outside through the wall into the liver; photon starvation along its axis. */
function needle({ liver, skin }: Surroundings, dice: Dice): Anomaly {
  const tip = insideOf(liver, 0.35, dice);
  const entry = pointOn(skin, between(dice, 0.47, 0.74));
  const length = Math.hypot(tip[0] - entry[0], tip[1] - entry[1]);
  const angle = Math.atan2(tip[1] - entry[1], tip[0] - entry[0]);
  const along: Point = [Math.cos(angle), Math.sin(angle)];
  const outside = between(dice, 20, 60);
  const hub: Point = [entry[0] - outside * along[0], entry[1] - outside * along[1]];
  const shadow = between(dice, 0.035, 0.06);
  const strength = between(dice, 170, 320);
  const fan = (turn: number, share: number): Streak => ({
    origin: tip,
    angle: angle + turn,
    width: 1.6,
    spread: shadow,
    reach: between(dice, 50, 110),
    hounsfield: share * strength,
  });
  const beside = (side: number): Streak => ({
    origin: [entry[0] - side * 4 * along[1], entry[1] + side * 4 * along[0]],
    angle,
    width: 1.7,
    spread: 0,
    reach: length * 1.4,
    hounsfield: -strength * between(dice, 0.3, 0.6),
  });
  return {
    shapes: [{ material: 'metal', outlines: [tube([hub, tip], between(dice, 0.65, 1.05))] }],
    streaks: [
      fan(0, -1),
      fan(2.6 * shadow, 0.5),
      fan(-2.6 * shadow, 0.5),
      fan(5.2 * shadow, -0.3),
      fan(-5.2 * shadow, -0.3),
      beside(1),
      beside(-1),
    ],
  };
}

/** Free fluid between liver and wall: a rim that tapers off, sometimes also around the spleen. */
function ascites({ cavity }: Surroundings, dice: Dice): Anomaly {
  const rims = [rim(cavity, between(dice, 0.47, 0.64), between(dice, 0.15, 0.24), between(dice, 10, 24))];
  if (chance(dice, 0.35)) rims.push(rim(cavity, 1 + between(dice, -0.05, 0.07), 0.1, between(dice, 5, 11)));
  const over: Material[] = [...liverTissue, 'visceralFat', 'spleen'];
  return { shapes: rims.map((outlines) => ({ material: 'ascites', outlines, over })), streaks: [] };
}

/** The band of at most `depth` mm inside `outline`, within `extent` (share of its corners) of `middle`. */
function rim(outline: Outline, middle: number, extent: number, depth: number): readonly Outline[] {
  const inner = inset(outline, (_x, _y, share) => {
    const away = Math.abs(((share - middle + 1.5) % 1) - 0.5) / extent;
    return away < 1 ? depth * (1 - away ** 2) : 0;
  });
  return [outline, inner];
}

/** A resected part of the liver, up to a wavy cut: fat and loops of bowel have moved into its place. */
function missingSegment({ liver }: Surroundings, dice: Dice): Anomaly {
  const edge = pointOn(liver, between(dice, 0.2, 0.52));
  const centre = centreOf(liver);
  const inwards = Math.atan2(centre[1] - edge[1], centre[0] - edge[0]);
  const depth = Math.sqrt(Math.abs(signedArea(liver))) * between(dice, 0.3, 0.46);
  const breadth = depth * between(dice, 1, 1.4);
  const tilt = inwards + about(dice, 0, 0.3);
  const at = (inward: number, sideways: number): Point => {
    const [along, across] = [depth * inward, breadth * sideways];
    return [
      edge[0] + along * Math.cos(tilt) - across * Math.sin(tilt),
      edge[1] + along * Math.sin(tilt) + across * Math.cos(tilt),
    ];
  };
  const corners = Array.from({ length: 10 }, (_, corner): Point => {
    const angle = (2 * Math.PI * corner) / 10;
    const reach = about(dice, 1, 0.08);
    return at(reach * Math.cos(angle), reach * Math.sin(angle));
  });
  const gap = smoothOutline(corners);
  const shapes: Shape[] = [{ material: 'visceralFat', outlines: [gap], over: [...liverTissue, 'bile'] }];
  const loops = Math.floor(between(dice, 2, 6));
  for (let loop = 0; loop < loops; loop++) {
    const place = at(between(dice, 0.2, 0.75), between(dice, -0.6, 0.6));
    const outline = ellipse(place, between(dice, 8, 12), between(dice, 9, 16), between(dice, 0, 3));
    shapes.push({ material: 'bowelWall', outlines: [outline], over: ['visceralFat'] });
    shapes.push({ material: 'bowelContent', outlines: [inset(outline, 3)], over: ['bowelWall'] });
  }
  return { shapes, streaks: [] };
}

/** A surgical clip in or at the liver: a few millimetres of metal with a star of streaks. */
function clip({ liver }: Surroundings, dice: Dice): Anomaly {
  const place = insideOf(liver, 0.35, dice);
  const angle = between(dice, 0, Math.PI);
  const half = between(dice, 2, 4);
  const [x, y] = [half * Math.cos(angle), half * Math.sin(angle)];
  const metal = tube(
    [
      [place[0] - x, place[1] - y],
      [place[0] + x, place[1] + y],
    ],
    between(dice, 1, 1.6),
  );
  const rays = 7 + Math.floor(between(dice, 0, 5));
  const streaks = Array.from(
    { length: 2 * rays },
    (_, ray): Streak => ({
      origin: place,
      angle: angle + (Math.PI * (ray + between(dice, -0.25, 0.25))) / rays,
      width: 0.6,
      spread: between(dice, 0.02, 0.06),
      reach: between(dice, 18, 60),
      hounsfield: (ray % 2 === 0 ? 1 : -1) * between(dice, 100, 380),
    }),
  );
  return { shapes: [{ material: 'metal', outlines: [metal] }], streaks };
}

/** A point inside `outline`, at least `depth` of the way from a random corner to the centre. */
function insideOf(outline: Outline, depth: number, dice: Dice): Point {
  const corner = pointOn(outline, between(dice, 0, 1));
  const centre = centreOf(outline);
  const share = between(dice, depth, 1);
  return [corner[0] + share * (centre[0] - corner[0]), corner[1] + share * (centre[1] - corner[1])];
}
