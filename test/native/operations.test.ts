// Every op of the table at several geometries: values, gradient and second gradient, on two independent executors.
import { describe, it } from 'vitest';
import type { Device } from '../../native/runtime/session.ts';
import { checkOp } from './check-op.ts';
import { operationCases } from './operation-cases.ts';
import type { ComputingKind } from './references.ts';

const devices: readonly Device[] = [
  { name: 'cpu', threads: 1 },
  { name: 'tfjs', threads: 0 },
];
const kinds = Object.keys(operationCases) as ComputingKind[];

describe.each(devices)('on $name', (device) => {
  it.each(kinds)('%s', async (kind) => {
    for (const row of operationCases[kind]) {
      await checkOp(device, kind, row, 2e-5).catch((error: Error) => {
        throw new Error(`${JSON.stringify(row)}: ${error.message}`);
      });
    }
  });
});
