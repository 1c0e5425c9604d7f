// Connections of DIMSE: to the PACS, plainly or by TLS.
import { connect as connectPlainly, type Socket } from 'node:net';
import { connect as connectByTls } from 'node:tls';
import type { DimsePeer } from '../../../src-preload/schemas/pacs.ts';
import { Problem } from '../../platform/errors.ts';
import type { Certificates } from '../certificates.ts';
import { fails, nameOf, peerProblem } from '../peer.ts';

/** Connects to a peer; by TLS, its certificate is trusted and for its host. Throws `peer`, `cancelled`. */
export function connectTo(
  peer: DimsePeer,
  certificates: Certificates,
  timeout: number,
  signal: AbortSignal,
): Promise<Socket> {
  const { host, port, tls } = peer;
  const name = nameOf(peer);
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new Problem('cancelled', { job: 'transfer' }));
    const socket: Socket = tls
      ? connectByTls({ host, port, ...(/^[\d.:a-fA-F]+$/.test(host) ? {} : { servername: host }), ...certificates })
      : connectPlainly({ host, port });
    const finish = (end: () => void) => {
      clearTimeout(late);
      signal.removeEventListener('abort', stop);
      socket.off('error', failed);
      socket.off('close', closed);
      end();
    };
    const fail = (error: unknown) =>
      finish(() => {
        // Whatever it still says is of no interest.
        socket.on('error', () => {});
        socket.destroy();
        reject(error);
      });
    const late = setTimeout(() => fail(fails(name, `no answer within ${timeout} s`)), timeout * 1000);
    const stop = () => fail(new Problem('cancelled', { job: 'transfer' }));
    const failed = (error: Error) => fail(peerProblem(name, error));
    const closed = () => fail(fails(name, 'has closed the connection'));
    signal.addEventListener('abort', stop);
    socket.on('error', failed);
    socket.on('close', closed);
    socket.once(tls ? 'secureConnect' : 'connect', () => {
      socket.setNoDelay();
      finish(() => resolve(socket));
    });
  });
}
