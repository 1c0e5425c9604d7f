// Every command: its name, one line about it, and the file it is loaded from when it is called.
import type { AnyCommand } from './command.ts';

export interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<AnyCommand>;
}

export const commands: Readonly<Record<string, CommandEntry>> = {
  import: {
    summary: 'take the images of folders, zips and files into a catalog',
    load: async () => (await import('./commands/import.ts')).importCommand,
  },
  run: {
    summary: 'the main job: import, project, score, rank',
    load: async () => (await import('./commands/run.ts')).run,
  },
  rank: {
    summary: 'print or write the images of a catalog sorted by any score',
    load: async () => (await import('./commands/rank.ts')).rank,
  },
  export: {
    summary: 'copy chosen images into a new folder, with hashes and scores',
    load: async () => (await import('./commands/export.ts')).exportCommand,
  },
  project: {
    summary: 'reconstruct the images of a folder with a network, by backpropagation',
    load: async () => (await import('./commands/project.ts')).project,
  },
  'eval-recon': {
    summary: 'score reconstructions in a folder against their originals',
    load: async () => (await import('./commands/eval-recon.ts')).evalRecon,
  },
  serve: {
    summary: 'the window in a browser, on 127.0.0.1 behind a random address',
    load: async () => (await import('./commands/serve.ts')).serveCommand,
  },
  demo: {
    summary: 'the main job on phantoms: an archive that nobody owns',
    load: async () => (await import('./commands/demo.ts')).demo,
  },
  devices: {
    summary: 'list the devices that can compute here',
    load: async () => (await import('./commands/devices.ts')).devices,
  },
};
