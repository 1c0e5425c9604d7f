// How Residua is built: the page for every face, and the programs of the packaged desktop as CommonJS.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';

const root = import.meta.dirname;

/** Files that programs find by their place beside the sources lie at the same place beside the built ones. */
function withResources(files: readonly string[]): Plugin {
  return {
    name: 'residua:resources',
    generateBundle() {
      for (const fileName of files) {
        this.emitFile({ type: 'asset', fileName, source: readFileSync(resolve(root, fileName)) });
      }
    },
  };
}

/**
 * Icons of the window are components, so Blueprint's table of all 600 names, and the 600 kB of shapes behind it, stay out. An
 * icon by name is a mistake that the first test to draw it meets.
 */
const noIconsByName: Plugin = {
  name: 'residua:no-icons-by-name',
  enforce: 'pre',
  load(id) {
    if (!id.replaceAll('\\', '/').endsWith('@blueprintjs/icons/lib/esm/iconLoader.js')) return null;
    return `export const Icons = {
      getPaths: (icon) => { throw new Error('the icon ' + icon + ' is to be a component'); },
    };`;
  },
};

export default defineConfig({
  main: {
    root,
    plugins: [
      withResources([
        'resources/demo/phantom-64.safetensors',
        'resources/demo/localiser-64.safetensors',
        'resources/features/mobilenet-v2.safetensors',
        'resources/text/characters.txt',
        'resources/text/detector.onnx',
        'resources/text/recogniser.onnx',
        'resources/qualification/expected.json',
      ]),
    ],
    build: {
      target: 'node22',
      outDir: resolve(root, 'out/main'),
      emptyOutDir: true,
      externalizeDeps: {
        // What is no dependency is there only when an installer has added it.
        include: ['core', 'backend-cpu'].map((name) => `@tensorflow/tfjs-${name}`),
        // Cannot be required.
        exclude: ['nifti-reader-js'],
      },
      rolldownOptions: {
        // Electron's main process, the command line, and the programs that both start.
        input: [
          'src-main/shell/main.ts',
          'src-main/cli/main.ts',
          'src-main/workbench/main.ts',
          'src-main/engine/main.ts',
          'src-main/decoder/main.ts',
          'native/runtime/probe-main.ts',
        ].map((file) => resolve(root, file)),
        output: {
          format: 'cjs',
          // One file for each source, in the same folders: programs are found by their place (platform/process.ts).
          preserveModules: true,
          preserveModulesRoot: root,
          entryFileNames: '[name].cjs',
        },
      },
    },
  },
  preload: {
    root,
    build: {
      target: 'node22',
      outDir: resolve(root, 'out/preload'),
      emptyOutDir: true,
      // A preload script in the sandbox can load nothing: everything is in its one file.
      externalizeDeps: false,
      rolldownOptions: {
        input: resolve(root, 'src-preload/preload.ts'),
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: resolve(root, 'src-renderer'),
    // Addresses are relative: in a browser the page lies behind a random token.
    base: './',
    plugins: [react(), noIconsByName],
    build: {
      target: 'es2023',
      outDir: resolve(root, 'out/renderer'),
      emptyOutDir: true,
      minify: true,
      // Nothing inline and nothing evaluated: the content security policy forbids both.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 2000,
      rolldownOptions: { input: resolve(root, 'src-renderer/index.html') },
    },
  },
});
