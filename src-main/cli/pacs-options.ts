// The options of an import from a PACS: where it is, what is asked of it, and how a password reaches us without being in any argument.
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { fetching } from '../../src-preload/parameters/fetching.ts';
import {
  aeTitle,
  type PacsCredentials,
  type PacsPeer,
  type PacsQuery,
  pacsCredentials,
  pacsPeer,
  pacsQuery,
  uid,
} from '../../src-preload/schemas/pacs.ts';
import { Problem } from '../platform/errors.ts';
import { firstFault, spoken } from '../platform/spoken-schema.ts';
import { inWords, systemReason } from '../platform/words.ts';
import { flag, option, text } from './command.ts';
import { optionsOf } from './parameter-options.ts';
import { askHidden } from './passphrase.ts';

export const pacsOptions = {
  dicomweb: option(
    '--dicomweb <url>',
    'import from a PACS by DICOMweb, such as https://pacs.example/dicom-web',
    text.optional(),
  ),
  dimse: option(
    '--dimse <aet@host:port>',
    'import from a PACS by DIMSE, such as ORTHANC@pacs.example:4242',
    text.optional(),
  ),
  patientId: option('--patient-id <id>', 'PACS: of this patient; * and ? stand for anything', text.optional()),
  patientName: option('--patient-name <name>', 'PACS: such as "Doe^J*"', text.optional()),
  studyDate: option(
    '--study-date <day or days>',
    'PACS: a day, or from and to, such as 20240101-20240331, 20240101- or -20240331',
    text.optional(),
  ),
  modality: option(
    '--modality <name>',
    'PACS: series of this modality, such as CT (repeatable)',
    z.array(text).default([]),
  ),
  bodyPart: option('--body-part <name>', 'PACS: series of this body part, such as CHEST', text.optional()),
  description: option(
    '--description <text>',
    'PACS: part of the description of study or series, any case',
    text.optional(),
  ),
  studyUid: option('--study-uid <uid>', 'PACS: only this study (repeatable)', z.array(uid).default([])),
  dryRun: option('--dry-run [flag]', 'PACS: print what the query finds, and fetch nothing', flag),
  test: option('--test [flag]', 'PACS: only ask whether it answers', flag),
  into: option(
    '--into <folder>',
    'PACS: where the fetched files are kept (default: from-pacs in the folder of the catalog)',
    text.optional(),
  ),
  retrieve: option(
    '--retrieve <how>',
    'DIMSE: by C-GET, or by C-MOVE to a receiver here',
    z.enum(['get', 'move']).default('get'),
  ),
  aet: option('--aet <title>', 'DIMSE: the AE title of this machine', aeTitle.default('RESIDUA')),
  listen: option(
    '--listen <host:port>',
    'DIMSE: where the receiver of C-MOVE listens during the transfer',
    z.string().default('127.0.0.1:11112'),
  ),
  sender: option(
    '--sender <host>',
    'DIMSE: the address that the PACS sends from, where it is not its own',
    text.optional(),
  ),
  tls: option('--tls [flag]', 'DIMSE: connect by TLS', flag),
  ca: option(
    '--ca <file>',
    'PACS: the certificates that are trusted, instead of those of the system (PEM)',
    text.optional(),
  ),
  clientCert: option('--client-cert <file>', 'PACS: our certificate (PEM)', text.optional()),
  clientKey: option('--client-key <file>', 'PACS: its key (PEM)', text.optional()),
  allowRedirect: option(
    '--allow-redirect <origin>',
    'DICOMweb: another server that redirects may lead to; it gets no password (repeatable)',
    z.array(text).default([]),
  ),
  user: option('--user <name>', 'DICOMweb: the password is asked for, or read from --password-file', text.optional()),
  passwordFile: option(
    '--password-file <file>',
    'DICOMweb: its first line is the password; a file that only you can read, or /dev/fd/3',
    text.optional(),
  ),
  tokenFile: option('--token-file <file>', 'DICOMweb: its first line is a bearer token', text.optional()),
  ...optionsOf(fetching),
} as const;

type Given = { readonly [N in keyof typeof pacsOptions]: z.output<(typeof pacsOptions)[N]['schema']> };

/** Environment variables that hold secrets; children do not inherit them. */
const variables = { password: 'RESIDUA_PACS_PASSWORD', token: 'RESIDUA_PACS_TOKEN' } as const;

