// residua import --dicomweb and --dimse: asks a PACS, shows what it has, and imports it.
import { resolve } from 'node:path';
import type { Found, FoundStudy, PacsCredentials, PacsPeer, PacsQuery } from '../../src-preload/schemas/pacs.ts';
import { nodeLauncher } from '../engine/start-engine.ts';
import { startWorkbench, type WorkbenchProcess } from '../workbench/client.ts';
import type { Context } from './context.ts';
import { importSummary } from './import-summary.ts';
import { textTable } from './text-table.ts';
import { follow, withCatalog } from './with-catalog.ts';

export interface PacsImport {
  readonly peer: PacsPeer;
  readonly query: PacsQuery;
  readonly credentials: PacsCredentials | undefined;
  readonly into: string | undefined;
  readonly kind: string | undefined;
  readonly cohort: string | undefined;
  readonly speed: {
    readonly rate: number | null;
    readonly bandwidth: number | null;
    readonly parallel: number;
    readonly timeout: number;
  };
}

/** Prints that a PACS answers. */
export async function testPacs({ peer, credentials, speed }: PacsImport, context: Context): Promise<void> {
  await using workbench = startWorkbench(nodeLauncher, { resume: false });
  await signIn(workbench, peer, credentials);
  await workbench.call('pacs.test', { peer, timeout: speed.timeout }, context);
  context.print('the PACS answers');
}

/** Prints the studies that a query finds, and how much they have. No catalog is opened or made. */
export async function printFound({ peer, query, credentials, speed }: PacsImport, context: Context): Promise<void> {
  await using workbench = startWorkbench(nodeLauncher, { resume: false });
  await signIn(workbench, peer, credentials);
  const found = await workbench.call('pacs.find', { peer, query, timeout: speed.timeout }, context);
  const head = ['patient', 'date', 'modality', 'body part', 'description', 'series', 'instances'];
  if (found.studies.length > 0) context.print(textTable(head, found.studies.map(row)));
  context.print(countWords(found));
}

const row = (study: FoundStudy): readonly (string | number)[] => [
  study.patientId,
  study.date,
  study.modalities.join(' '),
  study.bodyParts.join(' '),
  study.description,
  study.series,
  study.instances,
];

/** `2 studies, 5 series, 300 instances`. */
function countWords({ studies, series, instances }: Found): string {
  return `${studies.length} ${studies.length === 1 ? 'study' : 'studies'}, ${series} series, ${instances} ${instances === 1 ? 'instance' : 'instances'}`;
}

/** Fetches and imports; the same command again resumes. */
export async function importFromPacs(given: PacsImport, context: Context): Promise<void> {
  const { peer, query, credentials, into, kind, cohort, speed } = given;
  await withCatalog(context, { create: true }, async (workbench) => {
    await signIn(workbench, peer, credentials);
    const parameters = {
      ...{ peer, query, into: into === undefined ? null : resolve(into), kind: kind ?? null, cohort: cohort ?? null },
      ...speed,
    };
    const { id } = await follow(workbench, { kind: 'pacs', parameters }, context);
    context.print(await importSummary(workbench, id));
  });
}

async function signIn(workbench: WorkbenchProcess, peer: PacsPeer, credentials: PacsCredentials | undefined) {
  if (peer.protocol === 'dicomweb' && credentials !== undefined) {
    await workbench.call('pacs.authorise', { url: peer.url, credentials });
  }
}
