// Table `features`: what a network saw in an image, averaged over it; kept so that nothing has to be looked at again.
import type { Catalog } from '../catalog.ts';

/** Keeps a vector; one of the same image and network is replaced. */
export function writeFeatures(catalog: Catalog, image: number, network: string, vector: Float32Array): void {
  catalog.run(
    `INSERT INTO features (image, network, vector) VALUES (@image, @network, @vector)
     ON CONFLICT DO UPDATE SET vector = excluded.vector`,
    { image, network, vector: Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength) },
  );
}

/** Names of the networks that have looked at images of a run, the one with most images first. */
export function featureNetworksOf(catalog: Catalog, run: number): readonly string[] {
  return catalog.column<string>(
    `SELECT f.network FROM run_items r JOIN features f ON f.image = r.image WHERE r.run = @run
     GROUP BY f.network ORDER BY count(*) DESC, f.network`,
    { run },
  );
}

/** Networks that have looked at images, with how many, the one with most images first. */
export function featureNetworks(catalog: Catalog): readonly { readonly network: string; readonly images: number }[] {
  return catalog.all('SELECT network, count(*) AS images FROM features GROUP BY network ORDER BY images DESC, network');
}

/** The images that a network has looked at, by number. */
export const featuredImages = (catalog: Catalog, network: string): readonly number[] =>
  catalog.column<number>('SELECT image FROM features WHERE network = @network ORDER BY image', { network });

/** What a network saw in one image; undefined where it has not looked at it. */
export function featureOf(catalog: Catalog, image: number, network: string): Float32Array | undefined {
  const row = catalog.get<{ readonly vector: Uint8Array }>(
    'SELECT vector FROM features WHERE image = @image AND network = @network',
    { image, network },
  );
  return row && new Float32Array(row.vector.slice().buffer);
}

/** The vectors of a network for some images, in their order, one after the other. Every image must have one. */
export function featureRows(
  catalog: Catalog,
  network: string,
  images: ArrayLike<number>,
): { readonly rows: number; readonly columns: number; readonly data: Float32Array } {
  const vectors = catalog.column<Uint8Array>(
    `SELECT f.vector FROM json_each(@images) j JOIN features f ON f.image = j.value AND f.network = @network ORDER BY j.key`,
    { network, images: JSON.stringify(Array.from(images)) },
  );
  const data = new Float32Array(new Uint8Array(Buffer.concat(vectors)).buffer);
  return { rows: vectors.length, columns: data.length / Math.max(1, vectors.length), data };
}

/** The vectors of a network by image, of the images of a run. */
export function featuresOf(catalog: Catalog, run: number, network: string): ReadonlyMap<number, Float32Array> {
  const rows = catalog.all<{ readonly image: number; readonly vector: Uint8Array }>(
    `SELECT f.image, f.vector FROM run_items r JOIN features f ON f.image = r.image AND f.network = @network
     WHERE r.run = @run ORDER BY f.image`,
    { run, network },
  );
  // Copied: a blob need not lie at a multiple of four bytes.
  return new Map(rows.map(({ image, vector }) => [image, new Float32Array(vector.slice().buffer)]));
}
