// How slices are taken: what one archive of phantoms has in common, and how far its slices differ.

type Range = readonly [low: number, high: number];

/** Ranges are uniform, chances 0 .. 1; lengths in mm. */
export interface Protocol {
  /** 0: level of the hepatic veins, 0.5: portal vein, 1: kidneys and lower tip of the liver. */
  readonly level: Range;
  /** 0: thin, 1: stout. */
  readonly stoutness: Range;
  /** Share of the field of view that the trunk takes across. */
  readonly filling: Range;
  /** Most that the trunk lies off the middle to a side, as a share of the free margin. */
  readonly offCentre: number;
  /** How far the trunk lies below the middle. */
  readonly height: Range;
  /** Spread of the local strain by which one patient differs from another. */
  readonly strain: number;
  /** Spread of the turn in radians, and the chance of a patient who lies badly. */
  readonly turn: number;
  readonly badlyPlaced: number;
  /** Chances of a slice without contrast medium, and of an arterial or early portal phase among the others. */
  readonly native: number;
  readonly early: number;
  /** Chance of a reconstruction without the couch. */
  readonly withoutCouch: number;
}

const protocols = {
  /** One examination protocol: the liver in the portal venous phase, the field fitted to the patient, couch cut off. */
  liver: {
    level: [0.05, 0.4],
    stoutness: [0.1, 0.8],
    filling: [0.94, 0.97],
    offCentre: 0.2,
    height: [-6, 0],
    strain: 0.008,
    turn: 0.015,
    badlyPlaced: 0,
    native: 0,
    early: 0,
    withoutCouch: 1,
  },
  /** A mixed archive: every level of the upper abdomen, every phase, fields of any size, patients as they came to lie. */
  abdomen: {
    level: [0, 1],
    stoutness: [0, 1],
    filling: [0.74, 0.96],
    offCentre: 0.7,
    height: [-18, 10],
    strain: 0.013,
    turn: 0.035,
    badlyPlaced: 0.08,
    native: 0.2,
    early: 0.25,
    withoutCouch: 0.12,
  },
} as const satisfies Readonly<Record<string, Protocol>>;

/** Name of a protocol. */
export type ProtocolName = keyof typeof protocols;

/** All names. */
export const protocolNames = Object.keys(protocols) as readonly ProtocolName[];

/** The protocol of a name. */
export function protocolOf(name: ProtocolName): Protocol {
  return protocols[name];
}