/** Where the PACS is; undefined when neither option is given. Throws `usage`. */
export function peerOf(given: Given): PacsPeer | undefined {
  const { dicomweb, dimse } = given;
  if (dicomweb !== undefined && dimse !== undefined) throw usage('--dicomweb and --dimse: give one of them');
  const file = (path: string | undefined) => (path === undefined ? null : resolve(path));
  const certificates = {
    ca: file(given.ca),
    clientCertificate: file(given.clientCert),
    clientKey: file(given.clientKey),
  };
  if (dicomweb !== undefined) {
    return checked('--dicomweb', pacsPeer, {
      ...{ protocol: 'dicomweb', url: dicomweb, redirects: given.allowRedirect },
      ...certificates,
    });
  }
  if (dimse === undefined) return undefined;
  const [, aet, host, port] = /^([^@]+)@(.+):(\d+)$/.exec(dimse) ?? [];
  if (aet === undefined) throw usage(`--dimse ${dimse}: expected AET@HOST:PORT`);
  const [, listenHost, listenPort] = /^(.+):(\d+)$/.exec(given.listen) ?? [];
  if (listenHost === undefined) throw usage(`--listen ${given.listen}: expected HOST:PORT`);
  const bare = (name: string | undefined) => name?.replace(/^\[|\]$/g, '');
  return checked('--dimse', pacsPeer, {
    ...{ protocol: 'dimse', aet, host: bare(host), port: Number(port), ownAet: given.aet, tls: given.tls },
    ...{ retrieve: given.retrieve, sender: given.sender ?? null },
    listen: { host: bare(listenHost), port: Number(listenPort) },
    ...certificates,
  });
}

/** Throws `usage` where an option of a PACS is given without one. */
export function refuseStrayPacsOptions(given: Given): void {
  for (const [name, { flags, schema }] of Object.entries(pacsOptions)) {
    const usual = JSON.stringify(schema.safeParse(undefined).data);
    if (JSON.stringify(given[name as keyof Given]) !== usual)
      throw usage(`${flags.split(' ')[0]} needs --dicomweb or --dimse`);
  }
}

/** What is asked. Throws `usage`. */
export function queryOf(given: Given): PacsQuery {
  const [, from = '', range = '', to = ''] =
    /^(\d{8})?(-?)(\d{8})?$/.exec(given.studyDate?.replaceAll(/(\d{4})-(\d\d)-(\d\d)/g, '$1$2$3') ?? '') ?? [];
  if (given.studyDate !== undefined && from + to === '') {
    throw usage(`--study-date ${given.studyDate}: expected a day such as 20240131, or two with a - between them`);
  }
  const until = range === '' ? from : to;
  return checked('query', pacsQuery, {
    ...{ patientId: given.patientId ?? null, patientName: given.patientName ?? null },
    ...{ from: from || null, to: until || null, modalities: given.modality, bodyPart: given.bodyPart ?? null },
    ...{ description: given.description ?? null, studies: given.studyUid },
  });
}

/**
 * The credentials, from files that only this user can read, from the environment, or asked for on the terminal; undefined when none
 * are given. Throws `usage`, `file`.
 */
export async function credentialsOf({
  user,
  passwordFile,
  tokenFile,
  dimse,
}: Given): Promise<PacsCredentials | undefined> {
  const password = process.env[variables.password];
  const token = process.env[variables.token];
  for (const name of Object.values(variables)) delete process.env[name];
  const given = [user, passwordFile, tokenFile].some((each) => each !== undefined);
  if (dimse !== undefined) {
    if (given) throw usage('a password or token is for DICOMweb: DIMSE takes --client-cert');
    return undefined;
  }
  if (user === undefined && passwordFile !== undefined) throw usage('--password-file needs --user');
  if (user !== undefined && tokenFile !== undefined) throw usage('--user and --token-file: give one of them');
  if (tokenFile !== undefined)
    return checked('the token', pacsCredentials, { kind: 'bearer', token: secretIn(tokenFile) });
  if (user !== undefined) {
    const secret =
      passwordFile === undefined ? (password ?? (await askHidden(`Password of ${user}: `))) : secretIn(passwordFile);
    return checked('the password', pacsCredentials, { kind: 'basic', user, password: secret });
  }
  return token === undefined ? undefined : checked('the token', pacsCredentials, { kind: 'bearer', token });
}

/** The first line of a file that nobody else can read. */
function secretIn(file: string): string {
  try {
    const stats = statSync(file);
    // Windows keeps who may read elsewhere.
    if (stats.isFile() && process.platform !== 'win32' && (stats.mode & 0o077) !== 0) {
      throw new Problem('file', { file, reason: 'others can read it: chmod 600' });
    }
    const [line = ''] = readFileSync(file, 'utf8').split(/\r?\n/, 1);
    if (line === '') throw new Problem('file', { file, reason: 'its first line is empty' });
    return line;
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem('file', { file, reason: systemReason(error) ?? inWords(error) }, { cause: error });
  }
}

/** What is wrong is said without the value. */
function checked<S extends z.ZodType>(what: string, schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value, spoken);
  if (parsed.success) return parsed.data;
  throw usage(`${what}: ${firstFault(parsed.error)}`);
}

const usage = (message: string) => new Problem('usage', { message });
