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
}

/** What the parent may ask of `probe-main.ts`. */
export type ProbeMethods = {
  readonly probe: {
    readonly request: { readonly device: DeviceName };
    readonly response: { readonly milliseconds: number };
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
    const { reason } = await report(choice, launch);
    if (reason !== null) throw new Problem('device', { device: choice, reason });
    return { ...cpu, name: choice };
  }
  return { ...cpu, name: fastest(await devices(launch)) };
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
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    channel.close();
  }, patience);
  try {
    const { milliseconds } = await channel.call('probe', { device });
    return { ...row, usable: true, reason: null, milliseconds };
  } catch (error) {
    return { ...row, usable: false, reason: late ? 'it does not answer' : inShort(error), milliseconds: null };
  } finally {
    clearTimeout(timer);
    channel.close();
  }
}

/** The reason alone: the device is named beside it. */
function inShort(error: unknown): string {
  if (isProblem(error, 'device')) return error.values.reason;
  return isProblem(error, 'process') ? `its driver ended the process: ${error.values.reason}` : inWords(error);
}
