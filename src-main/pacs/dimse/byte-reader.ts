// Reads exact numbers of bytes from a socket, as far as the peer's patience allows; and writes with back pressure.
import type { Socket } from 'node:net';
import { Problem } from '../../platform/errors.ts';
import type { Patience } from '../patience.ts';
import { fails, peerProblem } from '../peer.ts';

/** One reader at a time. Nothing is read ahead of what is asked for beyond the socket's own buffer. */
export class ByteReader {
  readonly #socket: Socket;
  readonly #peer: string;
  readonly patience: Patience;
  #failure: unknown;
  #ended = false;
  #wake: () => void = () => {};

  /** From the moment that the socket is connected. */
  constructor(socket: Socket, peer: string, patience: Patience) {
    this.#socket = socket;
    this.#peer = peer;
    this.patience = patience;
    const wake = () => this.#wake();
    socket.on('readable', wake);
    socket.on('error', (error) => {
      this.#failure ??= error;
      wake();
    });
    for (const event of ['end', 'close'] as const) {
      socket.on(event, () => {
        this.#ended = true;
        wake();
      });
    }
  }

  /** Ends every wait with this error. */
  fail(error: unknown): void {
    this.#failure ??= error;
    this.#socket.destroy();
    this.#wake();
  }

  /** Exactly `length` bytes; null where the peer has closed the connection and nothing is left. Throws `peer`. */
  async read(length: number): Promise<Buffer | null> {
    if (length === 0) return Buffer.alloc(0);
    for (;;) {
      const bytes = this.#socket.read(length) as Buffer | null;
      if (bytes !== null && bytes.length === length) {
        this.patience.got(length, 0);
        return bytes;
      }
      if (this.#failure !== undefined) throw peerProblem(this.#peer, this.#failure);
      if (bytes !== null) throw fails(this.#peer, 'the connection was lost');
      if (this.#ended) return null;
      await this.#wait();
    }
  }

  /** Writes, and waits until the socket has room again. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#failure !== undefined) throw peerProblem(this.#peer, this.#failure);
    if (this.#ended || this.#socket.destroyed) throw fails(this.#peer, 'the connection was lost');
    if (this.#socket.write(bytes)) return;
    while (this.#socket.writableNeedDrain) {
      this.#socket.once('drain', () => this.#wake());
      await this.#wait();
      if (this.#failure !== undefined) throw peerProblem(this.#peer, this.#failure);
      if (this.#socket.destroyed) throw fails(this.#peer, 'the connection was lost');
    }
  }

  #wait(): Promise<void> {
    const { patience } = this;
    const began = performance.now();
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout;
      const look = () => {
        const left = patience.leftSince(began);
        if (left > 0) {
          timer = setTimeout(look, left + 1);
          return;
        }
        this.#wake = () => {};
        const slow = fails(this.#peer, `says nothing for ${patience.seconds} s, or less than 1 kB a second`);
        this.fail(slow);
        reject(slow);
      };
      timer = setTimeout(look, Math.max(1, patience.left));
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = () => {};
        patience.got(0, performance.now() - began);
        resolve();
      };
    });
  }
}

/** Ends a reader with `cancelled` when a signal aborts, until the returned function is called. */
export function endOnAbort(reader: ByteReader, signal: AbortSignal): () => void {
  const end = () => reader.fail(new Problem('cancelled', { job: 'transfer' }));
  if (signal.aborted) end();
  signal.addEventListener('abort', end);
  return () => signal.removeEventListener('abort', end);
}
