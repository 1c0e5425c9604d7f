// Films of a projection: what is in the MP4 file, read box by box.
import { describe, expect, it } from 'vitest';
import { isProblem, type ProblemKind } from '../../src-main/platform/errors.ts';
import { quiet } from '../../src-main/platform/job.ts';
import { encodeVideo } from '../../src-main/projection/video.ts';

/** Frames with a bright bar that moves. */
async function* bars(count: number, width: number, height: number): AsyncGenerator<Uint8Array> {
  for (let frame = 0; frame < count; frame++) {
    const rgb = new Uint8Array(width * height * 3).fill(40);
    for (let row = 0; row < height; row++) rgb.fill(220, (row * width + frame) * 3, (row * width + frame + 4) * 3);
    yield rgb;
  }
}

/** The content of the box at `path`, each name of four letters (ISO/IEC 14496-12); the first of each name. */
function box(file: Uint8Array, path: string): DataView {
  const bytes = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let [start, end] = [0, bytes.byteLength];
  for (const name of path.split('/')) {
    for (;;) {
      if (start >= end) throw new Error(`no box ${path}`);
      const size = bytes.getUint32(start);
      const found = String.fromCharCode(...[4, 5, 6, 7].map((at) => bytes.getUint8(start + at)));
      if (found === name) {
        [start, end] = [start + 8, start + size];
        break;
      }
      start += size;
    }
    if (name === 'stsd') start += 8;
  }
  return new DataView(bytes.buffer, bytes.byteOffset + start, end - start);
}

const sampleTable = 'moov/trak/mdia/minf/stbl';

async function failureOf(promise: Promise<unknown>, kind: ProblemKind): Promise<boolean> {
  return promise.then(
    () => false,
    (error: unknown) => isProblem(error, kind),
  );
}

describe('encodeVideo', () => {
  it('writes every frame, the size and the duration', async () => {
    const file = await encodeVideo({ width: 64, height: 48, framesPerSecond: 25 }, bars(50, 64, 48));
    const header = box(file, 'moov/mvhd');
    expect(header.getUint32(16) / header.getUint32(12)).toBeCloseTo(2, 3);
    expect(box(file, `${sampleTable}/stsz`).getUint32(8)).toBe(50);
    const format = box(file, `${sampleTable}/stsd/avc1`);
    expect([format.getUint16(24), format.getUint16(26)]).toEqual([64, 48]);
    // No table of key frames: each frame is one (ISO/IEC 14496-12, 8.6.2).
    expect(() => box(file, `${sampleTable}/stss`)).toThrow('no box');
  });

  it('pads odd sizes and takes a single frame of one pixel', async () => {
    for (const [width, height] of [
      [63, 47],
      [1, 1],
      [2, 33],
    ] as const) {
      const frame = new Uint8Array(width * height * 3).fill(90);
      const file = await encodeVideo({ width, height, framesPerSecond: 10 }, bytesOnce(frame));
      const format = box(file, `${sampleTable}/stsd/avc1`);
      expect([format.getUint16(24), format.getUint16(26)]).toEqual([width + (width % 2), height + (height % 2)]);
      expect(box(file, `${sampleTable}/stsz`).getUint32(8)).toBe(1);
    }
  });

  it('gives the same bytes for the same frames, also from two encoders at once', async () => {
    const format = { width: 32, height: 32, framesPerSecond: 30 };
    const [first, second] = await Promise.all([
      encodeVideo(format, bars(8, 32, 32)),
      encodeVideo(format, bars(8, 32, 32)),
    ]);
    expect(withoutTimes(first)).toEqual(withoutTimes(second));
  });

  it('leaves the last-resort handlers of the process as they were', async () => {
    const handlers = () => [process.listeners('uncaughtException'), process.listeners('unhandledRejection')];
    const before = handlers();
    await encodeVideo({ width: 16, height: 16, framesPerSecond: 30 }, bars(1, 16, 16));
    expect(handlers()).toEqual(before);
  });

  it('refuses what is no video', async () => {
    const format = { width: 16, height: 16, framesPerSecond: 30 };
    expect(await failureOf(encodeVideo(format, bars(2, 16, 8)), 'mismatch')).toBe(true);
    expect(await failureOf(encodeVideo(format, bars(0, 16, 16)), 'usage')).toBe(true);
    for (const wrong of [
      { width: 0 },
      { height: 5000 },
      { width: 1.5 },
      { framesPerSecond: 0 },
      { framesPerSecond: Number.NaN },
    ]) {
      expect(await failureOf(encodeVideo({ ...format, ...wrong }, bars(1, 16, 16)), 'usage')).toBe(true);
    }
    const control = { ...quiet, signal: AbortSignal.abort() };
    expect(await failureOf(encodeVideo(format, bars(2, 16, 16), control), 'cancelled')).toBe(true);
  });
});

async function* bytesOnce(frame: Uint8Array): AsyncGenerator<Uint8Array> {
  yield frame;
}

/** The file without the times of its making, which mvhd, tkhd and mdhd hold. */
function withoutTimes(file: Uint8Array): Uint8Array {
  const copy = file.slice();
  for (const path of ['moov/mvhd', 'moov/trak/tkhd', 'moov/trak/mdia/mdhd']) {
    const header = box(copy, path);
    header.setUint32(4, 0);
    header.setUint32(8, 0);
  }
  return copy;
}
