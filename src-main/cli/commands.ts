// Every command: its name, one line about it, and the file it is loaded from when it is called.
import type { AnyCommand } from './command.ts';

export interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<AnyCommand>;
}

export const commands: Readonly<Record<string, CommandEntry>> = {
  project: {
    summary: 'reconstruct the images of a folder with a network, by backpropagation',
    load: async () => (await import('./commands/project.ts')).project,
  },
  'eval-recon': {
    summary: 'score reconstructions in a folder against their originals',
    load: async () => (await import('./commands/eval-recon.ts')).evalRecon,
  },
  devices: {
    summary: 'list the devices that can compute here',
    load: async () => (await import('./commands/devices.ts')).devices,
  },
};
