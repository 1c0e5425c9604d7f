// What the engine process can be asked to do, and what it asks of the process that started it.
import type { DeviceName } from '../../native/runtime/session.ts';
import type { Recipe } from '../archive/recipe.ts';
import type { GreyImage } from '../platform/grey-image.ts';
import type { LatentSpace, RenderNoise } from '../projection/projector.ts';
import type { LossName } from '../projection/reconstruction-loss.ts';
import type { ImageScores, ScoringOptions } from '../scoring/score-image.ts';

/** Scoring as plain data; the segmentation comes with each image. */
export type ScoringParameters = Omit<ScoringOptions, 'segmentation'>;

export interface ProjectParameters {
  readonly networkFile: string;
  /** Null: what the network makes possible, and what was chosen is in `ProjectStart`. */
  readonly loss: LossName | null;
  readonly space: LatentSpace;
  readonly steps: number;
  readonly seed: number;
  /** Images per run of the graph. */
  readonly batch: number;
  readonly renderNoise: RenderNoise;
  readonly device: DeviceName;
  /** Null: reconstruct only. */
  readonly scoring: ScoringParameters | null;
  /** Images to come, for the progress. */
  readonly total: number;
}

/** What the engine found out before the first image. */
export interface ProjectStart {
  readonly resolution: number;
  readonly channels: 1 | 3;
  /** w_dim. */
  readonly latentWidth: number;
  readonly loss: LossName;
  /** As stored with the network; null when it has none. */
  readonly recipe: Recipe | null;
  readonly networkSha256: string;
}

/** An image to be projected. */
export interface ProjectItem {
  readonly id: number;
  /** [C, R, R] in -1..1. */
  readonly target: Float32Array;
  /** For region `mask`, in model space geometry [R, R]. */
  readonly segmentation?: GreyImage;
}

export interface ProjectResult {
  readonly id: number;
  /** Target and reconstruction as 8 bit, [R, R, C] interleaved. */
  readonly target: Uint8Array;
  readonly reconstruction: Uint8Array;
  /** [L', w_dim]: one latent in W, one per layer in W+. */
  readonly latents: Float32Array;
  /** Loss at the last step. */
  readonly loss: number;
  readonly scores: ImageScores | null;
}

export interface DeviceDescription {
  readonly device: DeviceName;
  readonly usable: boolean;
  /** Why not, in words. */
  readonly reason: string | null;
}

/** One heavy job per process; the answer comes when the job is done. Progress counts images, in fractions. */
export type EngineMethods = {
  /** Asked of one process per device: a broken driver may end it. */
  readonly 'device.describe': { readonly request: DeviceName; readonly response: DeviceDescription };
  readonly project: { readonly request: ProjectParameters; readonly response: null };
};

/** Where the images of a job come from and where its results go. The engine knows no file of theirs and no catalog. */
export type SupplierMethods = {
  /** Told once before the first image. */
  readonly 'project.start': { readonly request: ProjectStart; readonly response: null };
  /** Normal images [C, R, R] to measure the discriminator's features on; none when there are none. */
  readonly 'project.normals': { readonly request: null; readonly response: readonly Float32Array[] };
  /** At most `count` images; none when all have been handed out. */
  readonly 'project.next': { readonly request: { readonly count: number }; readonly response: readonly ProjectItem[] };
  /** Answered when the results cannot be lost any more. */
  readonly 'project.store': { readonly request: readonly ProjectResult[]; readonly response: null };
};
