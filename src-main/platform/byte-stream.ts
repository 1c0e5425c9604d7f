// Takes bytes off a stream of chunks, piece by piece: what packing, unpacking and archives read by.

export class ByteStream {
  /** Bytes that were taken so far. */
  at = 0;
  readonly #chunks: AsyncIterator<Uint8Array>;
  #left: Uint8Array = new Uint8Array();

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#chunks = source[Symbol.asyncIterator]();
  }

  /** Whether the stream is over. */
  async isEmpty(): Promise<boolean> {
    while (this.#left.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) return true;
      this.#left = next.value;
    }
    return false;
  }

  /** The next `count` bytes in pieces, or as many as there are. Each piece is taken as it is given. */
  async *upTo(count: number): AsyncGenerator<Uint8Array> {
    let missing = count;
    while (missing > 0 && !(await this.isEmpty())) {
      const piece = this.#left.subarray(0, missing);
      this.#left = this.#left.subarray(piece.length);
      missing -= piece.length;
      this.at += piece.length;
      yield piece;
    }
  }

  /** The next `count` bytes in one piece, or as many as there are. */
  async take(count: number): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    for await (const piece of this.upTo(count)) parts.push(piece);
    return Buffer.concat(parts);
  }

  /** Reads what is left, so that whoever checks the stream behind sees its end. */
  async drain(): Promise<void> {
    this.#left = new Uint8Array();
    while ((await this.#chunks.next()).done !== true);
  }

  /** Lets go of what the stream comes from. */
  async close(): Promise<void> {
    this.#left = new Uint8Array();
    await this.#chunks.return?.();
  }
}
