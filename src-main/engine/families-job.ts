// Scores images by every requested family in one pass: first the normals are learned, then each image is looked at once.

import { loadNetwork } from '../networks/load-network.ts';
import { Problem } from '../platform/errors.ts';
import { checkpoint, type JobControl } from '../platform/job.ts';
import { familyNamed } from '../scoring/families.ts';
import type { FamilyScorer } from '../scoring/family.ts';
import { trunkPool } from '../scoring/features/trunk.ts';
import { openTrunk } from '../scoring/features/trunks.ts';
import type { FamiliesItem, FamiliesParameters, FamiliesResult } from './protocol.ts';

/** The other side: normals to learn from, images to score, results out. */
export interface FamiliesSource {
  /** Normal images [C, R, R]; none when all have been handed out. */
  readonly normals: (count: number) => Promise<readonly Float32Array[]>;
  readonly next: (count: number) => Promise<readonly FamiliesItem[]>;
  readonly store: (results: readonly FamiliesResult[]) => Promise<unknown>;
}

/** Images of one message. */
const batch = 32;

/**
 * Learns from all normals, then scores until `next` answers nothing; each batch is stored before the next begins. Progress
 * counts images. Throws `usage` for a family that does not look at images or for too few normals, `missing` for what a family
 * needs and the network does not have.
 */
export async function familiesJob(
  { families, settings, networkFile, weightsFolder, device, channels, side, normals, total }: FamiliesParameters,
  source: FamiliesSource,
  control: JobControl,
): Promise<void> {
  const network = networkFile === null ? null : await loadNetwork(networkFile);
  const trunks = trunkPool((name) => openTrunk(name, { network, networkFile, weightsFolder, device, channels, side }));
  const scorers: { readonly family: string; readonly scorer: FamilyScorer }[] = [];
  try {
    for (const family of families) {
      const open = familyNamed(family)?.open;
      if (open === undefined)
        throw new Problem('usage', { message: `there is no family ${family} of one-pass scores` });
      const parameters = settings[family] ?? {};
      const { trunk } = trunks;
      scorers.push({ family, scorer: await open({ network, networkFile, device, channels, side, trunk, parameters }) });
    }
    let learned = 0;
    for (;;) {
      const images = await source.normals(batch);
      if (images.length === 0) break;
      await trunks.lookAhead(images);
      for (const image of images) {
        checkpoint(control, 'scores');
        for (const { scorer } of scorers) await scorer.learn(image);
        control.report({ stage: 'learning the normals', done: ++learned, total: normals });
      }
    }
    for (const { scorer } of scorers) await scorer.fit();
    let done = 0;
    for (;;) {
      const items = await source.next(batch);
      if (items.length === 0) return;
      const targets = items.map(({ target }) => target);
      const results = items.map(({ id }) => ({ id, families: [] as FamiliesResult['families'][number][] }));
      for (const { family, scorer } of scorers) {
        const found = await scorer.score(targets, () => checkpoint(control, 'scores'));
        for (const [index, result] of found.entries()) results[index]!.families.push({ family, ...result });
      }
      await source.store(results);
      done += items.length;
      control.report({ stage: 'scoring', done, total });
    }
  } finally {
    for (const { scorer } of scorers) await scorer.release();
    await trunks.release();
  }
}
