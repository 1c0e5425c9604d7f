// The report on the machine's devices, the choice of one, and that a driver which dies or lies is refused.
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type DeviceReport, devices, fastest, selectDevice } from '../../native/runtime/devices.ts';
import { wrongResult } from '../../native/runtime/probe.ts';
import { evaluate } from '../../native/runtime/program.ts';
import { cpu, deviceNames } from '../../native/runtime/session.ts';
import { launchNode } from '../../src-main/platform/process.ts';

const dying = () => launchNode(new URL('./aborting-program.ts', import.meta.url));

const report = (device: DeviceReport['device'], milliseconds: number | null): DeviceReport => ({
  device,
  name: device,
  usable: milliseconds !== null,
  reason: milliseconds === null ? 'not here' : null,
  milliseconds,
  half: null,
});

describe('devices', () => {
  it('reports every device: the processor works, each other works or says why not', async () => {
    const reports = await devices();
    expect(reports.map(({ device }) => device)).toEqual(deviceNames);
    expect(reports[0]).toMatchObject({ device: 'cpu', usable: true, reason: null });
    for (const { usable, reason, milliseconds, name } of reports) {
      expect(reason === null).toBe(usable);
      expect(milliseconds !== null).toBe(usable);
      expect(name).not.toBe('');
    }
  });

  it.runIf(process.platform === 'linux')('names why a provider cannot be here', async () => {
    const problem = (reason: string) => ({ kind: 'device', values: { reason: expect.stringContaining(reason) } });
    await expect(selectDevice('dml')).rejects.toMatchObject(problem('does not have it'));
    await expect(selectDevice('cuda')).rejects.toMatchObject(problem('ONNXRUNTIME_NODE_INSTALL=cuda12'));
  });

  it('survives a driver that ends the process', async () => {
    const reason = expect.stringContaining('its driver ended the process: killed by SIGABRT');
    await expect(selectDevice('webgpu', dying)).rejects.toMatchObject({ kind: 'device', values: { reason } });
    expect((await devices(dying)).every(({ usable }) => !usable)).toBe(true);
  });

  it('chooses the fastest that works', () => {
    expect(fastest([report('cpu', 20), report('webgpu', 3), report('cuda', null)])).toBe('webgpu');
    expect(fastest([report('cpu', 20), report('webgpu', 900)])).toBe('cpu');
    expect(fastest([report('webgpu', null)])).toBe('cpu');
  });

  it('leave nothing in the cache folder of the user: ONNX Runtime reports to nobody', async () => {
    const home = await mkdtemp(join(tmpdir(), 'residua-home-'));
    try {
      const program = fileURLToPath(new URL('./small-computation.ts', import.meta.url));
      const env = { ...process.env, HOME: home, XDG_CACHE_HOME: join(home, 'cache'), CI: undefined };
      expect(execFileSync(process.execPath, [program], { encoding: 'utf8', env })).toBe('3');
      expect(await readdir(home)).toEqual([]);
    } finally {
      await rm(home, { recursive: true });
    }
  });

  it('takes the processor without trying it', async () => {
    expect(await selectDevice('cpu', dying)).toEqual(cpu);
  });

  it('refuses a device whose convolutions are wrong, by name of the wrong one', async () => {
    const lying: typeof evaluate = async (device, outputs, feeds) => {
      const found = await evaluate(cpu, outputs, feeds);
      if (device.name !== 'cpu') found['transposed 4']![3]! += 0.1;
      return found;
    };
    expect(await wrongResult({ name: 'webgpu', threads: 0 }, lying)).toContain('transposed 4');
    expect(
      await wrongResult({ name: 'webgpu', threads: 0 }, async (_, ...rest) => evaluate(cpu, ...rest)),
    ).toBeUndefined();
  });
});
