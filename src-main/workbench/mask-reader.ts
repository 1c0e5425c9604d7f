// Segmentations of catalog images: found where the catalog says they are, brought into a recipe's geometry.
import type { ArchiveEntry } from '../archive/entry.ts';
import { applyRecipe, type Recipe } from '../archive/recipe.ts';
import { walk } from '../archive/walk.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { type MaskRole, masksOf } from '../catalog/tables/segmentations.ts';
import type { Decoder } from '../decoder/decoder-pool.ts';
import { Problem } from '../platform/errors.ts';
import type { GreyImage } from '../platform/grey-image.ts';
import { quiet } from '../platform/job.ts';

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
  async read(image: number, role: MaskRole, { fit, resolution }: Recipe): Promise<GreyImage | undefined> {
    const mask = masksOf(this.#catalog, image).find((each) => each.role === role);
    if (mask === undefined) return undefined;
    const entry = (await this.#listing(mask.file)).get(mask.inside.join('/'));
    if (entry === undefined) throw new Problem('missing', { what: 'mask', name: mask.file });
    const decoded = await this.#decoder.frame(entry, mask.frame);
    const levels = applyRecipe(decoded.image, {
      intensity: { type: 'min-max' },
      fit,
      filter: 'box',
      channels: 1,
      resolution,
    });
    return { width: resolution, height: resolution, data: Uint8Array.from(levels, (level) => (level >= 0 ? 1 : 0)) };
  }

  async #listing(file: string): Promise<ReadonlyMap<string, ArchiveEntry>> {
    const known = this.#listings.get(file);
    if (known !== undefined) return known;
    const listing = new Map<string, ArchiveEntry>();
    for await (const item of walk(file, quiet)) {
      if (item.kind === 'entry') listing.set(item.entry.inside.join('/'), item.entry);
    }
    this.#listings.set(file, listing);
    return listing;
  }
}
