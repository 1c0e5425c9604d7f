// The one place that creates ONNX Runtime sessions: which provider, which options, which errors.

import { Problem } from '../../src-main/platform/errors.ts';
import * as ort from './onnxruntime.ts';

/** Devices by the name that `--device` takes. `cpu` is always there. */
export const deviceNames = ['cpu', 'webgpu', 'cuda', 'dml', 'coreml', 'tfjs'] as const;
export type DeviceName = (typeof deviceNames)[number];
/** Devices that ONNX Runtime runs. */
type ProviderName = Exclude<DeviceName, 'tfjs'>;

/** Where programs run. */
export interface Device {
  readonly name: DeviceName;
  /** CPU threads of one operator; 0 leaves the choice to `$RESIDUA_THREADS` and ONNX Runtime. */
  readonly threads: number;
  /** True where float16 computes rightly and quicker than float32, as its probe found (devices.ts). */
  readonly half?: boolean;
}

/** A device that ONNX Runtime runs. */
export type OnnxDevice = Device & { readonly name: ProviderName };

/** A compiled graph: what a program needs of it. ONNX Runtime's sessions are such. */
export interface Session {
  /** Computes the outputs that `fetches` names; one that is given a tensor may be written into its memory. */
  run(
    feeds: Readonly<Record<string, ort.Tensor>>,
    fetches: Readonly<Record<string, ort.Tensor | null>>,
  ): Promise<Readonly<Record<string, ort.Tensor>>>;
  release(): Promise<void>;
}

/** The default device: the processor, with as many threads as ONNX Runtime finds cores. */
export const cpu: Device = { name: 'cpu', threads: 0 };

/**
 * The providers of each device. WebGPU must use the NCHW layout: in NHWC, grouped convolutions are silently wrong
 * in ONNX Runtime 1.30 (docs/onnxruntime.md).
 */
const providers: { readonly [D in ProviderName]: readonly ort.InferenceSession.ExecutionProviderConfig[] } = {
  cpu: ['cpu'],
  webgpu: [{ name: 'webgpu', preferredLayout: 'NCHW' }],
  cuda: ['cuda', 'cpu'],
  dml: ['dml', 'cpu'],
  coreml: ['coreml', 'cpu'],
};

/** True for a device that ONNX Runtime runs. */
export const usesOnnx = (device: Device): device is OnnxDevice => device.name !== 'tfjs';

/** True where values can stay on the device between runs. */
export const keepsStateOnDevice = (device: Device): device is OnnxDevice => device.name === 'webgpu';

/**
 * What becomes of a program's working memory on the processor between its runs: kept for the next one, or returned, which a
 * program that runs rarely should do, as each has its own. Asking for it anew makes a run slower.
 */
export type WorkingMemory = 'kept' | 'returned';

/**
 * A session of an ONNX model on a device. `resident` names the outputs that stay on the device.
 * Throws Problem `device` with the provider's words when the provider refuses.
 */
export async function createSession(
  device: OnnxDevice,
  model: Uint8Array,
  resident: readonly string[] = [],
  memory: WorkingMemory = 'kept',
): Promise<ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(model, {
      executionProviders: providers[device.name],
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
      enableCpuMemArena: memory === 'kept',
      // A pattern asks for its memory in the second run beside what the first run took, and keeps both.
      enableMemPattern: false,
      ...(threadsOf(device) > 0 ? { intraOpNumThreads: threadsOf(device) } : {}),
      ...(resident.length > 0 ? { preferredOutputLocation: locations(resident) } : {}),
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // ONNX Runtime puts source places and conditions before its words.
    const reason = message.replace(/^.* was false\. /s, '').trim();
    throw new Problem('device', { device: device.name, reason }, { cause: error });
  }
}

/** `$RESIDUA_THREADS` is for a task that may use some of a machine's cores only. */
const threadsOf = ({ threads }: OnnxDevice): number =>
  threads > 0 ? threads : Math.max(0, Math.trunc(Number(process.env.RESIDUA_THREADS ?? 0)) || 0);

function locations(resident: readonly string[]): Record<string, 'gpu-buffer'> {
  return Object.fromEntries(resident.map((name) => [name, 'gpu-buffer']));
}
