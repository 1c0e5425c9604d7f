// A compiled graph: run it with named inputs, get named outputs, and its variables move one step.

import { createHash } from 'node:crypto';
import { Problem } from '../../src-main/platform/errors.ts';
import { trace } from '../../src-main/platform/trace.ts';
import { type Leaf, type Leaves, leavesOf } from '../graph/leaves.ts';
import { sameShape, sizeOf, type Tensor } from '../graph/operations.ts';
import { border, lower } from '../onnx/lower.ts';
import { channelBlock } from './channel-block.ts';
import { interpretedSession } from './interpreted.ts';
import * as ort from './onnxruntime.ts';
import {
  createSession,
  type Device,
  keepsStateOnDevice,
  type Session,
  usesOnnx,
  type WorkingMemory,
} from './session.ts';
import type { Variables } from './variables.ts';

/** What a program computes: outputs that come back to the host, and new values of variables. */
export interface ProgramDefinition {
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly updates?: ReadonlyMap<string, Tensor>;
}

/** Outputs that replace variables, apart from the outputs that the caller named. */
const next = (variable: string): string => `next ${variable}`;

/** A graph compiled for one device. Stateless itself: variables belong to a `Variables`. */
export class Program {
  readonly inputs: readonly Leaf[];
  readonly variables: readonly Leaf[];
  readonly #session: Session;
  readonly #outputs: readonly string[];
  readonly #updates: readonly string[];

  constructor(session: Session, { inputs, variables }: Leaves, outputs: readonly string[], updates: readonly string[]) {
    this.#session = session;
    this.inputs = inputs;
    this.variables = variables;
    this.#outputs = outputs;
    this.#updates = updates;
  }

  /**
   * Computes the outputs from the fed inputs and the variables, then replaces the updated variables.
   * Arrays are in row-major order of the inputs' shapes; results are fresh arrays.
   */
  async run(
    feeds: Readonly<Record<string, Float32Array>> = {},
    variables?: Variables,
  ): Promise<Record<string, Float32Array>> {
    const tensors: Record<string, ort.Tensor> = {};
    for (const { name, shape } of this.inputs) {
      const data = feeds[name];
      if (data?.length !== sizeOf(shape)) {
        const found = data === undefined ? 'nothing' : `${data.length} values`;
        throw new Problem('mismatch', { what: `input ${name}`, expected: `[${shape.join(', ')}]`, found });
      }
      tensors[border.input(name)] = new ort.Tensor('float32', data, shape);
    }
    for (const { name, shape } of this.variables) {
      const tensor = await variables!.tensor(name);
      if (!sameShape(tensor.dims, shape)) {
        const [expected, found] = [shape, tensor.dims].map((sizes) => `[${sizes.join(', ')}]`) as [string, string];
        throw new Problem('mismatch', { what: `variable ${name}`, expected, found });
      }
      tensors[border.variable(name)] = tensor;
    }
    const fetches = Object.fromEntries([
      ...this.#outputs.map((name) => [border.output(name), null] as const),
      ...this.#updates.map((name) => [border.output(next(name)), variables!.room(name)] as const),
    ]);
    const results = await this.#session.run(tensors, fetches);
    for (const name of this.#updates) variables!.replace(name, results[border.output(next(name))]!);
    return Object.fromEntries(this.#outputs.map((name) => [name, results[border.output(name)]!.data as Float32Array]));
  }

  /** Frees the session; device tensors that it made must be released before. */
  async release(): Promise<void> {
    await this.#session.release();
  }
}

/** Compiles a graph for a device. Throws Problem `device` when the provider refuses. */
export async function compile(
  device: Device,
  { outputs, updates = new Map() }: ProgramDefinition,
  memory: WorkingMemory = 'kept',
): Promise<Program> {
  const began = performance.now();
  const all = new Map(Object.entries(outputs));
  for (const [name, tensor] of updates) all.set(next(name), tensor);
  const resident = keepsStateOnDevice(device) ? [...updates.keys()].map((name) => border.output(next(name))) : [];
  const session = usesOnnx(device)
    ? await createSession(device, lower(all, await channelBlock(device)), resident, memory)
    : await interpretedSession(all);
  trace('graph', `compile ${[...all.keys()].join(', ')} on ${device.name}`, began);
  return new Program(session, leavesOf(all.values()), Object.keys(outputs), [...updates.keys()]);
}

/** A hash that differs where a graph without variables computes something else: of its operations and of its constants. */
export function identityOf(outputs: Readonly<Record<string, Tensor>>): string {
  return createHash('sha256')
    .update(lower(new Map(Object.entries(outputs))))
    .digest('hex');
}

/** Compiles, runs once and releases: for tests and small one-off computations. */
export async function evaluate(
  device: Device,
  outputs: Readonly<Record<string, Tensor>>,
  feeds: Readonly<Record<string, Float32Array>> = {},
): Promise<Record<string, Float32Array>> {
  const program = await compile(device, { outputs });
  try {
    return await program.run(feeds);
  } finally {
    await program.release();
  }
}
