// Writes, and survives: a process of ours that is deciding about images is killed, and nothing that it had answered is lost.
import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openCatalog } from '../../catalog/catalog.ts';
import { verifyAudit } from '../../curation/audit/verify-audit.ts';
import { nodeLauncher } from '../../engine/start-engine.ts';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { isProblem, Problem } from '../../platform/errors.ts';
import type { Launcher } from '../../platform/process.ts';
import type { Port } from '../../platform/process-channel.ts';
import { startWorkbench } from '../../workbench/client.ts';
import { type Check, faultless } from './check.ts';

const kills = 2;
const reviewer = 'Residua';

/** Writes a file into `folder` and reads it again. */
export async function writeCheck(folder: string): Promise<Check> {
  const file = join(folder, 'write-check.bin');
  const bytes = randomBytes(2 ** 20);
  await writeFileAtomic(file, bytes);
  const same = (await readFile(file)).equals(bytes);
  await rm(file);
  return faultless('a file written and read', same ? [] : ['what was read is not what was written'], '1 MiB, the same');
}

/** Kills the workbench of the catalog in `folder` (which has images) while it writes verdicts, and looks what is left. */
export async function crashChecks(folder: string): Promise<readonly Check[]> {
  const workbenches: Port[] = [];
  const launch: Launcher = async (program) => {
    const port = await nodeLauncher(program);
    workbenches.push(port);
    return port;
  };
  const answered = new Set<number>();
  const lost: string[] = [];
  {
    await using workbench = startWorkbench(launch, { resume: false });
    await workbench.call('catalog.open', { folder });
    const order = { by: 'imported', descending: false } as const;
    const { ids } = await workbench.call('images.ids', { filter: {}, order });
    if (ids.length <= kills) throw new Problem('missing', { what: 'images to decide about', name: folder });
    for (let kill = 0; kill < kills; kill++) {
      const died = new Promise((resolve) => workbench.onDeath(resolve));
      const last = Math.floor((ids.length * (kill + 1)) / (kills + 1));
      for (const [index, id] of [...ids].entries()) {
        if (answered.has(id)) continue;
        const request = { images: { ids: Uint32Array.of(id) }, decision: 'keep', reason: null, reviewer } as const;
        const answer = workbench.call('verdicts.set', request);
        // Killed while the answer is under way: it may have been written or not, but not by halves.
        if (index === last) workbenches.at(-1)!.close();
        const outcome = await answer.catch((error: unknown) => error);
        if (isProblem(outcome, 'process')) break;
        if (outcome instanceof Error) throw outcome;
        answered.add(id);
      }
      await died;
    }
    const { ids: decided } = await workbench.call('images.ids', { filter: { verdicts: ['keep'] }, order });
    const kept = new Set(decided);
    for (const id of answered) if (!kept.has(id)) lost.push(`the verdict on image ${id} was lost`);
  }
  const catalog = openCatalog(folder);
  try {
    const audit = verifyAudit(catalog);
    return [
      faultless(`verdicts answered before ${kills} kills`, lost, `${answered.size} answered, none lost`),
      faultless('the catalog after the kills', catalog.integrityFaults(), 'intact'),
      faultless('the audit log after the kills', audit.faults, `${audit.entries} entries, unbroken`),
    ];
  } finally {
    catalog.close();
  }
}
