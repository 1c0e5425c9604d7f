// Names that are no UTF-8: each has one text, which finds it again, and a form for people.
import { describe, expect, it } from 'vitest';
import { diskPath, shownName, textOfName } from '../../src-main/platform/disk-path.ts';

describe('names on the disk', () => {
  it.each(['plain.png', 'röntgen.png', '山田.png', 'o\u0308.png'])('%s is its own text and path', (name) => {
    expect(textOfName(Buffer.from(name))).toBe(name);
    expect(diskPath(name)).toBe(name);
    expect(shownName(name, new Set([name]))).toBe(name);
  });

  it.each([
    [Buffer.from('r\xf6ntgen.png', 'latin1'), 'röntgen.png', 'r%F6ntgen.png'],
    [Buffer.from([0x80, 0xff, 0x2e]), '\x80\xff.', '%80%FF.'],
    // A character of the private range, as UTF-8: it is kept apart from what stands for bytes.
    [Buffer.from('\uef80'), '\xee\xbe\x80', '%EE%BE%80'],
  ])('%o comes back byte for byte', (bytes, shown, beside) => {
    const text = textOfName(bytes);
    expect(diskPath(`/a/${text}/b`)).toEqual(Buffer.concat([Buffer.from('/a/'), bytes, Buffer.from('/b')]));
    expect(shownName(text, new Set())).toBe(shown);
    expect(shownName(text, new Set([shown]))).toBe(beside);
  });
});
