// residua deidentify: the score card as a table, a CSV and an exit code; the key of pseudonyms out and in.
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pseudonymsOf, readKey } from '../../src-main/curation/deidentification/pseudonyms.ts';
import { actionGroups } from '../../src-main/curation/score-card/planting.ts';
import { residua, temporaryFolder, writeGrey } from './residua.ts';

describe('residua deidentify --score-card', () => {
  it('prints every group, writes no wrong element, and ends well', async () => {
    await using folder = await temporaryFolder();
    const csv = join(folder.path, 'wrong.csv');
    const { code, stdout } = await residua(['deidentify', '--score-card', '--patients', '2', '--csv', csv]);
    expect(code).toBe(0);
    const lines = stdout.trim().split('\n');
    expect(lines[0]).toMatch(/^group +right +total +share$/);
    expect(lines.slice(1).map((line) => line.split(/ {2,}/)[0])).toEqual([...actionGroups]);
    for (const line of lines.slice(1)) expect(line).toMatch(/ (\d+) +\1 +100\.00 %$/);
    expect(readFileSync(csv, 'utf8').trim()).toBe('group,file,element,reason');
  });

  it('scores what another program made: the originals as they are fail, with every wrong element in the CSV', async () => {
    await using folder = await temporaryFolder();
    const [originals, csv] = [join(folder.path, 'originals'), join(folder.path, 'wrong.csv')];
    const made = ['deidentify', '--score-card', '--patients', '1', '--seed', '5'];
    expect((await residua([...made, '--originals', originals])).stdout).toContain('38 files');
    expect(readdirSync(originals)).toHaveLength(38);
    const { code, stdout, stderr } = await residua([...made, '--copies', originals, '--csv', csv]);
    expect(code).toBe(1);
    expect(stderr).toContain('below 99.9 %: date shifted, patient id consistent, pixels hidden, text removed');
    expect(stdout).toMatch(/^UID changed +0 +\d+ +0\.00 %$/m);
    expect(readFileSync(csv, 'utf8')).toContain('UID changed,00000-CT.dcm,0020000d,is the same UID');
    expect((await residua([...made, '--copies', join(folder.path, 'none')])).code).toBe(1);
  });

  it('needs exactly one thing to do', async () => {
    expect((await residua(['deidentify'])).code).toBe(2);
    expect((await residua(['deidentify', '--score-card', '--key-out', 'x'])).code).toBe(2);
  });
});

describe('the key of pseudonyms', () => {
  it('goes out to a new file for its owner alone, and into a catalog without one', async () => {
    await using folder = await temporaryFolder();
    const at = (name: string) => join(folder.path, name);
    const keyIn = (file: string, catalog: string) =>
      residua(['deidentify', '--key-in', at(file), '--catalog', at(catalog)]);
    const keyOut = (file: string, catalog: string) =>
      residua(['deidentify', '--key-out', at(file), '--catalog', at(catalog)]);
    expect((await keyOut('first.key', 'none')).code).toBe(1);
    expect(existsSync(at('none'))).toBe(false);
    await writeGrey(at('images/one.png'), 8, 8, (x, y) => x * y);
    for (const catalog of ['chest', 'abdomen']) await residua(['import', at('images'), '--catalog', at(catalog)]);
    // A key that was escrowed elsewhere, here made by hand.
    writeFileSync(at('escrow.key'), `${'ab'.repeat(32)}\n`, { mode: 0o600 });
    expect((await keyIn('escrow.key', 'chest')).stdout).toContain('key imported');
    expect((await keyIn('escrow.key', 'chest')).stdout).toContain('has this key already');
    expect((await keyOut('first.key', 'chest')).code).toBe(0);
    expect(readFileSync(at('first.key'), 'utf8')).toBe(`${'ab'.repeat(32)}\n`);
    if (process.platform !== 'win32') {
      for (const file of ['first.key', 'chest/secrets/pseudonyms.key'])
        expect(statSync(at(file)).mode & 0o777).toBe(0o600);
    }

    const again = await keyOut('first.key', 'chest');
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('exists already');

    writeFileSync(at('other.key'), `${'cd'.repeat(32)}\n`);
    const refused = await keyIn('other.key', 'chest');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('is another key');
    writeFileSync(at('no.key'), 'secret');
    expect((await keyIn('no.key', 'abdomen')).stderr).toContain('is not a key for pseudonyms');
    expect(existsSync(at('abdomen/secrets/pseudonyms.key'))).toBe(false);
    expect((await residua(['audit', 'verify', '--catalog', at('chest')])).stdout).toContain('The audit log is whole');

    // The same patient: one pseudonym with one key, another that cannot be linked with another.
    const [first, second] = await Promise.all(['first.key', 'other.key'].map((file) => readKey(at(file))));
    expect(pseudonymsOf(first!).patient('P1')).toBe(pseudonymsOf(Buffer.from('ab'.repeat(32), 'hex')).patient('P1'));
    expect(pseudonymsOf(first!).patient('P1')).not.toBe(pseudonymsOf(second!).patient('P1'));
    expect(pseudonymsOf(first!).uid('1.2.3')).not.toBe(pseudonymsOf(second!).uid('1.2.3'));
  }, 60_000);
});
