// An association (PS3.8): messages in and out over one connection, in the order of the protocol; whatever breaks it aborts.
import type { Socket } from 'node:net';
import { Malformed } from '../data-set.ts';
import { limits } from '../limits.ts';
import { Patience } from '../patience.ts';
import { fails, refuses } from '../peer.ts';
import { ByteReader } from './byte-reader.ts';
import { type Command, decodeCommand, encodeCommand } from './commands.ts';
import {
  type AssociationRequest,
  decodeFragments,
  decodeNegotiation,
  encodeAbort,
  encodeAccept,
  encodeFragment,
  encodeReject,
  encodeRelease,
  encodeRequest,
  type Fragment,
  type Negotiation,
  pduTypes,
} from './pdu.ts';

/** A presentation context that both sides have agreed on. */
export interface Context {
  readonly id: number;
  readonly abstract: string;
  readonly syntax: string;
}

/** A message: its command, and its data set in fragments, which must be consumed before the next message. */
export interface Message {
  readonly context: Context;
  readonly command: Command;
  readonly data: AsyncIterable<Uint8Array>;
}

export interface Connection {
  readonly socket: Socket;
  /** For lines about it. */
  readonly peer: string;
  /** Seconds. */
  readonly timeout: number;
}

/** An association that has been negotiated. */
export class Association {
  readonly contexts: ReadonlyMap<number, Context>;
  readonly reader: ByteReader;
  readonly calling: string;
  readonly #socket: Socket;
  readonly #peer: string;
  readonly #fragmentBytes: number;
  #fragments: Fragment[] = [];
  #over = false;

  constructor(
    connection: Connection,
    reader: ByteReader,
    contexts: readonly Context[],
    calling: string,
    maximum: number,
  ) {
    this.#socket = connection.socket;
    this.#peer = connection.peer;
    this.reader = reader;
    this.calling = calling;
    this.contexts = new Map(contexts.map((context) => [context.id, context]));
    // A fragment in a PDU has 6 bytes of its own.
    if (maximum !== 0 && maximum < 256) throw refuses(this.#peer, 'takes PDUs of a few bytes only');
    this.#fragmentBytes = Math.min(maximum === 0 ? limits.dataPduBytes : maximum, limits.dataPduBytes) - 6;
  }

  /** The context of a class. Throws `peer` where the other side has refused it. */
  contextOf(abstract: string, what: string): Context {
    const found = [...this.contexts.values()].find((context) => context.abstract === abstract);
    if (found === undefined) throw refuses(this.#peer, `does not offer ${what}`);
    return found;
  }

  async send({ id }: Context, command: Command, dataSet?: Uint8Array): Promise<void> {
    await this.#sendPart(id, true, encodeCommand(command));
    if (dataSet !== undefined) await this.#sendPart(id, false, dataSet);
  }

  /** The next message; null when the other side has released the association. Throws `peer`. */
  async receive(): Promise<Message | null> {
    this.reader.patience.reset();
    return this.#checked(async () => {
      const first = await this.#nextFragment();
      if (first === null) return null;
      if (!first.isCommand) throw new Malformed('a data set comes without a command');
      const context = this.contexts.get(first.context);
      if (context === undefined) throw new Malformed('it uses a presentation context that was not agreed on');
      const parts = [first.bytes];
      let bytes = first.bytes.length;
      for (let last = first.isLast; !last; ) {
        const next = await this.#nextFragment();
        if (next === null || !next.isCommand || next.context !== context.id)
          throw new Malformed('a command is cut short');
        bytes += next.bytes.length;
        if (bytes > limits.commandBytes) throw new Malformed('a command is too long');
        parts.push(next.bytes);
        last = next.isLast;
      }
      const command = decodeCommand(Buffer.concat(parts));
      return { context, command, data: command.hasDataSet ? this.#dataOf(context) : none() };
    });
  }

  /** Asks for the end, answers the other side's request for it, or aborts where that is late; closes the connection. */
  async release(): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    try {
      await this.reader.write(encodeRelease(pduTypes.releaseRequest));
      this.reader.patience.reset();
      const head = await this.reader.read(6);
      if (head?.[0] === pduTypes.releaseRequest) await this.reader.write(encodeRelease(pduTypes.releaseReply));
      this.#socket.end();
    } catch {
      // All that was wanted has come already.
    } finally {
      this.#socket.destroySoon();
      setTimeout(() => this.#socket.destroy(), 1000).unref();
    }
  }

  /** Ends it at once. */
  abort(): void {
    if (!this.#over && !this.#socket.destroyed) this.#socket.write(encodeAbort());
    this.#over = true;
    this.#socket.destroySoon();
    setTimeout(() => this.#socket.destroy(), 1000).unref();
  }

  async #sendPart(context: number, isCommand: boolean, bytes: Uint8Array): Promise<void> {
    for (let at = 0; at === 0 || at < bytes.length; at += this.#fragmentBytes) {
      const end = at + this.#fragmentBytes;
      const part = bytes.subarray(at, end);
      await this.reader.write(encodeFragment({ context, isCommand, isLast: end >= bytes.length, bytes: part }));
    }
  }

  async *#dataOf(context: Context): AsyncGenerator<Uint8Array> {
    for (let last = false; !last; ) {
      const fragment = await this.#checked(async () => {
        const next = await this.#nextFragment();
        if (next === null || next.isCommand || next.context !== context.id)
          throw new Malformed('a data set is cut short');
        return next;
      });
      if (fragment.bytes.length > 0) yield fragment.bytes;
      last = fragment.isLast;
    }
  }

  /** Null when the association was released. */
  async #nextFragment(): Promise<Fragment | null> {
    if (this.#fragments.length > 0) return this.#fragments.shift()!;
    const found = await readPdu(this.reader);
    if (found === null) throw fails(this.#peer, 'the connection was lost');
    if (found.type === pduTypes.releaseRequest) {
      this.#over = true;
      await this.reader.write(encodeRelease(pduTypes.releaseReply));
      this.#socket.end();
      return null;
    }
    if (found.type === pduTypes.abort) throw fails(this.#peer, 'has aborted the association');
    if (found.type !== pduTypes.data) throw new Malformed('a PDU comes out of order');
    this.#fragments = [...decodeFragments(found.content)];
    return this.#fragments.shift()!;
  }

  async #checked<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.abort();
      throw refuses(this.#peer, `breaks the DICOM protocol: ${error.message}`);
    }
  }
}

