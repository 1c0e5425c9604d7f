// A PACS: whether it answers, what it has. Fetching is a job. Nothing is ever sent to it but questions.
import { z } from 'zod';
import { fetching } from '../parameters/fetching.ts';
import { found, pacsCredentials, pacsPeer, pacsQuery } from '../schemas/pacs.ts';
import { method, nothing } from './method.ts';

const asked = { peer: pacsPeer, timeout: fetching.timeout.schema } as const;

export const pacsMethods = {
  /** Asks whether it answers (C-ECHO, or a query for one study). Throws `peer`. */
  'pacs.test': method(z.strictObject(asked), nothing, { slow: true }),
  /** What a fetch with this query would fetch. Throws `peer`, and `limit` where that is too much. */
  'pacs.find': method(z.strictObject({ ...asked, query: pacsQuery }), found, { slow: true }),
  /** Credentials for a DICOMweb service, kept in memory until the workbench ends; null forgets them. */
  'pacs.authorise': method(
    z.strictObject({ url: z.url().max(2000), credentials: pacsCredentials.nullable() }),
    nothing,
  ),
} as const;
