// The layer rules of docs/design.md, enforced: imports go down only, each dangerous package has one owner.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const roots = ['src-main', 'src-renderer', 'src-preload', 'native'];

/** What each folder may import from the project, besides itself. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'src-main/platform': [],
  'native/graph': [],
  'native/onnx': ['native/graph'],
  'native/tfjs': ['native/graph', 'src-main/platform'],
  'native/runtime': ['native/graph', 'native/onnx', 'native/tfjs', 'src-main/platform'],
  'native/networks': ['native/graph', 'native/onnx', 'native/runtime', 'src-main/platform'],
  'native/weights': ['src-main/platform'],
  'src-main/archive': ['src-main/platform'],
  'src-main/catalog': ['src-main/platform'],
  'src-main/statistics': ['src-main/platform'],
  'src-main/phantom': ['src-main/platform'],
};
const middle = ['src-main/platform', 'src-main/archive', 'src-main/catalog', 'src-main/statistics'];
const compute = ['native/graph', 'native/runtime', 'native/networks', 'native/weights'];
const upper: Readonly<Record<string, readonly string[]>> = {
  'src-main/training': [...middle, ...compute],
  'src-main/projection': [...middle, ...compute, 'src-main/networks'],
  'src-main/networks': [...middle, ...compute],
  'src-main/scoring': [...middle, ...compute, 'src-main/networks', 'src-preload'],
  'src-main/curation': [...middle, 'src-preload'],
  'src-main/pacs': ['src-main/platform', 'src-main/archive', 'src-preload'],
};
const domain = [
  'src-main/networks',
  'src-main/training',
  'src-main/projection',
  'src-main/scoring',
  'src-main/curation',
];
const ground = [...middle, 'src-main/phantom', 'src-preload'];
const work = [...ground, ...domain, 'src-main/decoder', 'src-main/engine', 'src-main/operations'];
const faces = [...ground, ...domain, 'src-main/engine', 'src-main/decoder', 'src-main/operations'];
const service: Readonly<Record<string, readonly string[]>> = {
  'src-main/decoder': [...middle, 'src-preload'],
  'src-main/engine': [...ground, ...domain, ...compute],
  // What is computed for images, wherever these come from and their results go: no catalog, no folder.
  'src-main/operations': [...ground, ...domain, 'src-main/decoder', 'src-main/engine'],
  'src-main/holdings': work,
  'src-main/evaluation': [...work, 'src-main/holdings'],
  'src-main/folder-tools': [...work, 'src-main/cluster'],
  // The engine on other machines: an order, listings and shards instead of a catalog.
  'src-main/cluster': [...work, 'src-main/holdings'],
  'src-main/jobs': [...work, 'src-main/pacs', 'src-main/holdings', 'src-main/evaluation', 'src-main/cluster'],
  'src-main/workbench': [...work, 'src-main/pacs', 'src-main/holdings', 'src-main/evaluation', 'src-main/jobs'],
  'src-main/cli': [
    ...faces,
    'src-main/cluster',
    'src-main/folder-tools',
    'src-main/evaluation',
    'src-main/workbench',
    'src-main/serve',
  ],
  'src-main/serve': [...middle, ...domain, 'src-main/workbench', 'src-preload'],
  'src-main/shell': [
    'electron.vite.config.ts',
    'src-main/platform',
    'src-main/workbench',
    'src-main/serve',
    'src-preload',
  ],
  'src-main/packaging': ['src-main/platform', 'src-main/curation', 'src-main/cli'],
  'src-preload': [],
  'src-renderer': ['src-preload'],
};
const rules = { ...allowed, ...upper, ...service };

/** Packages that only their owner imports. */
const owners: Readonly<Record<string, readonly string[]>> = {
  'better-sqlite3': ['src-main/catalog'],
  'onnxruntime-node': ['native/runtime'],
  '@tensorflow/tfjs-core': ['native/tfjs'],
  '@tensorflow/tfjs-backend-cpu': ['native/tfjs'],
  electron: ['src-main/shell', 'src-preload'],
  sharp: ['src-main/archive'],
  papaparse: ['src-main/platform'],
  hyparquet: ['src-main/platform'],
  'hyparquet-writer': ['src-main/platform'],
  'age-encryption': ['src-main/curation'],
  'dicom-parser': ['src-main/archive'],
  'nifti-reader-js': ['src-main/archive'],
  react: ['src-renderer'],
  'react-dom/client': ['src-renderer'],
  '@blueprintjs/core': ['src-renderer'],
  '@tanstack/react-query': ['src-renderer'],
  '@tanstack/react-virtual': ['src-renderer'],
  uplot: ['src-renderer'],
  'h264-mp4-encoder': ['src-main/projection'],
};

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sources(path);
    return /\.(ts|tsx|mjs)$/.test(name) ? [path] : [];
  });
}

function folderOf(path: string): string {
  const parts = relative(root, path).split('/');
  return parts[0] === 'src-renderer' || parts[0] === 'src-preload' ? parts[0] : parts.slice(0, 2).join('/');
}

const imports = roots.flatMap((folder) =>
  sources(join(root, folder)).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => ({
      file,
      target: match[1]!,
    })),
  ),
);

describe('layer rules', () => {
  it('sees the sources', () => {
    expect(imports.length).toBeGreaterThan(3);
  });

  it('imports go down only', () => {
    const broken = imports
      .filter(({ target }) => target.startsWith('.') && !target.endsWith('/package.json'))
      .map(({ file, target }) => ({ from: folderOf(file), to: folderOf(resolve(dirname(file), target)), file }))
      .filter(({ from, to }) => from !== to && !(rules[from] ?? []).includes(to))
      .map(({ file, to }) => `${relative(root, file)} imports ${to}`);
    expect(broken).toEqual([]);
  });

  it('each guarded package has one owner', () => {
    const broken = imports
      .filter(({ file, target }) => owners[target] !== undefined && !owners[target].includes(folderOf(file)))
      .map(({ file, target }) => `${relative(root, file)} imports ${target}`);
    expect(broken).toEqual([]);
  });

  it('folders are made with those above them by one file, which cannot spin', () => {
    const makers = roots
      .flatMap((folder) => sources(join(root, folder)))
      .filter((file) => /mkdir(Sync)?\([^;]*recursive/.test(readFileSync(file, 'utf8')));
    expect(makers.map((file) => relative(root, file))).toEqual([]);
  });

  it('the catalog has one door: the workbench opens it, and who checks a copy of it', () => {
    const openers = roots
      .flatMap((folder) => sources(join(root, folder)))
      .filter((file) => /\bopenCatalog\(/.test(readFileSync(file, 'utf8')))
      .map((file) => relative(root, file));
    expect(openers.filter((file) => !file.startsWith('src-main/catalog/')).sort()).toEqual([
      'src-main/cli/qualify/crash-recovery.ts',
      'src-main/curation/backup/backup-catalog.ts',
      'src-main/workbench/service.ts',
    ]);
  });

  it('ONNX Runtime is loaded by one file, which silences it first', () => {
    const door = imports.filter(({ target }) => target === 'onnxruntime-node').map(({ file }) => relative(root, file));
    expect(door).toEqual(['native/runtime/onnxruntime.ts']);
  });
});
