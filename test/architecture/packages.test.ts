// The lock file can be installed from an empty cache: every package in it has a version and, unless bundled, a hash.
import { expect, test } from 'vitest';
import lock from '../../package-lock.json' with { type: 'json' };

interface Entry {
  readonly version?: string;
  readonly integrity?: string;
  readonly inBundle?: boolean;
}

const packages = Object.entries<Entry>(lock.packages).filter(([folder]) => folder !== '');

test('every package of the lock file has a version and a hash', () => {
  const without = packages.filter(([, { version, integrity, inBundle }]) => !version || !(integrity || inBundle));
  expect(without.map(([folder]) => folder)).toEqual([]);
});

test('the programs of other platforms are in the lock file', () => {
  const folders = packages.map(([folder]) => folder);
  for (const platform of ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64']) {
    expect(folders).toContain(`node_modules/@img/sharp-${platform}`);
  }
});
