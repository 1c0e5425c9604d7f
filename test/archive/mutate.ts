// Broken copies of a file for the tests: cut short, bytes flipped, fields blown up; the same ones every time.

export interface Mutation {
  readonly bytes: Uint8Array;
  /** True when the copy is the beginning of the file only. */
  readonly cut: boolean;
}

/** `count` broken copies: every third is cut at an even spread of places, the others have 1 to 8 bytes replaced. */
export function* mutations(file: Uint8Array, count: number): Generator<Mutation> {
  let state = 12345;
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let index = 0; index < count; index++) {
    if (index % 3 === 0) {
      yield { bytes: file.slice(0, Math.floor((file.length * (index + 1)) / (count + 2))), cut: true };
      continue;
    }
    const bytes = file.slice();
    // Headers come first in all formats: half of the mutations hit the first 512 bytes.
    const reach = index % 2 === 0 ? Math.min(512, file.length) : file.length;
    for (let hit = 0; hit <= index % 8; hit++) bytes[random(reach)] = index % 5 === 0 ? 0xff : random(256);
    yield { bytes, cut: false };
  }
}
