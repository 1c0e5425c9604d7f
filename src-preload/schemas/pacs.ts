// What faces and workbench say about a PACS: where it is, what is asked of it, what it has.
import { z } from 'zod';
import { path } from './image.ts';
import type { Output } from './read-only.ts';

/** PS3.5 9.1; components with leading zeros occur. */
export const uid = z
  .string()
  .max(64)
  .regex(/^\d+(\.\d+)+$/, 'must be a DICOM identifier such as 1.2.840.1');

/** PS3.5 6.2: 16 characters without backslash and control characters. */
export const aeTitle = z
  .string()
  .trim()
  .regex(/^[\x20-\x5b\x5d-\x7e]{1,16}$/, 'must be an AE title: 1 to 16 characters');

const hostName = z
  .string()
  .max(253)
  .regex(/^([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|[0-9a-fA-F:.]+)$/, 'must be a host name or an address');
const port = z.int().min(1).max(65_535);

/** PEM files of a connection by TLS; null: those of the system, and none of our own. */
const certificates = {
  /** Whose certificates are trusted. */
  ca: path.nullable().default(null),
  clientCertificate: path.nullable().default(null),
  clientKey: path.nullable().default(null),
} as const;

/** `https://pacs.example`, as the URL class writes an origin. */
const origin = z
  .url({ protocol: /^https?$/ })
  .refine((text) => URL.parse(text)?.origin === text, 'must be an origin such as https://pacs.example');

export const dicomwebPeer = z.strictObject({
  protocol: z.literal('dicomweb'),
  /** Of the service, such as https://pacs.example/dicom-web. No user name, no query. */
  url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .refine((text) => {
      const { username, password, search, hash } = new URL(text);
      return username + password + search + hash === '';
    }, 'must have no user name, password, ? and #: give --user instead'),
  ...certificates,
  /** Other origins that redirects may lead to; no credentials are sent there. */
  redirects: z.array(origin).max(10).default([]),
});

export const dimsePeer = z.strictObject({
  protocol: z.literal('dimse'),
  aet: aeTitle,
  host: hostName,
  port,
  /** What the PACS knows this machine as. */
  ownAet: aeTitle.default('RESIDUA'),
  tls: z.boolean().default(false),
  ...certificates,
  retrieve: z.enum(['get', 'move']).default('get'),
  /** Where the receiver of C-MOVE listens while a transfer goes on. */
  listen: z.strictObject({ host: hostName.default('127.0.0.1'), port: port.default(11_112) }).prefault({}),
  /** The address that the PACS sends from; null: that of its host. */
  sender: hostName.nullable().default(null),
});

export const pacsPeer = z.discriminatedUnion('protocol', [dicomwebPeer, dimsePeer]);
export type PacsPeer = Output<typeof pacsPeer>;
export type DicomwebPeer = Output<typeof dicomwebPeer>;
export type DimsePeer = Output<typeof dimsePeer>;

/** A day as DICOM writes it. */
const day = z.string().regex(/^\d{8}$/, 'must be a day such as 20240131');
/** Matching text: * and ? stand for anything. No backslash, which would be a list, and no control character. */
const wanted = z
  .string()
  .trim()
  .min(1)
  .max(64)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
  .regex(/^[^\\\u0000-\u001f\u007f]*$/, 'must not hold a backslash or a control character');

/** Conditions that all hold; null does not restrict. */
export const pacsQuery = z.strictObject({
  /** As it is, or with * and ?. */
  patientId: wanted.nullable().default(null),
  patientName: wanted.nullable().default(null),
  /** Both inclusive. */
  from: day.nullable().default(null),
  to: day.nullable().default(null),
  /** Series of any of these. */
  modalities: z
    .array(z.string().regex(/^[A-Z0-9_]{1,16}$/, 'must be a modality such as CT'))
    .max(20)
    .default([]),
  bodyPart: wanted.nullable().default(null),
  /** Of the study or the series, in any case. */
  description: wanted.nullable().default(null),
  /** Only these studies. */
  studies: z.array(uid).max(1000).default([]),
});
export type PacsQuery = Output<typeof pacsQuery>;

/** A name and password, or a token; never stored in the catalog. */
export const pacsCredentials = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('basic'), user: z.string().min(1).max(200), password: z.string().max(1000) }),
  z.strictObject({
    kind: z.literal('bearer'),
    token: z.string().regex(/^[\x21-\x7e]{1,8000}$/, 'must be a token without spaces'),
  }),
]);
export type PacsCredentials = Output<typeof pacsCredentials>;

const count = z.int().nonnegative();
export const foundStudy = z.strictObject({
  study: uid,
  patientId: z.string(),
  patientName: z.string(),
  /** As DICOM writes it; empty when the PACS does not say. */
  date: z.string(),
  description: z.string(),
  modalities: z.array(z.string()),
  bodyParts: z.array(z.string()),
  /** Those that fit the query. */
  series: count,
  instances: count,
});
export type FoundStudy = Output<typeof foundStudy>;
export const found = z.strictObject({ studies: z.array(foundStudy), series: count, instances: count });
export type Found = Output<typeof found>;
