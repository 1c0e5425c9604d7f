// Which devices this machine has, found by trying each in a process of its own; the choice of one by name or speed.
import { availableParallelism, cpus } from 'node:os';
import { isProblem, Problem } from '../../src-main/platform/errors.ts';
import { type Launcher, launchProgram } from '../../src-main/platform/process.ts';
import { openChannel } from '../../src-main/platform/process-channel.ts';
import { inWords } from '../../src-main/platform/words.ts';
import { cpu, type Device, type DeviceName, deviceNames } from './session.ts';

/** What `residua devices` shows of one device. */
export interface DeviceReport {
  readonly device: DeviceName;
  /** What it is, in words. */
  readonly name: string;
  readonly usable: boolean;
  /** Why it is not usable, in words; null when it is. */
  readonly reason: string | null;
  /** Time of eight convolutions of 0.15 billion products each, in milliseconds; null when it is not usable. */
  readonly milliseconds: number | null;
  /** What 16-bit arithmetic is worth on it; null when it is not usable. */
  readonly half: HalfPrecision | null;
}

/** Whether networks that may compute in float16 do so on a device. */
export interface HalfPrecision {
  /** True where it computes rightly, and quicker than float32. */
  readonly used: boolean;
  /** Why not, in words; null when it is used. */
  readonly reason: string | null;
  /** Time of the computation that devices are compared by, in float16; null where that does not work or was not tried. */
  readonly milliseconds: number | null;
}

/** What the parent may ask of `probe-main.ts`. */
export type ProbeMethods = {
  readonly probe: {
    readonly request: { readonly device: DeviceName };
    readonly response: { readonly milliseconds: number };
  };
  readonly probeHalf: {
    readonly request: { readonly device: DeviceName; readonly single: number };
    readonly response: HalfPrecision;
  };
};

/** The program that tries one device. */
const probeProgram = new URL('./probe-main.ts', import.meta.url);
/** A device that has not answered by then hangs. */
const patience = 60_000;

const names: { readonly [D in DeviceName]: string } = {
  cpu: `processor, ${availableParallelism()} threads (${cpus()[0]?.model.trim() ?? process.arch})`,
  webgpu: 'graphics processor by WebGPU (Vulkan, Direct3D 12 or Metal)',
  cuda: 'NVIDIA graphics processor by CUDA 12',
  dml: 'graphics processor by DirectML (Windows)',
  coreml: 'Apple processor by Core ML (macOS)',
  tfjs: 'TensorFlow.js: tfjs-node-gpu or tfjs-node where one was added, else plain JavaScript, slow',
};

/** Tries every device, one after the other. Never throws: what fails is reported with its reason. */
export async function devices(launch: Launcher = launchProgram): Promise<readonly DeviceReport[]> {
  const reports: DeviceReport[] = [];
  for (const device of deviceNames) reports.push(await report(device, launch));
  return reports;
}

/**
 * The device of a name, after trying it; `auto` is the fastest of all that work. Throws Problem `device` when it does
 * not work here. The processor is not tried: it is always there.
 */
export async function selectDevice(choice: DeviceName | 'auto', launch: Launcher = launchProgram): Promise<Device> {
  if (choice === 'cpu') return cpu;
  if (choice !== 'auto') {
    const found = await report(choice, launch);
    if (found.reason !== null) throw new Problem('device', { device: choice, reason: found.reason });
    return deviceOf(found);
  }
  const reports = await devices(launch);
  const name = fastest(reports);
  return deviceOf(reports.find(({ device }) => device === name)!);
}

function deviceOf({ device, half }: DeviceReport): Device {
  return { ...cpu, name: device, ...(half?.used === true ? { half: true } : {}) };
}

/** The usable device with the shortest time. */
export function fastest(reports: readonly DeviceReport[]): DeviceName {
  const ranked = reports
    .filter(({ milliseconds }) => milliseconds !== null)
    .sort((a, b) => a.milliseconds! - b.milliseconds!);
  return ranked[0]?.device ?? 'cpu';
}

async function report(device: DeviceName, launch: Launcher): Promise<DeviceReport> {
  const row = { device, name: names[device] };
  const channel = openChannel<Record<never, never>, ProbeMethods>(await launch(probeProgram), 'probe', {});
  const patiently = async <T>(answer: Promise<T>): Promise<T | string> => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      channel.close();
    }, patience);
    return answer.catch((error) => (late ? 'it does not answer' : inShort(error))).finally(() => clearTimeout(timer));
  };
  try {
    const found = await patiently(channel.call('probe', { device }));
    if (typeof found === 'string') return { ...row, usable: false, reason: found, milliseconds: null, half: null };
    const { milliseconds } = found;
    // A driver that dies of 16-bit arithmetic has proven itself in 32 bits.
    const half = await patiently(channel.call('probeHalf', { device, single: milliseconds }));
    const refused = typeof half === 'string' ? { used: false, reason: half, milliseconds: null } : half;
    return { ...row, usable: true, reason: null, milliseconds, half: refused };
  } finally {
    channel.close();
  }
}

/** The reason alone: the device is named beside it. */
function inShort(error: unknown): string {
  if (isProblem(error, 'device')) return error.values.reason;
  return isProblem(error, 'process') ? `its driver ended the process: ${error.values.reason}` : inWords(error);
}
