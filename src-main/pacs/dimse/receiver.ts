// The receiver of C-MOVE: listens while a transfer goes on, and takes instances from the one PACS that was asked.
import { lookup } from 'node:dns/promises';
import { createServer as createPlainServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { DimsePeer } from '../../../src-preload/schemas/pacs.ts';
import { isProblem, Problem } from '../../platform/errors.ts';
import { inWords, systemReason } from '../../platform/words.ts';
import type { Certificates } from '../certificates.ts';
import type { Intake } from '../intake.ts';
import { nameOf, refuses } from '../peer.ts';
import { type Association, acceptAssociation, type Judge } from './association.ts';
import { commandFields } from './commands.ts';
import { acceptedContexts, dropInstance, receiveInstance } from './storage.ts';

export interface ReceiverOptions {
  readonly peer: DimsePeer;
  readonly certificates: Certificates;
  /** Seconds. */
  readonly timeout: number;
  readonly intake: Intake;
  /** Associations at once; others are closed. */
  readonly associations: number;
  /** One line about a connection that was refused, or a failure of one that was not. */
  readonly onRefused: (line: string) => void;
  /** Whether a C-MOVE of this transfer has this number; others are of one that was ended, whose instances may still come. */
  readonly isOwnMove: (messageId: number) => boolean;
  /** Something has come from the PACS. */
  readonly onActivity: () => void;
}

/** Listens from `open` to its disposal; nothing is left open then. */
export class Receiver implements AsyncDisposable {
  readonly #server: Server;
  readonly #options: ReceiverOptions;
  readonly #senders: ReadonlySet<string>;
  readonly #sockets = new Set<Socket>();
  #told = 0;
  /** What ended an association that was the PACS's own: the drive, or a broken protocol. */
  failure: unknown;

  /** Throws `peer` where the host has no address, and `file` where the address cannot be listened on. */
  static async open(options: ReceiverOptions): Promise<Receiver> {
    const { peer, certificates } = options;
    const host = peer.sender ?? peer.host;
    const found = await lookup(host, { all: true }).catch(() => {
      throw refuses(nameOf(peer), `there is no host ${host}`);
    });
    const receiver = new Receiver(options, new Set(found.map(({ address }) => plainAddress(address))));
    const { listen } = peer;
    const where = `${listen.host}:${listen.port}`;
    if (peer.tls && certificates.cert === undefined) {
      throw new Problem('usage', { message: 'to receive by TLS give --client-cert and --client-key' });
    }
    await new Promise<void>((resolve, reject) => {
      receiver.#server.once('error', (error) => {
        const taken =
          (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? 'another program listens there already' : undefined;
        const foreign =
          (error as NodeJS.ErrnoException).code === 'EADDRNOTAVAIL' ? 'is no address of this machine' : undefined;
        reject(new Problem('file', { file: where, reason: taken ?? foreign ?? systemReason(error) ?? inWords(error) }));
      });
      receiver.#server.listen({ host: listen.host, port: listen.port, exclusive: true }, resolve);
    });
    return receiver;
  }

  private constructor(options: ReceiverOptions, senders: ReadonlySet<string>) {
    const { peer, certificates } = options;
    this.#options = options;
    this.#senders = senders;
    const hear = (socket: Socket) => void this.#hear(socket);
    this.#server = peer.tls
      ? createTlsServer(
          { ...certificates, requestCert: true, rejectUnauthorized: true, handshakeTimeout: options.timeout * 1000 },
          hear,
        )
      : createPlainServer(hear);
    // Before its handshake is over, a connection by TLS is known to this event alone.
    this.#server.on('connection', (socket: Socket) => this.#admit(socket));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #admit(socket: Socket): void {
    const address = plainAddress(socket.remoteAddress ?? '');
    socket.on('error', () => {});
    if (!this.#senders.has(address)) {
      this.#tell(`refused a connection from ${address}, which is not the PACS`);
      socket.destroy();
    } else if (this.#sockets.size >= this.#options.associations) {
      socket.destroy();
    } else {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    }
  }

  async #hear(socket: Socket): Promise<void> {
    if (socket.destroyed) return;
    socket.setNoDelay();
    const { peer, timeout, intake, isOwnMove, onActivity } = this.#options;
    const name = nameOf(peer);
    let association: Association | null = null;
    try {
      association = await acceptAssociation({ socket, peer: name, timeout }, this.#judge);
      for (;;) {
        const message = (await association?.receive()) ?? null;
        if (association === null || message === null) return;
        onActivity();
        const { field, sopClass, messageId, originator = '', originatorMessage } = message.command;
        if (field === commandFields.echoRequest) {
          const reply = {
            field: commandFields.echoReply,
            hasDataSet: false,
            sopClass,
            respondedTo: messageId,
            status: 0,
          };
          await association.send(message.context, reply);
        } else if (field !== commandFields.storeRequest || !message.command.hasDataSet) {
          throw refuses(name, 'sends something else than images');
        } else if (originator !== '' && originator !== peer.ownAet) {
          throw refuses(name, 'sends images that somebody else has asked for');
        } else if (originatorMessage !== undefined && !isOwnMove(originatorMessage)) {
          await dropInstance(association, message, peer.aet);
        } else {
          await receiveInstance(association, { ...message, data: heard(message.data, onActivity) }, intake, peer.aet);
          onActivity();
        }
      }
    } catch (error) {
      association?.abort();
      socket.destroy();
      // Whoever made the move asks for the rest again; a full drive ends it.
      const again = isProblem(error, 'peer') && error.values.again;
      if (!again) this.failure ??= error;
      // Whoever looks whether somebody listens has no association.
      else if (association !== null) this.#tell(`lost an association: ${error.values.reason}`);
    }
  }

  readonly #judge: Judge = ({ called, calling, offered }) => {
    const { peer } = this.#options;
    if (calling !== peer.aet) {
      this.#tell('refused an association of another AE title than that of the PACS');
      return { reject: 3 };
    }
    if (called !== peer.ownAet) {
      this.#tell('refused an association for another AE title than ours');
      return { reject: 7 };
    }
    return { contexts: acceptedContexts(offered) };
  };

  /** A peer that tries again and again fills no log. */
  #tell(line: string): void {
    this.#told++;
    if (this.#told <= 20) this.#options.onRefused(`the receiver ${line}`);
  }
}

async function* heard(data: AsyncIterable<Uint8Array>, onActivity: () => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of data) {
    onActivity();
    yield chunk;
  }
}

/** An IPv4 address that is written as one of IPv6 is the same. */
const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
