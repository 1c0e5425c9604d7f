// What networks see in images, kept beside the catalog: an image that was looked at once is not looked at again.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { FeatureFile, type KeptRecord, keyBytes } from './feature-file.ts';
import { roundHalf, unpackHalf } from './half-values.ts';

/** What is seen in each image, always as many numbers. Images come in model space, [C, side, side] in -1..1. */
export type Look = (images: readonly Float32Array[]) => Promise<readonly Float32Array[]>;

/** Something that looks at images. */
export interface Looker {
  /** What it is, for people. */
  readonly name: string;
  /** Differs where it would see something else in the same image. */
  readonly identity: string;
  /** Numbers that it sees in an image. */
  readonly count: number;
  /** `half`: 11 significant bits are enough, and are all that is used. */
  readonly precision: 'half' | 'single';
  readonly look: Look;
}

/** The key of an image's content as it was prepared for looking: equal content, equal key. */
export const contentKey = (content: string): string =>
  createHash('sha256')
    .update(content)
    .digest('hex')
    .slice(0, 2 * keyBytes);

/** A looker in use, and what it has seen in images that somebody still holds. */
interface Kept {
  readonly looker: Looker;
  readonly file: FeatureFile | null;
  readonly known: WeakMap<Float32Array, Float32Array>;
  readonly look: Look;
}

/** The lookers of one model space. Without a folder nothing is kept, and all numbers are the same. */
export class KeptLooks {
  readonly #folder: string | null;
  readonly #kept: Kept[] = [];
  readonly #keys = new WeakMap<Float32Array, string>();

  constructor(folder: string | null) {
    this.#folder = folder;
  }

  /** A `look` that computes an image (the very array) once while somebody holds it, and not at all where its content was seen before. */
  readonly keep = async (looker: Looker): Promise<Look> => {
    const { name, identity, precision } = looker;
    const folder = this.#folder && join(this.#folder, `${name} ${contentKey(`${precision} ${identity}`).slice(0, 16)}`);
    const file = folder === null ? null : await FeatureFile.open(folder);
    const known: Kept['known'] = new WeakMap();
    const kept: Kept = {
      looker,
      file,
      known,
      look: async (images) => {
        const unknown = [...new Set(images.filter((image) => !known.has(image)))];
        if (file !== null) await Promise.all(unknown.map((image) => this.#recall(kept, image)));
        await this.#compute(
          kept,
          unknown.filter((image) => !known.has(image)),
        );
        return images.map((image) => known.get(image)!);
      },
    };
    this.#kept.push(kept);
    return kept.look;
  };

  /** Tells the key of an image's content; without one, what is seen in it is not kept. */
  tellKey(image: Float32Array, key: string): void {
    this.#keys.set(image, key);
  }

  /** An image without pixels that can be looked at all the same, because every looker has seen its content; else undefined. */
  async recall(key: string): Promise<Float32Array | undefined> {
    if (!this.#kept.every(({ file }) => file?.has(key))) return undefined;
    const image = new Float32Array(0);
    this.tellKey(image, key);
    const found = await Promise.all(this.#kept.map((kept) => this.#recall(kept, image)));
    return found.every((each) => each) ? image : undefined;
  }

  /** Looks at images by every looker, in full batches; whoever asks for them after that finds them done. */
  async lookAhead(images: readonly Float32Array[]): Promise<void> {
    for (const { look } of this.#kept) await look(images);
  }

  async close(): Promise<void> {
    for (const { file } of this.#kept) await file?.close();
  }

  async #compute({ looker, file, known }: Kept, images: readonly Float32Array[]): Promise<void> {
    if (images.length === 0) return;
    if (images.some(({ length }) => length === 0)) throw new Error(`${looker.name} has not seen this image`);
    const records: KeptRecord[] = [];
    for (const [index, exact] of (await looker.look(images)).entries()) {
      const { values, pack } =
        looker.precision === 'half' ? roundHalf(exact) : { values: exact, pack: () => bytesOf(exact) };
      known.set(images[index]!, values);
      const key = this.#keys.get(images[index]!);
      if (file !== null && key !== undefined) records.push({ key, bytes: pack() });
    }
    await file?.append(records);
  }

  async #recall({ looker: { precision, count }, file, known }: Kept, image: Float32Array): Promise<boolean> {
    const key = this.#keys.get(image);
    const bytes = key === undefined ? undefined : await file?.read(key);
    if (bytes === undefined) return false;
    const values = precision === 'half' ? unpackHalf(bytes, count) : new Float32Array(bytes.buffer);
    if (values?.length !== count) return false;
    known.set(image, values);
    return true;
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
