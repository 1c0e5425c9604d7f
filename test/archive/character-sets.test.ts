// DICOM text in every repertoire: the examples of PS3.5 annexes H to K, and one word per single-byte set.
import { describe, expect, it } from 'vitest';
import { characterSetsOf, decodeText } from '../../src-main/archive/dicom/character-sets.ts';

const decode = (specific: string | undefined, bytes: string) =>
  decodeText(
    Uint8Array.from(bytes, (letter) => letter.charCodeAt(0)),
    characterSetsOf(specific),
  );

describe('single-byte sets', () => {
  it.each([
    [undefined, 'Smith^John', 'Smith^John'],
    ['ISO_IR 100', 'Buc^J\xe9r\xf4me', 'Buc^Jérôme'],
    ['ISO_IR 100', '\xc4neas^R\xfcdiger', 'Äneas^Rüdiger'],
    ['ISO_IR 101', 'W\xb3adys\xb3aw', 'Władysław'],
    ['ISO_IR 144', '\xbb\xee\xda', 'Люк'],
    ['ISO_IR 126', '\xc4\xe9\xef\xed', 'Διον'],
    ['ISO_IR 127', '\xe2\xc8\xc7', 'قبا'],
    ['ISO_IR 138', '\xf9\xf8\xe5\xef', 'שרון'],
    ['ISO_IR 148', '\xc7avu\xfeo\xf0lu', 'Çavuşoğlu'],
    ['ISO_IR 166', '\xb9\xd2\xc1', 'นาม'],
    ['ISO_IR 13', '\xd4\xcf\xc0\xde', 'ﾔﾏﾀﾞ'],
  ])('%s', (specific, bytes, text) => {
    expect(decode(specific, bytes)).toBe(text);
  });
});

describe('multi-byte sets', () => {
  it.each([
    ['ISO_IR 192', 'Wang^XiaoDong=\xe7\x8e\x8b^\xe5\xb0\x8f\xe6\x9d\xb1', 'Wang^XiaoDong=王^小東'],
    ['GB18030', 'Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab', 'Wang^XiaoDong=王^小东'],
    [
      '\\ISO 2022 IR 87',
      'Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B',
      'Yamada^Tarou=山田^太郎=やまだ^たろう',
    ],
    [
      'ISO 2022 IR 13\\ISO 2022 IR 87',
      '\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J',
      'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎',
    ],
    [
      '\\ISO 2022 IR 149',
      'Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf',
      'Hong^Gildong=洪^吉洞=홍^길동',
    ],
    ['\\ISO 2022 IR 58', 'Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab', 'Zhang^XiaoDong=张^小东'],
    ['\\ISO 2022 IR 100\\ISO 2022 IR 144', 'Ren\xe9\x1b-L\xbb\xee\xda^\x1b-A\xe9', 'Ren\xe9Люк^é'],
  ])('%s', (specific, bytes, text) => {
    expect(decode(specific, bytes)).toBe(text);
  });
});
