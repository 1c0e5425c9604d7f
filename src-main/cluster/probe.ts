// What `residua cluster check` asks a node, and the task there that answers.
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { withEngine } from '../engine/start-engine.ts';
import type { Launcher } from '../platform/process.ts';
import { version } from '../platform/version.ts';
import { readExchangeFile, writeExchangeFile } from './exchange.ts';

const probeSchema = z.strictObject({
  version: z.string(),
  /** A folder or zip that the node should see. */
  images: z.string().nullable(),
});
export type Probe = z.infer<typeof probeSchema>;

export const probeAnswerSchema = z.strictObject({
  node: z.string(),
  version: z.string(),
  seesImages: z.boolean(),
  /** The processor, and others that compute there. */
  devices: z.array(z.strictObject({ device: z.string(), usable: z.boolean(), name: z.string() })),
});

export const probePaths = (folder: string) =>
  ({
    question: join(folder, 'question.json'),
    answer: join(folder, 'answer.json'),
    script: join(folder, 'probe.sh'),
    log: join(folder, 'probe.log'),
  }) as const;

/** Answers the question in `folder`: the task of a check. Throws `file` where it does not see the folder. */
export async function answerProbe(folder: string, launch: Launcher): Promise<void> {
  const paths = probePaths(folder);
  const { images } = await readExchangeFile(paths.question, probeSchema);
  const devices = await withEngine(launch, {}, (engine) => engine.call('devices.list', null));
  await writeExchangeFile(paths.answer, {
    node: process.env.SLURMD_NODENAME ?? hostname(),
    version,
    seesImages: images === null || existsSync(images),
    // What is not there is no fault: only what was meant to compute is worth a finding.
    devices: devices
      .filter(({ device, usable }) => device === 'cpu' || usable)
      .map(({ device, usable, name, reason }) => ({ device, usable, name: usable ? name : String(reason) })),
  } satisfies z.infer<typeof probeAnswerSchema>);
}
