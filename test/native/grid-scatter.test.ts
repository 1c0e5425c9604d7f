// The adjoint of bilinear sampling adds in one thread: additions of several into one pixel must not be lost.
import { expect, it } from 'vitest';
import { gridScatter, input } from '../../native/graph/build.ts';
import { evaluate } from '../../native/runtime/program.ts';

it('loses no addition when many places share a pixel, on several threads', async () => {
  const [n, side] = [4, 160];
  const places = new Float32Array(n * side * side * 2);
  const y = new Float32Array(n * side * side).fill(1);
  const sums = gridScatter(input('y', [n, 1, side, side]), input('places', [n, side, side, 2]), 3, 3);
  const found = await evaluate({ name: 'cpu', threads: 4 }, { sums }, { y, places });
  // Every place is the centre of the middle pixel.
  const middle = Array.from({ length: 9 }, (_, i) => (i === 4 ? side * side : 0));
  expect([...found.sums!]).toEqual(Array.from({ length: n }, () => middle).flat());
});
