// How a PACS is named in a line for a person, and how its failures become Problems.
import type { PacsPeer } from '../../src-preload/schemas/pacs.ts';
import { isProblem, Problem, systemCode } from '../platform/errors.ts';
import { inWords } from '../platform/words.ts';

/** `https://pacs.example/dicom-web` or `ORTHANC@pacs.example:4242`. */
export function nameOf(peer: PacsPeer): string {
  return peer.protocol === 'dicomweb' ? peer.url : `${peer.aet}@${peer.host}:${peer.port}`;
}

/** A failure of the peer that another attempt will not mend. */
export const refuses = (peer: string, reason: string): Problem<'peer'> =>
  new Problem('peer', { peer, reason, again: false });

/** A failure that another attempt may mend. */
export const fails = (peer: string, reason: string): Problem<'peer'> =>
  new Problem('peer', { peer, reason, again: true });

/** What the system says of connections, in words; those of the first table may be over in a moment. */
const passing: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody answers there (connection refused)',
  ECONNRESET: 'the connection was lost',
  EPIPE: 'the connection was lost',
  ETIMEDOUT: 'no answer in time',
  ENETUNREACH: 'the network cannot be reached',
  EHOSTUNREACH: 'the host cannot be reached',
  EAI_AGAIN: 'the name of the host cannot be looked up at present',
  ECONNABORTED: 'the connection was lost',
};
const lasting: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no host of this name',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'its certificate is self-signed and not trusted: give it with --ca if it is the right one',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is of an authority that is not trusted: give that with --ca',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is of an authority that is not trusted: give that with --ca',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is of an authority that is not trusted: give that with --ca',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate is of an authority that is not trusted: give that with --ca',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  CERT_SIGNATURE_FAILURE: 'its certificate is not signed by the authority that was given',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS there',
  EPROTO: 'it does not speak TLS there, or refuses our certificate',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'it demands a client certificate: give --client-cert and --client-key',
  'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE': 'it refuses the connection by TLS',
  HPE_HEADER_OVERFLOW: 'the headers of its answer are too long',
};

/** Whatever a connection threw as a Problem that names the peer; Problems and an abort by the user pass. */
export function peerProblem(peer: string, error: unknown): unknown {
  if (isProblem(error)) return error;
  if (error instanceof Error && error.name === 'AbortError') return new Problem('cancelled', { job: 'transfer' });
  const code = systemCode(error) ?? '';
  const cause = { cause: error };
  if (Object.hasOwn(passing, code)) return new Problem('peer', { peer, reason: passing[code]!, again: true }, cause);
  if (Object.hasOwn(lasting, code)) return new Problem('peer', { peer, reason: lasting[code]!, again: false }, cause);
  if (code.startsWith('HPE_')) {
    const reason = `its answer is not HTTP, or does not have the length that it says (${code})`;
    return new Problem('peer', { peer, reason, again: false }, cause);
  }
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS') || code.includes('CERT')) {
    return new Problem('peer', { peer, reason: `TLS failed (${code})`, again: false }, cause);
  }
  if (code !== '') return error;
  return new Problem('peer', { peer, reason: inWords(error), again: false }, cause);
}
