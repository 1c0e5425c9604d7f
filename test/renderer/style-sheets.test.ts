// The window's style sheets: no global class outside the reset's, modules whose names are all there and all used, colours from the tokens.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../src-renderer');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((file) => file.replaceAll('\\', '/'));
const textOf = (file: string) => readFileSync(join(root, file), 'utf8');
const withoutComments = (css: string) => css.replaceAll(/\/\*[\s\S]*?\*\//g, '');
/** The class names in the selectors of a sheet, without those in strings and numbers such as `0.5`. */
const classesIn = (css: string): ReadonlySet<string> =>
  new Set(
    [...withoutComments(css).matchAll(/([^{};]+)\{/g)].flatMap(([, selector]) =>
      [...selector!.replaceAll(/"[^"]*"/g, '').matchAll(/\.(-?[A-Za-z_][\w-]*)/g)].map(([, name]) => name!),
    ),
  );

const sheets = files.filter((file) => file.endsWith('.css'));
const modules = sheets.filter((file) => file.endsWith('.module.css'));
const sources = files.filter((file) => /\.tsx?$/.test(file));

describe('style sheets of the window', () => {
  it('are modules beside their components, but for tokens, reset and what is not ours', () => {
    expect(sheets.filter((file) => !modules.includes(file)).toSorted()).toEqual([
      'styles/reset.css',
      'styles/third-party.css',
      'styles/tokens.css',
    ]);
    expect(modules.length).toBeGreaterThan(20);
  });

  it('have no global class of ours', () => {
    expect([...classesIn(textOf('styles/tokens.css')), ...classesIn(textOf('styles/reset.css'))]).toEqual([]);
    const foreign = [...classesIn(textOf('styles/third-party.css'))];
    expect(foreign.filter((name) => !/^(bp6|u)-/.test(name))).toEqual([]);
    for (const file of modules) {
      expect(textOf(file), file).not.toMatch(/:global|bp6-/);
      expect(
        [...classesIn(textOf(file))].filter((name) => !/^[a-z][A-Za-z]*$/.test(name)),
        file,
      ).toEqual([]);
    }
    const literal = /className=(["'`]|\{\s*["'`])|\bclassName: ["'`]/;
    expect(sources.filter((file) => literal.test(textOf(file)))).toEqual([]);
  });

  it('take every colour from the tokens', () => {
    for (const file of [...modules, 'styles/reset.css', 'styles/third-party.css'])
      expect(withoutComments(textOf(file)), file).not.toMatch(/:[^;{}]*(#[\da-f]{3,8}\b|\b(rgb|hsl)a?\()/i);
  });

  it('define every name that a component uses, and none that nobody uses', () => {
    const used = new Map<string, Set<string>>(modules.map((file) => [file, new Set()]));
    for (const file of sources) {
      const source = textOf(file);
      const body = source.replaceAll(/^import .*$/gm, '');
      for (const [, local, path] of source.matchAll(/^import (\w+) from '(\.[^']*\.module\.css)';$/gm)) {
        const module = relative(root, join(root, dirname(file), path!)).replaceAll('\\', '/');
        const defined = classesIn(textOf(module));
        for (const [, name] of body.matchAll(new RegExp(`\\b${local}\\.(\\w+)`, 'g'))) {
          expect([...defined], `${name}, used in ${file}`).toContain(name);
          used.get(module)!.add(name!);
        }
        // Looked up by a value, such as a verdict: any name of the module may be meant.
        if (new RegExp(`\\b${local}\\[`).test(body)) for (const name of defined) used.get(module)!.add(name);
      }
    }
    for (const [file, names] of used)
      expect(
        [...classesIn(textOf(file))].filter((name) => !names.has(name)),
        `unused in ${file}`,
      ).toEqual([]);
  });
});
