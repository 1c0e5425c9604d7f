// The certificates of a connection by TLS, read from PEM files.
import { readFile, stat } from 'node:fs/promises';
import { type ConnectionOptions, createSecureContext } from 'node:tls';
import type { PacsPeer } from '../../src-preload/schemas/pacs.ts';
import { Problem } from '../platform/errors.ts';
import { inWords, systemReason } from '../platform/words.ts';

/** What Node's TLS takes. A server is never accepted without a certificate that is trusted and for its host. */
export type Certificates = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'minVersion'>;

const largest = 2 ** 20;

/** Reads the files that a peer names. Throws `file`, `usage`, and `content` for files that are not PEM or do not belong together. */
export async function certificatesOf({
  ca,
  clientCertificate,
  clientKey,
}: Pick<PacsPeer, 'ca' | 'clientCertificate' | 'clientKey'>): Promise<Certificates> {
  if ((clientCertificate === null) !== (clientKey === null)) {
    throw new Problem('usage', { message: 'a client certificate needs its key, and a key its certificate' });
  }
  const certificates: Certificates = {
    minVersion: 'TLSv1.2',
    ...(ca === null ? {} : { ca: await pem(ca, 'CERTIFICATE') }),
    ...(clientCertificate === null || clientKey === null
      ? {}
      : { cert: await pem(clientCertificate, 'CERTIFICATE'), key: await pem(clientKey, 'PRIVATE KEY') }),
  };
  try {
    createSecureContext(certificates);
  } catch (error) {
    const file = clientKey ?? ca ?? 'certificates';
    const encrypted = certificates.key?.toString().includes('ENCRYPTED') === true;
    const reason = encrypted
      ? 'the key is encrypted: give one that is not, readable by you alone'
      : 'not a valid certificate and key';
    throw new Problem('content', { file, reason }, { cause: error });
  }
  return certificates;
}

async function pem(file: string, what: 'CERTIFICATE' | 'PRIVATE KEY'): Promise<string> {
  const fault = (reason: string) => new Problem('file', { file, reason });
  const text = await stat(file)
    .then(({ size }) => {
      if (size > largest) throw fault('is no PEM file');
      return readFile(file, 'utf8');
    })
    .catch((error: unknown) => {
      throw error instanceof Problem ? error : fault(systemReason(error) ?? inWords(error));
    });
  if (!new RegExp(`-----BEGIN [A-Z ]*${what}-----`).test(text))
    throw fault(`holds no ${what.toLowerCase()} in PEM form`);
  return text;
}
