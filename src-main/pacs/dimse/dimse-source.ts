// A PACS that speaks DIMSE: C-ECHO, C-FIND for questions, C-GET or C-MOVE for instances. It is never sent an instance.
import { randomInt } from 'node:crypto';
import type { DimsePeer, PacsQuery } from '../../../src-preload/schemas/pacs.ts';
import { Problem } from '../../platform/errors.ts';
import { type Certificates, certificatesOf } from '../certificates.ts';
import { Malformed } from '../data-set.ts';
import type { Intake } from '../intake.ts';
import { checkLimit, limits } from '../limits.ts';
import { fails, nameOf, refuses } from '../peer.ts';
import type { PacsSource, SeriesAnswer, SourceOptions, StudyAnswer } from '../source.ts';
import type { InstanceAnswer, Wanted } from '../wanted.ts';
import { type Association, type Message, requestAssociation } from './association.ts';
import { endOnAbort } from './byte-reader.ts';
import { type Command, commandFields, decodeIdentifier, isPending, statusWords } from './commands.ts';
import { connectTo } from './connect.ts';
import type { OfferedContext } from './pdu.ts';
import { identifierOf, instancesQuestion, type Question, seriesQuestion, studyQuestions } from './queries.ts';
import { Receiver } from './receiver.ts';
import { receiveInstance, storageContexts } from './storage.ts';

const verification = '1.2.840.10008.1.1';
const studyRoot = {
  find: '1.2.840.10008.5.1.4.1.2.2.1',
  move: '1.2.840.10008.5.1.4.1.2.2.2',
  get: '1.2.840.10008.5.1.4.1.2.2.3',
} as const;
/** What every implementation understands. */
const implicit = ['1.2.840.10008.1.2'];

export interface DimseOptions extends SourceOptions {
  /** One line about a connection that the receiver has refused. */
  readonly onRefused: (line: string) => void;
}

/** Throws `file`, `usage`, `content`. */
export async function openDimse(peer: DimsePeer, options: DimseOptions): Promise<PacsSource> {
  return new DimseSource(peer, await certificatesOf(peer), options);
}

class DimseSource implements PacsSource {
  readonly name: string;
  /** A list of identifiers of so many instances is understood everywhere. */
  readonly batchSize = 50;
  readonly #peer: DimsePeer;
  readonly #certificates: Certificates;
  readonly #options: DimseOptions;
  #receiver: Promise<Receiver> | undefined;
  /** Those of C-MOVEs that wait for what the receiver gets. */
  readonly #waiting = new Set<Association>();
  /** Their message numbers, of any time of this transfer. */
  readonly #moves = new Set<number>();

  constructor(peer: DimsePeer, certificates: Certificates, options: DimseOptions) {
    this.name = nameOf(peer);
    this.#peer = peer;
    this.#certificates = certificates;
    this.#options = options;
  }

