// Methods about a PACS: whether it answers, what a query finds, and the credentials that it is asked with.
import { keepCredentials } from '../../pacs/credentials.ts';
import { findSeries } from '../../pacs/find.ts';
import { openPacs } from '../../pacs/open-pacs.ts';
import type { MethodsNamed } from './method.ts';

/** Questions at once: a PACS serves others too. */
const parallel = 4;

export const pacsMethods: MethodsNamed<'pacs'> = {
  'pacs.test': async ({ peer, timeout }, _, { signal }) => {
    await using source = await openPacs(peer, { timeout, parallel });
    await source.test(signal);
    return {};
  },
  'pacs.find': async ({ peer, timeout, query }, _, { signal }) => {
    await using source = await openPacs(peer, { timeout, parallel });
    const { found } = await findSeries(source, query, signal, parallel);
    return found;
  },
  'pacs.authorise': ({ url, credentials }) => {
    keepCredentials(url, credentials);
    return {};
  },
};
