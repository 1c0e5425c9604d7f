// What the fields of the PACS dialog hold, as text, and the requests that are made of it.
import type { Request } from '../../../src-preload/contract.ts';

/** DIMSE is one of two protocols, by which way instances come. */
export type Protocol = 'dicomweb' | 'get' | 'move';
export type SignIn = 'none' | 'password' | 'token';

export interface PeerFields {
  readonly protocol: Protocol;
  readonly url: string;
  readonly signIn: SignIn;
  readonly user: string;
  /** The password or token; forgotten with the dialog. */
  readonly secret: string;
  readonly keep: boolean;
  readonly aet: string;
  readonly host: string;
  readonly port: number;
  readonly ownAet: string;
  readonly listenHost: string;
  readonly listenPort: number;
  readonly sender: string;
  readonly tls: boolean;
  readonly ca: string;
  readonly clientCertificate: string;
  readonly clientKey: string;
  readonly redirect: string;
}

export interface QueryFields {
  readonly patientId: string;
  readonly patientName: string;
  readonly from: string;
  readonly to: string;
  readonly modalities: string;
  readonly bodyPart: string;
  readonly description: string;
}

export const peerBefore: PeerFields = {
  ...{ protocol: 'dicomweb', url: '', signIn: 'none', user: '', secret: '', keep: false },
  ...{ aet: '', host: '', port: 104, ownAet: 'RESIDUA', listenHost: '127.0.0.1', listenPort: 11_112, sender: '' },
  ...{ tls: false, ca: '', clientCertificate: '', clientKey: '', redirect: '' },
};
export const queryBefore: QueryFields = {
  ...{ patientId: '', patientName: '', from: '', to: '', modalities: '', bodyPart: '', description: '' },
};

type Peer = Request<'pacs.find'>['peer'];
type Query = NonNullable<Request<'pacs.find'>['query']>;
export type Credentials = NonNullable<Request<'pacs.authorise'>['credentials']>;

const orNull = (text: string): string | null => text.trim() || null;

/** Null as long as something is missing. */
export function peerOf(fields: PeerFields): Peer | null {
  const certificates = {
    ca: orNull(fields.ca),
    clientCertificate: orNull(fields.clientCertificate),
    clientKey: orNull(fields.clientKey),
  };
  if (fields.protocol === 'dicomweb') {
    const url = fields.url.trim();
    const redirects = fields.redirect.split(/[\s,]+/).filter(Boolean);
    return url === '' ? null : { protocol: 'dicomweb', url, redirects, ...certificates };
  }
  const [aet, host] = [fields.aet.trim(), fields.host.trim()];
  if (aet === '' || host === '') return null;
  return {
    ...{ protocol: 'dimse', aet, host, port: fields.port, ownAet: fields.ownAet.trim(), tls: fields.tls },
    ...{ retrieve: fields.protocol, sender: orNull(fields.sender) },
    listen: { host: fields.listenHost.trim(), port: fields.listenPort },
    ...certificates,
  };
}

/** Null where nobody signs in, or has not typed a secret. */
export function credentialsOf({ protocol, signIn, user, secret }: PeerFields): Credentials | null {
  if (protocol !== 'dicomweb' || signIn === 'none' || secret === '') return null;
  if (signIn === 'token') return { kind: 'bearer', token: secret.trim() };
  return user === '' ? null : { kind: 'basic', user, password: secret };
}

/** `studies`: some of those that were found. */
export function queryOf(fields: QueryFields, studies: readonly string[] = []): Query {
  const day = (text: string) => orNull(text.replaceAll('-', ''));
  return {
    patientId: orNull(fields.patientId),
    patientName: orNull(fields.patientName),
    from: day(fields.from),
    to: day(fields.to),
    modalities: fields.modalities
      .toUpperCase()
      .split(/[\s,]+/)
      .filter(Boolean),
    bodyPart: orNull(fields.bodyPart),
    description: orNull(fields.description),
    studies,
  };
}

/** `300 instances`, with the noun as it must be. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
