// The options of an import from a PACS: what they mean, what is refused before anything is connected, and where a password comes from.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { credentialsOf, pacsOptions, peerOf, queryOf } from '../../src-main/cli/pacs-options.ts';
import { inWords } from '../../src-main/platform/words.ts';
import { residua, temporaryFolder } from './residua.ts';

type Given = Parameters<typeof peerOf>[0];
const given = (values: Readonly<Record<string, unknown>>): Given =>
  Object.fromEntries(
    Object.entries(pacsOptions).map(([name, { schema }]) => [name, schema.parse(values[name])]),
  ) as unknown as Given;
const wordsOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return inWords(error);
  }
  return 'nothing was refused';
};

describe('the options of a PACS', () => {
  it('name it', () => {
    expect(peerOf(given({ dimse: 'PACS@[::1]:104', aet: 'ME', listen: '0.0.0.0:4242', tls: 'true' }))).toMatchObject({
      ...{ protocol: 'dimse', aet: 'PACS', host: '::1', port: 104, ownAet: 'ME', tls: true, retrieve: 'get' },
      listen: { host: '0.0.0.0', port: 4242 },
    });
    expect(peerOf(given({ dicomweb: 'https://pacs.example/dicom-web', ca: '/ca.pem' }))).toMatchObject({
      ...{ protocol: 'dicomweb', url: 'https://pacs.example/dicom-web', ca: '/ca.pem', clientKey: null, redirects: [] },
    });
    expect(peerOf(given({}))).toBeUndefined();
  });

  it.each<[Readonly<Record<string, unknown>>, string]>([
    [{ dimse: 'PACS' }, '--dimse PACS: expected AET@HOST:PORT'],
    [{ dimse: 'A_TITLE_THAT_IS_LONG@h:104' }, '--dimse: aet: must be an AE title: 1 to 16 characters'],
    [{ dimse: 'PACS@h:99999' }, '--dimse: port: expected at most 65535'],
    [{ dimse: 'PACS@h/../x:1' }, '--dimse: host: must be a host name or an address'],
    [{ dimse: 'PACS@h:1', listen: 'x' }, '--listen x: expected HOST:PORT'],
    [{ dicomweb: 'ftp://pacs.example' }, '--dicomweb: url: Invalid URL'],
    [
      { dicomweb: 'https://anna:geheim@pacs.example' },
      '--dicomweb: url: must have no user name, password, ? and #: give --user instead',
    ],
    [{ dicomweb: 'https://h', dimse: 'A@h:1' }, '--dicomweb and --dimse: give one of them'],
    [
      { dicomweb: 'https://h', allowRedirect: ['https://x/path'] },
      '--dicomweb: redirects.0: must be an origin such as https://pacs.example',
    ],
  ])('%j are refused', (values, words) => {
    expect(wordsOf(() => peerOf(given(values)))).toBe(words);
  });

  it('say what is asked', () => {
    expect(queryOf(given({ studyDate: '2024-01-01-2024-03-31' }))).toMatchObject({ from: '20240101', to: '20240331' });
    expect(queryOf(given({ studyDate: '20240101' }))).toMatchObject({ from: '20240101', to: '20240101' });
    expect(queryOf(given({ studyDate: '20240101-' }))).toMatchObject({ from: '20240101', to: null });
    expect(queryOf(given({ studyDate: '-20240101' }))).toMatchObject({ from: null, to: '20240101' });
    expect(wordsOf(() => queryOf(given({ studyDate: 'today' })))).toBe(
      '--study-date today: expected a day such as 20240131, or two with a - between them',
    );
    expect(wordsOf(() => queryOf(given({ patientId: 'a\\b' })))).toBe(
      'query: patientId: must not hold a backslash or a control character',
    );
    expect(wordsOf(() => queryOf(given({ modality: ['ct'] })))).toBe(
      'query: modalities.0: must be a modality such as CT',
    );
  });

  it.each([
    [['--modality', 'CT', 'folder'], '--modality needs --dicomweb or --dimse'],
    [['--dimse', 'A@h:1', 'folder'], 'give folders or a PACS, not both'],
    [
      ['--dimse', 'A@h:1', '--drop-black'],
      '--mask-dir and --drop-black are for folders: import --into again with them',
    ],
    [['--dimse', 'A@h:1', '--user', 'anna'], 'a password or token is for DICOMweb: DIMSE takes --client-cert'],
    [['--dicomweb', 'https://h', '--user', 'anna'], 'no terminal to ask for a password: use --password-file'],
    [[], 'what is imported is missing: folders, zips, files, or a PACS'],
  ])('%j are a mistake', async (words, line) => {
    const { code, stderr } = await residua(['import', ...words]);
    expect(code).toBe(2);
    expect(stderr.trim().split('\n')[0]).toBe(`residua: ${line}`);
  });
});

describe('a password or token', () => {
  afterEach(() => {
    delete process.env.RESIDUA_PACS_PASSWORD;
    delete process.env.RESIDUA_PACS_TOKEN;
  });
  const web = { dicomweb: 'https://h' };

  it('comes from the environment, which children do not inherit', async () => {
    process.env.RESIDUA_PACS_PASSWORD = 'geheim';
    process.env.RESIDUA_PACS_TOKEN = 'abc.def';
    expect(await credentialsOf(given({ ...web, user: 'anna' }))).toEqual({
      kind: 'basic',
      user: 'anna',
      password: 'geheim',
    });
    expect(process.env.RESIDUA_PACS_PASSWORD).toBeUndefined();
    expect(process.env.RESIDUA_PACS_TOKEN).toBeUndefined();
    process.env.RESIDUA_PACS_TOKEN = 'abc.def';
    expect(await credentialsOf(given(web))).toEqual({ kind: 'bearer', token: 'abc.def' });
    expect(await credentialsOf(given(web))).toBeUndefined();
  });

  it('comes from a file that nobody else reads', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'secret');
    writeFileSync(file, 'abc\nmore', { mode: 0o600 });
    expect(await credentialsOf(given({ ...web, tokenFile: file }))).toEqual({ kind: 'bearer', token: 'abc' });
    const open = join(folder.path, 'open');
    writeFileSync(open, 'abc', { mode: 0o640 });
    await expect(credentialsOf(given({ ...web, tokenFile: open }))).rejects.toMatchObject({
      values: { reason: 'others can read it: chmod 600' },
    });
    await expect(credentialsOf(given({ ...web, tokenFile: join(folder.path, 'none') }))).rejects.toMatchObject({
      values: { reason: 'no such file or folder' },
    });
    // What is wrong with a secret is said without it.
    writeFileSync(file, 'two words', { mode: 0o600 });
    await expect(credentialsOf(given({ ...web, tokenFile: file }))).rejects.toMatchObject({
      values: { message: 'the token: token: must be a token without spaces' },
    });
  });
});
