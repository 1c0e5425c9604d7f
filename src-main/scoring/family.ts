// What a family of scores is: its names and their meaning, what it needs, where it comes from, and how it is computed.
import type { DeviceName } from '../../native/runtime/session.ts';
import type { ParameterSet } from '../../src-preload/parameters/parameter.ts';
import type { LoadedNetwork } from '../networks/load-network.ts';

/** One score as every ranking, tooltip and report describes it. */
export interface ScoreFacts {
  /** As in the catalog, such as `feature residual`. */
  readonly name: string;
  /** One sentence: what a high (or low) value says. */
  readonly meaning: string;
  readonly unit: string | null;
  /** Which end is abnormal. */
  readonly abnormal: 'high' | 'low';
}

export interface ScoreFamily {
  readonly name: string;
  readonly title: string;
  /** The most telling first: without a choice, rankings take the first that there is. */
  readonly scores: readonly ScoreFacts[];
  /** The map that shows where in the image one of the scores is high. */
  readonly map: { readonly score: string; readonly meaning: string } | null;
  readonly needs: readonly Need[];
  /** What an image costs. */
  readonly cost: 'pixels' | 'forward pass' | 'backpropagation' | 'none';
  /** The paper or published tool. */
  readonly source: string;
  readonly parameters: ParameterSet;
  /** For a family that looks once at each image; others are made by jobs of their own. */
  readonly open?: (context: FamilyContext) => Promise<FamilyScorer>;
}

/** `normals`: a cohort to compare with. `discriminator`: a network that has one. */
export type Need = 'normals' | 'discriminator' | 'reconstructions' | 'other scores';

/** What a family is computed with. Images come in model space, [channels, side, side] in -1..1. */
export interface FamilyContext {
  readonly network: LoadedNetwork | null;
  /** File of the network, for messages. */
  readonly networkFile: string | null;
  readonly device: DeviceName | 'auto';
  readonly channels: 1 | 3;
  readonly side: number;
  /** Values of the family's parameters. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** First all normals are learned, then `fit`, then images are scored, in any order and batch. */
export interface FamilyScorer {
  readonly learn: (image: Float32Array) => Promise<void>;
  /** Throws `usage` for too few normals. */
  readonly fit: () => Promise<void>;
  /** Does what can be done image by image; `finish` gets the answers of a batch. */
  readonly score: (images: readonly Float32Array[], step: () => void) => Promise<readonly FamilyResult[]>;
  readonly release: () => Promise<void>;
}

export interface FamilyResult {
  /** By the names of the scores. */
  readonly values: Readonly<Record<string, number>>;
  /** [side, side] over the whole image, row by row. */
  readonly map: Float32Array | null;
}
