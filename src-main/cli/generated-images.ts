// Where the images that residua generate draws go: files, files and a sheet of mixed styles, or a film.
import { join } from 'node:path';
import { encodePng } from '../archive/raster/encode-png.ts';
import type { GeneratedImage } from '../engine/start-engine.ts';
import { writeFileAtomic } from '../platform/atomic-file.ts';
import { type FilmWriter, writeFilm } from '../projection/video.ts';

/** Takes images as they are drawn; `finish` says what was written. */
export interface ImageSink {
  readonly store: (image: GeneratedImage) => Promise<void>;
  readonly finish: (images: number) => Promise<string>;
}

/** `NAME.png` of each image. */
export function imageFiles(outdir: string): ImageSink {
  return {
    store: async ({ name, resolution, channels, bytes }) =>
      writeFileAtomic(join(outdir, `${name}.png`), await encodePng(resolution, resolution, channels, bytes)),
    finish: async (images) => `${images} images: ${outdir}`,
  };
}

/** The same, and `grid.png`: the columns' own images on top, the rows' on the left, between them their mixtures. */
export function mixedImages(
  outdir: string,
  { rows, columns }: { readonly rows: readonly number[]; readonly columns: readonly number[] },
): ImageSink {
  const files = imageFiles(outdir);
  const drawn = new Map<string, GeneratedImage>();
  return {
    async store(image) {
      drawn.set(image.name, image);
      await files.store(image);
    },
    async finish(images) {
      const [{ resolution, channels }] = [...drawn.values()] as [GeneratedImage];
      const [width, height] = [(columns.length + 1) * resolution, (rows.length + 1) * resolution];
      const sheet = new Uint8Array(width * height * channels);
      const line = resolution * channels;
      for (const [down, row] of [null, ...rows].entries())
        for (const [across, column] of [null, ...columns].entries()) {
          const image = drawn.get(`${row ?? column}-${column ?? row}`);
          if (image === undefined) continue;
          for (let y = 0; y < resolution; y++)
            sheet.set(
              image.bytes.subarray(y * line, (y + 1) * line),
              ((down * resolution + y) * width + across * resolution) * channels,
            );
        }
      await writeFileAtomic(join(outdir, 'grid.png'), await encodePng(width, height, channels, sheet));
      return `${images} images and grid.png: ${outdir}`;
    },
  };
}

/** `walk.mp4`, 30 frames a second. */
export function walkFilm(outdir: string): ImageSink {
  let film: FilmWriter | undefined;
  return {
    async store({ resolution, channels, bytes }) {
      film ??= writeFilm({ width: resolution, height: resolution, framesPerSecond: 30 });
      const pixels = bytes.length / channels;
      film.add(channels === 3 ? bytes : Uint8Array.from({ length: pixels * 3 }, (_, at) => bytes[Math.floor(at / 3)]!));
    },
    async finish(images) {
      const file = join(outdir, 'walk.mp4');
      await writeFileAtomic(file, await film!.finish());
      return `${images} frames: ${file}`;
    },
  };
}
