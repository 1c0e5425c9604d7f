// Outputs are named apart: two inputs never share a name, and a second run finds the same names.
import { describe, expect, it } from 'vitest';
import type { ArchiveEntry } from '../../src-main/archive/entry.ts';
import { OutputNames } from '../../src-main/archive/preparation/output-names.ts';

const entry = (path: string): ArchiveEntry => ({ path, file: path, inside: [], size: 1, modified: 0 });

describe('names of outputs', () => {
  it('are those of the inputs; the second of one stem keeps its ending', () => {
    const entries = ['a/scan.nii.gz', 'scan.png', 'scan.tif', 'other.jpeg'].map(entry);
    for (const _ of ['first run', 'second run']) {
      const names = new OutputNames();
      expect(entries.map((each) => names.of(each, '.png'))).toEqual([
        'a/scan.png',
        'scan.png',
        'scan.tif.png',
        'other.png',
      ]);
    }
  });

  it('are apart where a slice of one input is called like another, and refused where nothing is left', () => {
    const [volume, single] = [entry('a.nii'), entry('a_1.nii')];
    const names = new OutputNames();
    expect(names.of(volume, '_1.png')).toBe('a_1.png');
    expect(names.of(single, '.png')).toBe('a_1.nii.png');
    const odd = entry('a_1');
    expect(() => names.of(odd, '.png')).toThrow(expect.objectContaining({ kind: 'content' }));
  });
});
