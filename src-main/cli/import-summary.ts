// What an import has done, as its run tells it.
import { z } from 'zod';
import type { Workbench } from '../../src-preload/contract.ts';

/** `120 images imported, 2 skipped`. */
export async function importSummary(workbench: Workbench, run: number): Promise<string> {
  const { provenance } = await workbench.call('runs.detail', { id: run });
  return z.object({ summary: z.string() }).parse(provenance).summary;
}
