// Credentials of DICOMweb services from one start to the next: encrypted by the keychain of the system, never as plain text.
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import type { SafeStorage } from 'electron';
import { z } from 'zod';
import { type PacsCredentials, pacsCredentials } from '../../src-preload/schemas/pacs.ts';
import { writeFileAtomic } from '../platform/atomic-file.ts';
import { Problem } from '../platform/errors.ts';

/** Origin -> credentials, encrypted, as base64. */
const stored = z.record(z.string(), z.string());

/** What of Electron's keychain is used. */
type System = Pick<SafeStorage, 'isEncryptionAvailable' | 'encryptString' | 'decryptString'> &
  Partial<Pick<SafeStorage, 'getSelectedStorageBackend'>>;

/** To be made once Electron is ready. */
export class ShellKeychain {
  readonly #file: string;
  readonly #system: System;

  constructor(file: string, system: System) {
    this.#file = file;
    this.#system = system;
  }

  /** False where the system has no keychain: Electron would then encrypt with a key that everybody knows. */
  get available(): boolean {
    const backend = process.platform === 'linux' ? this.#system.getSelectedStorageBackend?.() : 'system';
    return this.#system.isEncryptionAvailable() && backend !== 'basic_text' && backend !== 'unknown';
  }

  /** Throws `usage` where there is no keychain. */
  async keep(url: string, credentials: PacsCredentials): Promise<void> {
    if (!this.available) throw new Problem('usage', { message: 'this system has no keychain' });
    const encrypted = this.#system.encryptString(JSON.stringify(credentials)).toString('base64');
    await writeFileAtomic(this.#file, JSON.stringify({ ...this.#read(), [new URL(url).origin]: encrypted }));
    if (process.platform !== 'win32') chmodSync(this.#file, 0o600);
  }

  /** Everything that is kept and can still be decrypted. */
  all(): readonly { readonly url: string; readonly credentials: PacsCredentials }[] {
    if (!existsSync(this.#file) || !this.available) return [];
    return Object.entries(this.#read()).flatMap(([url, encrypted]) => {
      try {
        const text = this.#system.decryptString(Buffer.from(encrypted, 'base64'));
        return [{ url, credentials: pacsCredentials.parse(JSON.parse(text)) }];
      } catch {
        // Of another user, or another keychain: it is asked for again.
        return [];
      }
    });
  }

  #read(): Readonly<Record<string, string>> {
    try {
      return stored.parse(JSON.parse(readFileSync(this.#file, 'utf8')));
    } catch {
      return {};
    }
  }
}
