// What a localiser is built from: its arguments, checked, and the names and shapes of its parameters.
import { z } from 'zod';
import { Problem } from '../../../src-main/platform/errors.ts';
import type { Shape } from '../../graph/operations.ts';

export interface LocaliserArguments {
  /** Pixels of a side: 64, 128, 256 (or a small power of two in tests). */
  readonly resolution: number;
  readonly channels: 1 | 3;
  /** Channels at full resolution; deeper stages have 2, 4, 4, 8, 8 times as many. */
  readonly width: number;
  /** Resolutions that the network looks at, each half the one before. */
  readonly stages: number;
}

const schema = z.strictObject({
  resolution: z.int().min(8).max(1024),
  channels: z.union([z.literal(1), z.literal(3)]),
  width: z.int().min(1).max(256),
  stages: z.int().min(2).max(6),
});

/** Channels of a stage as multiples of `width`. */
const multiples = [1, 2, 4, 4, 8, 8] as const;

/** Throws `content` when they are none. */
export function parseLocaliserArguments(value: unknown, file: string): LocaliserArguments {
  const parsed = schema.safeParse(value);
  if (parsed.success && parsed.data.resolution % 2 ** (parsed.data.stages - 1) === 0) return parsed.data;
  throw new Problem('content', { file, reason: 'its localiser has arguments that this version does not know' });
}

/** Channels of a stage; stage 0 has the full resolution. */
export const stageChannels = ({ width }: LocaliserArguments, stage: number): number => width * multiples[stage]!;

/** A convolution of the network by the name of its parameters `NAME.weight`, `NAME.gain` (where standardised), `NAME.bias`. */
export interface ConvolutionShape {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: 1 | 3;
  /** The last one is not: its weights begin at zero. */
  readonly standardised: boolean;
}

/** All convolutions in the order in which they are computed. */
export function convolutionsOf(arguments_: LocaliserArguments): readonly ConvolutionShape[] {
  const { channels, stages } = arguments_;
  const of = (stage: number) => stageChannels(arguments_, stage);
  const shape = (name: string, inputs: number, outputs: number, kernel: 1 | 3 = 3): ConvolutionShape => ({
    name,
    inputs,
    outputs,
    kernel,
    standardised: true,
  });
  const down = Array.from({ length: stages }, (_, stage) => [
    shape(`down${stage}.conv0`, stage === 0 ? channels : of(stage - 1), of(stage)),
    shape(`down${stage}.conv1`, of(stage), of(stage)),
  ]);
  const up = Array.from({ length: stages - 1 }, (_, index) => stages - 2 - index).map((stage) => [
    shape(`up${stage}.lift`, of(stage + 1), of(stage), 1),
    shape(`up${stage}.conv0`, of(stage), of(stage)),
    shape(`up${stage}.conv1`, of(stage), of(stage)),
  ]);
  return [...down.flat(), ...up.flat(), { name: 'out', inputs: of(0), outputs: 1, kernel: 1, standardised: false }];
}

/** Name -> shape of every parameter, in a fixed order. */
export function localiserParameters(arguments_: LocaliserArguments): ReadonlyMap<string, Shape> {
  return new Map(
    convolutionsOf(arguments_).flatMap(({ name, inputs, outputs, kernel, standardised }): [string, Shape][] => [
      [`${name}.weight`, [outputs, inputs, kernel, kernel]],
      ...(standardised ? [[`${name}.gain`, [outputs]] as [string, Shape]] : []),
      [`${name}.bias`, [outputs]],
    ]),
  );
}
