// What a family of scores is: its names and their meaning, what it needs, where it comes from, and how it is computed.
import type { DeviceName } from '../../native/runtime/session.ts';
import type { TrunkName } from '../../src-preload/parameters/features.ts';
import type { ScoreFacts, ScoreFamilyFacts } from '../../src-preload/schemas/catalog.ts';
import type { LoadedNetwork } from '../networks/load-network.ts';
import type { GreyImage } from '../platform/grey-image.ts';
import type { Trunk } from './features/trunk.ts';
import type { Look, Looker } from './kept/kept-looks.ts';
import type { LocaliserLook } from './localiser/localiser-look.ts';

export type { ScoreFacts };

/** What every face knows of a family, and how it is computed. */
export interface ScoreFamily extends Omit<ScoreFamilyFacts, 'onePass'> {
  /** For a family that looks once at each image; others are made by jobs of their own. */
  readonly open?: (context: FamilyContext) => Promise<FamilyScorer>;
  /** Looks at the pixels of the file as they are shown, not only at model space: `score` gets them as `originals`. */
  readonly looksAtOriginals?: boolean;
}

export type Need = ScoreFamily['needs'][number];

/** What a family is computed with. Images come in model space, [channels, side, side] in -1..1. */
export interface FamilyContext {
  readonly network: LoadedNetwork | null;
  /** File of the network, for messages. */
  readonly networkFile: string | null;
  readonly device: DeviceName | 'auto';
  readonly channels: 1 | 3;
  readonly side: number;
  /** A network that gives features on a grid; families that ask for the same one share what it sees in an image. */
  readonly trunk: (name: TrunkName) => Promise<Trunk>;
  /** Keeps what is seen in images: what looks at images does it through this, so that none is looked at twice. */
  readonly keep: (looker: Looker) => Promise<Look>;
  /** The run's localiser, opened once. Throws `missing` where it has none. */
  readonly localiser: () => Promise<LocaliserLook>;
  /** Values of the family's parameters. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** First all normals are learned, then `fit`, then images are scored, in any order and batch. */
export interface FamilyScorer {
  readonly learn: (image: Float32Array) => Promise<void>;
  /** Throws `usage` for too few normals. */
  readonly fit: () => Promise<void>;
  /** In the order of the images. `masks`: of each the organ in the first model space of the run, where it has a mask. `originals`: as they are shown, where some family looks at them. */
  readonly score: (
    images: readonly Float32Array[],
    step: () => void,
    masks?: readonly (GreyImage | undefined)[],
    originals?: readonly (GreyImage | undefined)[],
  ) => Promise<readonly FamilyResult[]>;
  readonly release: () => Promise<void>;
}

export interface FamilyResult {
  /** By the names of the scores. */
  readonly values: Readonly<Record<string, number>>;
  /** [side, side] over the whole image, row by row. */
  readonly map: Float32Array | null;
  /** Places of any shape in pixels of the stored image, by the names of scores; most certain first. */
  readonly boxes?: Readonly<Record<string, readonly ScoredBox[]>>;
  /** What the family's network saw, averaged over the image. */
  readonly pooled?: Float32Array;
  /** By the names of scores: what they say of this image, where that is more than their own reason says. */
  readonly reasons?: Readonly<Record<string, Reason>>;
}

/** A rectangle in pixels of the stored image. */
export interface ScoredBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly value: number;
}

/** What makes an image anomalous. */
export interface Reason {
  /** In words, such as `blurred`: one of a few, by which lists are filtered. */
  readonly reason: string;
  /** Such as `at the lower left`; null where it has no place. */
  readonly place: string | null;
}
