// How much arithmetic a graph asks for, and what share of the processor's best rate a measured time is.
import { sizeOf, type Tensor, topological } from '../../native/graph/operations.ts';
import type { ProgramDefinition } from '../../native/runtime/program.ts';
import type { Measure } from './measure.ts';
import { peakRate } from './peak.ts';

/** Multiplications and additions of the convolutions and matrix products of programs, each counted with its weight. */
export function arithmeticOf(programs: readonly (readonly [weight: number, program: ProgramDefinition])[]): number {
  return programs
    .map(([weight, { outputs, updates }]) => {
      const results = [...Object.values(outputs), ...(updates?.values() ?? [])];
      return weight * topological(results).reduce((sum, node) => sum + operationsOf(node), 0);
    })
    .reduce((sum, operations) => sum + operations, 0);
}

/** Two for each product of two numbers. What treats every element alone counts nothing. */
function operationsOf({ kind, inputs: [a, b], shape }: Tensor): number {
  switch (kind) {
    case 'matmul':
      return 2 * sizeOf(shape) * a!.shape.at(-1)!;
    // [O, C / groups, k, k] for each place of the result, or of what it is made from.
    case 'convolution':
      return 2 * sizeOf(shape) * sizeOf(b!.shape.slice(1));
    case 'transposedConvolution':
      return 2 * sizeOf(a!.shape) * sizeOf(b!.shape.slice(1));
    case 'weightGradient':
      return 2 * sizeOf(b!.shape) * sizeOf(shape.slice(1));
    default:
      return 0;
  }
}

/**
 * The arithmetic, and its rate as a share of the best convolution's, measured right after it: where that is near 1, only fewer
 * multiplications can help.
 */
export async function sharesOfPeak(name: string, operations: number, seconds: number): Promise<Measure[]> {
  const peak = await peakRate();
  const rate = operations / seconds / 1e9;
  return [
    { name: `${name}, arithmetic`, value: operations / 1e9, unit: 'GFLOP', target: null },
    {
      name: `${name}, share of the best convolution`,
      value: rate / peak,
      unit: '',
      target: null,
      note: `${rate.toFixed(0)} of ${peak.toFixed(0)} GFLOP/s`,
    },
  ];
}