  async test(signal: AbortSignal): Promise<void> {
    await this.#associated([offer(1, verification)], [], signal, async (association) => {
      const context = association.contextOf(verification, 'C-ECHO');
      const request = { field: commandFields.echoRequest, hasDataSet: false, sopClass: verification, messageId: 1 };
      await association.send(context, request);
      const { status } = await this.#reply(association, commandFields.echoReply);
      if (status !== 0) throw refuses(this.name, statusWords(status));
    });
  }

  async studies(query: PacsQuery, signal: AbortSignal): Promise<readonly StudyAnswer[]> {
    const found: StudyAnswer[] = [];
    for (const question of studyQuestions(query)) found.push(...(await this.#find(question, signal)));
    return found;
  }

  series(study: string, signal: AbortSignal): Promise<readonly SeriesAnswer[]> {
    return this.#find(seriesQuestion(study), signal);
  }

  instances(study: string, series: string, signal: AbortSignal): Promise<readonly InstanceAnswer[]> {
    return this.#find(instancesQuestion(study, series), signal);
  }

  fetch(batch: readonly Wanted[], intake: Intake, signal: AbortSignal): Promise<void> {
    return this.#peer.retrieve === 'get' ? this.#get(batch, intake, signal) : this.#move(batch, intake, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const receiver = await this.#receiver?.catch(() => undefined);
    await receiver?.[Symbol.asyncDispose]();
  }

  /** C-GET: the instances come over the same association. */
  async #get(batch: readonly Wanted[], intake: Intake, signal: AbortSignal): Promise<void> {
    const classes = [...new Set(batch.map(({ sopClass }) => sopClass).filter(Boolean))];
    const storage = storageContexts(classes, 3);
    const receives = [...new Set(storage.map(({ abstract }) => abstract))];
    await this.#associated([offer(1, studyRoot.get), ...storage], receives, signal, async (association) => {
      const context = association.contextOf(studyRoot.get, 'C-GET: try --retrieve move');
      const request = { field: commandFields.getRequest, hasDataSet: true, sopClass: studyRoot.get, messageId: 1 };
      await association.send(context, request, identifierOf(batch));
      for (let replies = 0; ; this.#count(++replies, batch)) {
        const message = await this.#message(association);
        const { field, hasDataSet } = message.command;
        if (field === commandFields.storeRequest && hasDataSet) {
          await receiveInstance(association, message, intake, this.#peer.aet);
          replies = 0;
        } else if (await this.#isOver(message, commandFields.getReply)) return;
      }
    });
  }

  /** C-MOVE: the PACS sends over associations of its own, to our receiver. */
  async #move(batch: readonly Wanted[], intake: Intake, signal: AbortSignal): Promise<void> {
    const { ownAet } = this.#peer;
    this.#receiver ??= this.#openReceiver(intake);
    const receiver = await this.#receiver;
    await this.#associated([offer(1, studyRoot.move)], [], signal, async (association) => {
      const context = association.contextOf(studyRoot.move, 'C-MOVE: try --retrieve get');
      const messageId = this.#newMove();
      const request = { field: commandFields.moveRequest, hasDataSet: true, sopClass: studyRoot.move, messageId };
      this.#waiting.add(association);
      try {
        await association.send(context, { ...request, destination: ownAet }, identifierOf(batch));
        for (let replies = 0; ; this.#count(++replies, batch)) {
          if (await this.#isOver(await this.#message(association), commandFields.moveReply)) break;
        }
      } finally {
        this.#waiting.delete(association);
      }
    });
    const { failure } = receiver;
    receiver.failure = undefined;
    if (failure !== undefined) throw failure;
  }

  /** A number that an earlier program, which may have been killed during a move, has hardly had. */
  #newMove(): number {
    const messageId = randomInt(1, 0x1_0000);
    this.#moves.add(messageId);
    return messageId;
  }

  /** A PACS says after each instance how many are left; one that goes on without any keeps nobody waiting. */
  #count(replies: number, batch: readonly Wanted[]): void {
    if (replies > 10 * batch.length + 100)
      throw refuses(this.name, 'says again and again that it is at work, and sends nothing');
  }

  #openReceiver(intake: Intake): Promise<Receiver> {
    const { timeout, parallel, onRefused } = this.#options;
    return Receiver.open({
      ...{ peer: this.#peer, certificates: this.#certificates, timeout, intake, onRefused },
      isOwnMove: (messageId) => this.#moves.has(messageId),
      associations: parallel + 2,
      onActivity: () => {
        for (const { reader } of this.#waiting) reader.patience.reset();
      },
    });
  }

  /** True for the last answer to a retrieval. Throws `peer` when it failed as a whole; single instances are counted by the caller. */
  async #isOver({ command, data }: Message, field: number): Promise<boolean> {
    await this.#small(data);
    if (command.field !== field || command.status === undefined) throw this.#disorder();
    const { status } = command;
    if (isPending(status)) return false;
    // 0xb000: some could not be sent, which are told by name when they are missed.
    if (status === 0 || status === 0xb000) return true;
    if (status === 0xa702) throw fails(this.name, statusWords(status));
    throw refuses(this.name, statusWords(status));
  }

  async #find<T>({ identifier, limit, facts }: Question<T>, signal: AbortSignal): Promise<readonly T[]> {
    return this.#associated([offer(1, studyRoot.find)], [], signal, async (association) => {
      const context = association.contextOf(studyRoot.find, 'C-FIND');
      const request = { field: commandFields.findRequest, hasDataSet: true, sopClass: studyRoot.find, messageId: 1 };
      await association.send(context, request, identifier);
      const found: T[] = [];
      for (;;) {
        const { command, data } = await this.#message(association);
        const bytes = await this.#small(data);
        if (command.field !== commandFields.findReply || command.status === undefined) throw this.#disorder();
        if (!isPending(command.status)) {
          if (command.status !== 0) throw refuses(this.name, statusWords(command.status));
          return found;
        }
        found.push(this.#read(() => facts(decodeIdentifier(bytes))));
        checkLimit(limit, `the number of answers of ${this.name}`, found.length);
      }
    });
  }

  #read<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      throw refuses(this.name, `its answer to a query cannot be read: ${error.message}`);
    }
  }

  /** A data set that is small enough to be held. */
  async #small(data: AsyncIterable<Uint8Array>): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    let bytes = 0;
    for await (const part of data) {
      bytes += part.length;
      checkLimit('identifierBytes', `an answer of ${this.name} in bytes`, bytes);
      parts.push(part);
    }
    return Buffer.concat(parts);
  }

  async #message(association: Association): Promise<Message> {
    const message = await association.receive();
    if (message === null) throw fails(this.name, 'has ended the association');
    return message;
  }

  async #reply(association: Association, field: number): Promise<Command & { readonly status: number }> {
    const { command, data } = await this.#message(association);
    await this.#small(data);
    if (command.field !== field || command.status === undefined) throw this.#disorder();
    return { ...command, status: command.status };
  }

  #disorder() {
    return refuses(this.name, 'breaks the DICOM protocol: it answers something that was not asked');
  }

  /** Work over an association of its own, which is released after it and aborted where it fails. */
  async #associated<T>(
    offered: readonly OfferedContext[],
    receives: readonly string[],
    signal: AbortSignal,
    work: (association: Association) => Promise<T>,
  ): Promise<T> {
    const { timeout } = this.#options;
    const { aet: called, ownAet: calling } = this.#peer;
    const socket = await connectTo(this.#peer, this.#certificates, timeout, signal);
    // Errors reach the reader; after its time they are of no interest.
    socket.on('error', () => {});
    const request = { called, calling, offered, receives, maximum: limits.dataPduBytes };
    const stop = () => socket.destroy();
    signal.addEventListener('abort', stop);
    try {
      const association = await requestAssociation({ socket, peer: this.name, timeout }, request);
      const listenNoMore = endOnAbort(association.reader, signal);
      try {
        const result = await work(association);
        await association.release();
        return result;
      } catch (error) {
        association.abort();
        throw error;
      } finally {
        listenNoMore();
      }
    } catch (error) {
      throw signal.aborted ? new Problem('cancelled', { job: 'transfer' }) : error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }
}

const offer = (id: number, abstract: string): OfferedContext => ({ id, abstract, syntaxes: implicit });
