// Words for people steer no terminal and forge no line, whatever a file is called.
import { describe, expect, it } from 'vitest';
import { Problem } from '../../src-main/platform/errors.ts';
import { inWords, oneLine } from '../../src-main/platform/words.ts';

describe('words', () => {
  it.each([
    ['\u001b]0;owned\u0007\u001b[2J.png', '\\u{1b}]0;owned\\u{7}\\u{1b}[2J.png'],
    ['a\r\nresidua: all is well', 'a\\u{d}\\u{a}residua: all is well'],
    ['\u009b31m', '\\u{9b}31m'],
    ['\u202egnp.exe', '\\u{202e}gnp.exe'],
    ['Ärztin – 日本語.png', 'Ärztin – 日本語.png'],
  ])('%j', (name, safe) => {
    expect(oneLine(name)).toBe(safe);
    expect(inWords(new Problem('file', { file: name, reason: 'is a folder' }))).toBe(`${safe}: is a folder`);
    expect(inWords(new Error(name))).toBe(safe);
  });
});
