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
