// The keychain of the desktop window: what is on disk is encrypted, and nothing is kept where the system has no keychain.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ShellKeychain } from '../../src-main/shell/keychain.ts';
import { temporaryFolder } from '../cli/residua.ts';

/** Stands for the system's: reverses the bits. */
const flipped = (bytes: Uint8Array) => Buffer.from(bytes.map((byte) => byte ^ 0xff));
const system = (backend: string) => ({
  isEncryptionAvailable: () => true,
  encryptString: (text: string) => flipped(Buffer.from(text)),
  decryptString: (bytes: Buffer) => flipped(bytes).toString(),
  getSelectedStorageBackend: () => backend as 'gnome_libsecret',
});

describe('the keychain', () => {
  it('keeps credentials by server, encrypted, for this user alone', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'credentials.json');
    const keychain = new ShellKeychain(file, system('gnome_libsecret'));
    expect(keychain.all()).toEqual([]);
    await keychain.keep('https://pacs.example/dicom-web', { kind: 'basic', user: 'anna', password: 'geheim' });
    await keychain.keep('https://other.example:8443/x', { kind: 'bearer', token: 'abc' });
    const content = readFileSync(file, 'utf8');
    expect(content).not.toMatch(/geheim|anna|Z2VoZWlt/);
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(new ShellKeychain(file, system('kwallet6')).all()).toEqual([
      { url: 'https://pacs.example', credentials: { kind: 'basic', user: 'anna', password: 'geheim' } },
      { url: 'https://other.example:8443', credentials: { kind: 'bearer', token: 'abc' } },
    ]);
    const other = { ...system('kwallet6'), decryptString: () => 'noise' };
    expect(new ShellKeychain(file, other).all()).toEqual([]);
  });

  it.skipIf(process.platform !== 'linux')('keeps nothing where there is none', async () => {
    await using folder = await temporaryFolder();
    const keychain = new ShellKeychain(join(folder.path, 'c.json'), system('basic_text'));
    expect(keychain.available).toBe(false);
    await expect(keychain.keep('https://h', { kind: 'bearer', token: 'abc' })).rejects.toMatchObject({ kind: 'usage' });
  });
});
