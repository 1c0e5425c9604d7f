// Encryption for transport: the age format (https://age-encryption.org/v1) by its official library, with a passphrase or for recipients.
import { ReadableStream } from 'node:stream/web';
import { Decrypter, Encrypter } from 'age-encryption';
import { isProblem, Problem } from '../../platform/errors.ts';

/** A passphrase, or public keys (`age1...`) of those who may read. */
export type Locking = { readonly passphrase: string } | { readonly recipients: readonly string[] };
/** A passphrase, or secret keys (`AGE-SECRET-KEY-...`). */
export type Unlocking = { readonly passphrase: string } | { readonly identities: readonly string[] };

/** A shorter passphrase can be guessed by trying. */
const shortestPassphrase = 10;

/** The encrypted bytes. Throws `usage` for a passphrase that is too short and for what is no recipient. */
export async function encrypted(
  plain: AsyncIterable<Uint8Array>,
  locking: Locking,
): Promise<AsyncIterable<Uint8Array>> {
  const encrypter = new Encrypter();
  if ('passphrase' in locking) {
    if (locking.passphrase.length < shortestPassphrase) {
      throw new Problem('usage', { message: `a passphrase must have ${shortestPassphrase} characters or more` });
    }
    encrypter.setPassphrase(locking.passphrase);
  } else {
    for (const [index, recipient] of locking.recipients.entries()) {
      try {
        encrypter.addRecipient(recipient);
      } catch (error) {
        const message = `recipient ${index + 1} is not a public key of age (age1...)`;
        throw new Problem('usage', { message }, { cause: error });
      }
    }
  }
  return (await encrypter.encrypt(streamOf(plain))) as AsyncIterable<Uint8Array>;
}

/** The decrypted bytes; `file` names what is read. Throws `usage` for keys that are none, `content` where none fits or bytes were altered. */
export async function* decrypted(
  cipher: AsyncIterable<Uint8Array>,
  unlocking: Unlocking,
  file: string,
): AsyncGenerator<Uint8Array> {
  const decrypter = new Decrypter();
  if ('passphrase' in unlocking) decrypter.addPassphrase(unlocking.passphrase);
  else {
    for (const identity of unlocking.identities) {
      try {
        decrypter.addIdentity(identity);
      } catch (error) {
        throw new Problem('usage', { message: 'the identity file holds no secret key of age' }, { cause: error });
      }
    }
  }
  try {
    yield* (await decrypter.decrypt(streamOf(cipher))) as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (isProblem(error)) throw error;
    const reason = 'cannot be decrypted: another passphrase or key, or it was altered';
    throw new Problem('content', { file, reason }, { cause: error });
  }
}

function streamOf(chunks: AsyncIterable<Uint8Array>): globalThis.ReadableStream<Uint8Array> {
  return ReadableStream.from(chunks) as globalThis.ReadableStream<Uint8Array>;
}
