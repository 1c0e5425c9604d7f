// Draws words into pixels with letters of 3 x 5 dots, as a device burns a name into its images.

/** Rows of three dots from the top, five octal digits each. */
const letters: Readonly<Record<string, string>> = {
  ...{ A: '25755', B: '65656', C: '34443', D: '65556', E: '74647', F: '74644', G: '34553', H: '55755', I: '72227' },
  ...{ J: '11152', K: '55655', L: '44447', M: '57755', N: '65555', O: '25552', P: '65644', Q: '25563', R: '65655' },
  ...{ S: '34216', T: '72222', U: '55557', V: '55552', W: '55775', X: '55255', Y: '55222', Z: '71247' },
  ...{ 0: '75557', 1: '26227', 2: '71747', 3: '71717', 4: '55711', 5: '74717', 6: '74757', 7: '71222', 8: '75757' },
  ...{ 9: '75717', '-': '00700' },
};

/** A rectangle of pixels; `bottom` and `right` are outside. */
export interface Box {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
  /** Of the image, whose samples are bytes. */
  readonly columns: number;
}

/** Writes `word` in `white` into pixels of one channel [rows, columns], in place, as far as it fits; where it stands. */
export function burn(pixels: Uint8Array | Uint16Array, columns: number, word: string, white: number): Box {
  const [top, left] = [2, 2];
  const room = Math.floor((columns - left - 1) / 4);
  const shown = [...word.toUpperCase()].filter((letter) => Object.hasOwn(letters, letter)).slice(0, room);
  for (const [index, letter] of shown.entries()) {
    for (const [row, digit] of [...letters[letter]!].entries()) {
      for (let dot = 0; dot < 3; dot++) {
        if (((Number(digit) >> (2 - dot)) & 1) === 1) pixels[(top + row) * columns + left + index * 4 + dot] = white;
      }
    }
  }
  return { top, left, bottom: top + 5, right: left + shown.length * 4, columns };
}
