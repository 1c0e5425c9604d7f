// MP4 files (H.264) without any program outside the package: the course of a projection as a film.
import { randomUUID } from 'node:crypto';
import type { H264MP4Encoder } from 'h264-mp4-encoder';
import { Problem } from '../platform/errors.ts';
import { checkpoint, type JobControl, quiet } from '../platform/job.ts';

/** Size of the frames in pixels, and how many are shown in a second. */
export interface VideoFormat {
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
}

/** Longest side that H.264 knows a level for (5.1) and that the encoder was tried with. */
const largestSide = 4096;

/** H.264 quantisation (10: best, 51: smallest) at which grey images look like the originals. */
const quantization = 20;

/** Middle of 0 (best) .. 10 (fastest). */
const speed = 5;

/**
 * Encodes frames, [height, width, 3] RGB bytes each, as an MP4 file: H.264 baseline profile, 4:2:0, which browsers
 * play. Every frame is a key frame, so that seeking is exact. Odd sizes grow by one column or row, repeating the last. The encoder is minih264 with
 * libmp4v2, compiled to WebAssembly. Errors: `usage` for a format that cannot be encoded and for no frame at all,
 * `mismatch` for a frame of another size, `cancelled`.
 */
export async function encodeVideo(
  { width, height, framesPerSecond }: VideoFormat,
  frames: AsyncIterable<Uint8Array>,
  control: JobControl = quiet,
): Promise<Uint8Array> {
  checkFormat({ width, height, framesPerSecond });
  const encoder = await createEncoder();
  encoder.width = width + (width % 2);
  encoder.height = height + (height % 2);
  encoder.frameRate = framesPerSecond;
  encoder.groupOfPictures = 1;
  encoder.quantizationParameter = quantization;
  encoder.speed = speed;
  encoder.outputFilename = `${randomUUID()}.mp4`;
  encoder.initialize();
  let file: Uint8Array;
  try {
    const padded = new Uint8Array(encoder.width * encoder.height * 4);
    let count = 0;
    for await (const frame of frames) {
      checkpoint(control, 'video');
      if (frame.length !== width * height * 3) {
        const expected = `${width * height * 3} bytes`;
        throw new Problem('mismatch', { what: `video frame ${count + 1}`, expected, found: `${frame.length} bytes` });
      }
      pad(frame, width, height, padded, encoder.width);
      encoder.addFrameRgba(padded);
      count++;
    }
    if (count === 0) throw new Problem('usage', { message: 'a video needs at least one frame' });
  } finally {
    file = finish(encoder);
  }
  return file;
}

/** A film whose frames come one by one; `finish` gives the MP4 file. */
export interface FilmWriter {
  readonly add: (frame: Uint8Array) => void;
  readonly finish: () => Promise<Uint8Array>;
}

/** Encodes frames while they are added. What fails is thrown by `finish`. */
export function writeFilm(format: VideoFormat): FilmWriter {
  const waiting: Uint8Array[] = [];
  let ended = false;
  let wake = () => {};
  async function* frames(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const frame = waiting.shift();
      if (frame !== undefined) yield frame;
      else if (ended) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  const file = encodeVideo(format, frames());
  file.catch(() => {});
  return {
    add(frame) {
      waiting.push(frame);
      wake();
    },
    finish() {
      ended = true;
      wake();
      return file;
    },
  };
}

/** Closes the file, takes it out of the encoder's memory and frees that. */
function finish(encoder: H264MP4Encoder): Uint8Array {
  encoder.finalize();
  const file = encoder.FS.readFile(encoder.outputFilename);
  encoder.FS.unlink(encoder.outputFilename);
  encoder.delete();
  return file;
}

function checkFormat({ width, height, framesPerSecond }: VideoFormat): void {
  for (const side of [width, height]) {
    if (!Number.isInteger(side) || side < 1 || side > largestSide) {
      throw new Problem('usage', { message: `a video frame has sides of 1 to ${largestSide} pixels, not ${side}` });
    }
  }
  if (!(framesPerSecond >= 1 && framesPerSecond <= 120)) {
    throw new Problem('usage', { message: `a video has 1 to 120 frames per second, not ${framesPerSecond}` });
  }
}

/** RGB to RGBA, with the last column and row repeated where the target is larger. */
function pad(rgb: Uint8Array, width: number, height: number, rgba: Uint8Array, paddedWidth: number): void {
  for (let at = 0, pixel = 0; at < rgba.length; at += 4, pixel++) {
    const row = Math.min(height - 1, Math.floor(pixel / paddedWidth));
    const source = (row * width + Math.min(width - 1, pixel % paddedWidth)) * 3;
    rgba[at] = rgb[source]!;
    rgba[at + 1] = rgb[source + 1]!;
    rgba[at + 2] = rgb[source + 2]!;
    rgba[at + 3] = 255;
  }
}

/** A new encoder. On loading, the library hangs itself into the process's last-resort handlers; that is undone. */
async function createEncoder(): Promise<H264MP4Encoder> {
  const exceptions = process.listeners('uncaughtException');
  const rejections = process.listeners('unhandledRejection');
  const { default: library } = await import('h264-mp4-encoder');
  const encoder = await library.createH264MP4Encoder();
  for (const listener of process.listeners('uncaughtException')) {
    if (!exceptions.includes(listener)) process.off('uncaughtException', listener);
  }
  for (const listener of process.listeners('unhandledRejection')) {
    if (!rejections.includes(listener)) process.off('unhandledRejection', listener);
  }
  return encoder;
}