async function* none(): AsyncGenerator<Uint8Array> {}

interface Pdu {
  readonly type: number;
  readonly content: Buffer;
}

/** The next PDU; null at the end of the connection. Throws `Malformed` for one that is too long for its kind. */
async function readPdu(reader: ByteReader): Promise<Pdu | null> {
  const head = await reader.read(6);
  if (head === null) return null;
  const type = head[0]!;
  if (type < 1 || type > 7) throw new Malformed('it sends something that is no PDU');
  const length = head.readUInt32BE(2);
  const most = type === pduTypes.data ? limits.dataPduBytes : type <= 2 ? limits.negotiationPduBytes : 4;
  if (length > most) throw new Malformed(`it sends a PDU of ${length} bytes, more than ${most}`);
  const content = await reader.read(length);
  if (content === null) throw new Malformed('a PDU is cut short');
  return { type, content };
}

const rejections: Readonly<Record<string, string>> = {
  '1.1': 'it refuses the association without a reason',
  '1.3': 'it does not know our AE title: have it added there',
  '1.7': 'it has another AE title than the one that was given',
  '3.1': 'it is too busy at present',
  '3.2': 'it has too many associations at present',
};

/** Negotiates as the side that asks. Throws `peer`. */
export async function requestAssociation(connection: Connection, request: AssociationRequest): Promise<Association> {
  const { socket, peer, timeout } = connection;
  const reader = new ByteReader(socket, peer, new Patience(timeout));
  try {
    await reader.write(encodeRequest(request));
    const answer = await readPdu(reader);
    if (answer === null) throw fails(peer, 'has closed the connection');
    if (answer.type === pduTypes.abort) throw refuses(peer, 'has aborted the negotiation');
    if (answer.type === pduTypes.reject) {
      const [, , source = 0, reason = 0] = answer.content;
      const words = rejections[`${source}.${reason}`] ?? `it refuses the association (${source}.${reason})`;
      throw (source === 3 ? fails : refuses)(peer, words);
    }
    if (answer.type !== pduTypes.accept) throw new Malformed('it answers the negotiation with something else');
    const { answered, maximum } = decodeNegotiation(answer.content);
    const contexts = answered.flatMap(({ id, result, syntax }) => {
      const offered = request.offered.find((context) => context.id === id);
      if (result !== 0) return [];
      if (offered === undefined || !offered.syntaxes.includes(syntax))
        throw new Malformed('it accepts a presentation context that was not offered');
      return [{ id, abstract: offered.abstract, syntax }];
    });
    return new Association(connection, reader, contexts, request.calling, maximum);
  } catch (error) {
    socket.destroy();
    throw error instanceof Malformed ? refuses(peer, `breaks the DICOM protocol: ${error.message}`) : error;
  }
}

/** How a request for an association is answered: with the contexts that are accepted, or why it is rejected. */
export type Judge = (
  request: Negotiation,
) => { readonly contexts: readonly Context[] } | { readonly reject: 1 | 3 | 7 };

/** Negotiates as the side that is asked; null when it has rejected. Throws `peer`. */
export async function acceptAssociation(connection: Connection, judge: Judge): Promise<Association | null> {
  const { socket, peer, timeout } = connection;
  const reader = new ByteReader(socket, peer, new Patience(timeout));
  try {
    const request = await readPdu(reader);
    if (request === null) throw fails(peer, 'has closed the connection');
    if (request.type !== pduTypes.request) throw new Malformed('it does not begin with an association request');
    const negotiation = decodeNegotiation(request.content);
    const judgement = judge(negotiation);
    if ('reject' in judgement) {
      await reader.write(encodeReject(judgement.reject));
      socket.end();
      return null;
    }
    const { contexts } = judgement;
    const answered = negotiation.offered.map(({ id, syntaxes }) => {
      const accepted = contexts.find((context) => context.id === id);
      return { id, result: accepted === undefined ? 3 : 0, syntax: accepted?.syntax ?? syntaxes[0] ?? '' };
    });
    await reader.write(encodeAccept(negotiation, answered, limits.dataPduBytes));
    return new Association(connection, reader, contexts, negotiation.calling, negotiation.maximum);
  } catch (error) {
    socket.destroy();
    throw error instanceof Malformed ? refuses(peer, `breaks the DICOM protocol: ${error.message}`) : error;
  }
}
