// Where the images of an operation come from and where its results go, whatever lies behind: a folder or the catalog.
import type { DecodedImage } from '../archive/decoded-image.ts';
import type { Recipe } from '../archive/recipe.ts';
import type { GreyImage } from '../platform/grey-image.ts';

/** An image that is still to be done. */
export interface SourceImage {
  /** Of no meaning but to source and sink. */
  readonly id: number;
  /** For messages. */
  readonly name: string;
  /** SHA-256 of its file, and the frame, where the source knows them before it reads. */
  readonly content?: { readonly sha256: string; readonly frame: number } | undefined;
  /** Undefined where unknown. */
  readonly patient?: string | undefined;
}

export interface ImageSource {
  /** What a person calls it. */
  readonly name: string;
  readonly images: readonly SourceImage[];
  /** At full bit depth. Throws what is wrong with the image, or, as `isAboutSource` tells, with the whole source. */
  readonly read: (image: SourceImage) => Promise<DecodedImage>;
  /** [C, R, R] in -1..1. Throws as `read`. */
  readonly readModelSpace: (image: SourceImage, recipe: Recipe) => Promise<Float32Array>;
  /**
   * What identifies the content of an image as it lies there now, found without reading it; undefined where that is not certain.
   */
  readonly contentOf?: (image: SourceImage) => Promise<SourceImage['content']>;
  /** The segmentation beside an image in the geometry of model space; undefined where there is none. */
  readonly readSegmentation?: (image: SourceImage, recipe: Recipe) => Promise<GreyImage | undefined>;
  /** Images that are handed out one by one, such as those that may end the process that computes. Default: none. */
  readonly isAlone?: (image: SourceImage) => boolean;
}

export interface ResultSink<Start, Result extends { readonly id: number }> {
  /** Called once before the first image with what the engine has found out. */
  readonly start: (start: Start) => void | Promise<void>;
  /** True when an earlier run has left the same result, known only after `start`. */
  readonly has: (image: SourceImage) => boolean;
  /** Stores results whole; when it resolves they cannot be lost any more. */
  readonly put: (results: readonly Result[]) => Promise<void>;
  /** Notes that an image was left out and why. Throws the error on when it is not about this image alone. */
  readonly skip: (image: SourceImage, error: unknown) => void | Promise<void>;
}

/** Hands out the images of a source that the sink does not have yet, each as `prepare` makes it; those that fail are skipped. */
export class ImageFeed<Item> {
  readonly #source: ImageSource;
  readonly #sink: Pick<ResultSink<never, never>, 'has' | 'skip'>;
  readonly #prepare: (image: SourceImage) => Promise<Item>;
  #position = 0;

  constructor(
    source: ImageSource,
    sink: Pick<ResultSink<never, never>, 'has' | 'skip'>,
    prepare: (image: SourceImage) => Promise<Item>,
  ) {
    this.#source = source;
    this.#sink = sink;
    this.#prepare = prepare;
  }

  /** At most `count` items, prepared side by side; none when all have been handed out. */
  async next(count: number): Promise<readonly Item[]> {
    const items: Item[] = [];
    let alone = false;
    while (items.length < count && !(alone && items.length > 0)) {
      const images = this.#take(count - items.length, items.length === 0);
      if (images.length === 0) break;
      alone = this.#isAlone(images[0]!);
      const prepared = await Promise.allSettled(images.map((image) => this.#prepare(image)));
      for (const [index, result] of prepared.entries()) {
        if (result.status === 'fulfilled') items.push(result.value);
        else await this.#sink.skip(images[index]!, result.reason);
      }
    }
    return items;
  }

  /** The next `count` images that the sink does not have. An image that must be computed alone waits until nothing else is, and comes as a batch of its own. */
  #take(count: number, isFirst: boolean): readonly SourceImage[] {
    const taken: SourceImage[] = [];
    const { images } = this.#source;
    while (taken.length < count && this.#position < images.length) {
      const image = images[this.#position]!;
      const alone = this.#isAlone(image);
      if (alone && !(isFirst && taken.length === 0)) break;
      this.#position++;
      if (this.#sink.has(image)) continue;
      taken.push(image);
      if (alone) break;
    }
    return taken;
  }

  #isAlone(image: SourceImage): boolean {
    return this.#source.isAlone?.(image) ?? false;
  }
}
