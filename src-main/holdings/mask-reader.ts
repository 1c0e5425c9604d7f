// Segmentations of catalog images: found where the catalog says they are, as labels or brought into a recipe's geometry.

import { type DecodedImage, unadorned } from '../archive/decoded-image.ts';
import type { ArchiveEntry } from '../archive/entry.ts';
import { modalityValues } from '../archive/grey.ts';
import { applyRecipe, type Recipe } from '../archive/recipe.ts';
import { walk } from '../archive/walk.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { type MaskRole, masksOf } from '../catalog/tables/segmentations.ts';
import type { Decoder } from '../decoder/decoder-pool.ts';
import { Problem } from '../platform/errors.ts';
import type { GreyImage } from '../platform/grey-image.ts';
import { quiet } from '../platform/job.ts';

/** A grey image of 8 bits without a header. */
const grey8 = {
  ...unadorned,
  format: 'PNG',
  channels: 1,
  bitsStored: 8,
  photometric: 'MONOCHROME2',
  frame: { index: 0, count: 1 },
  warnings: [],
} as const;

/** The label of every pixel, rows from the top; 0 is background. */
export interface LabelImage {
  readonly width: number;
  readonly height: number;
  readonly samples: Uint16Array;
}

/** The labels of a decoded mask. */
export function labelsOf(decoded: DecodedImage): LabelImage {
  const { width, height, channels } = decoded;
  const values = modalityValues(decoded);
  const samples = Uint16Array.from({ length: width * height }, (_, pixel) => Math.round(values[pixel * channels]!));
  return { width, height, samples };
}

/** Labels fitted as a recipe fits images: [R, R], 1 where at least half of a pixel is inside any label. */
export function labelsInModelSpace({ width, height, samples }: LabelImage, { fit, resolution }: Recipe): GreyImage {
  const inside = Uint8Array.from(samples, (label) => (label === 0 ? 0 : 255));
  const levels = applyRecipe(
    { ...grey8, width, height, samples: inside },
    { intensity: { type: 'as-is' }, fit, filter: 'box', channels: 1, resolution },
  );
  return { width: resolution, height: resolution, data: Uint8Array.from(levels, (level) => (level >= 0 ? 1 : 0)) };
}

/** Reads masks; remembers what is in the zips that it met. */
export class MaskReader {
  readonly #catalog: Catalog;
  readonly #decoder: Decoder;
  readonly #listings = new Map<string, ReadonlyMap<string, ArchiveEntry>>();

  constructor(catalog: Catalog, decoder: Decoder) {
    this.#catalog = catalog;
    this.#decoder = decoder;
  }

  /**
   * The mask of an image, fitted as `recipe` fits the image: [R, R], 1 where at least half of a pixel is inside; undefined
   * when the catalog knows none. Throws `missing` when its file is gone, or what the decoder throws.
   */
  async read(image: number, role: MaskRole, recipe: Recipe): Promise<GreyImage | undefined> {
    const labels = await this.labels(image, role);
    return labels === undefined ? undefined : labelsInModelSpace(labels, recipe);
  }

  /** The labels of a mask as stored; undefined when the catalog knows none. Throws as `read`. */
  async labels(image: number, role: MaskRole): Promise<LabelImage | undefined> {
    const place = await this.place(image, role);
    return place === undefined ? undefined : labelsOf((await this.#decoder.frame(place.entry, place.frame)).image);
  }

  /** Where the mask of an image lies; undefined when the catalog knows none. Throws `missing` when its file is gone. */
  async place(
    image: number,
    role: MaskRole,
  ): Promise<{ readonly entry: ArchiveEntry; readonly frame: number } | undefined> {
    const mask = masksOf(this.#catalog, image).find((each) => each.role === role);
    if (mask === undefined) return undefined;
    const entry = (await this.#listing(mask.file)).get(mask.inside.join('/'));
    if (entry === undefined) throw new Problem('missing', { what: 'mask', name: mask.file });
    return { entry, frame: mask.frame };
  }

  async #listing(file: string): Promise<ReadonlyMap<string, ArchiveEntry>> {
    const known = this.#listings.get(file);
    if (known !== undefined) return known;
    const listing = new Map<string, ArchiveEntry>();
    for await (const item of walk(file, { ...quiet, listedIn: null })) {
      if (item.kind === 'entry') listing.set(item.entry.inside.join('/'), item.entry);
    }
    this.#listings.set(file, listing);
    return listing;
  }
}
