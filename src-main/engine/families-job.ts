// Scores images by every requested family in one pass: normals are learned, held-out normals calibrate, then each image is looked at once.

import { selectDevice } from '../../native/runtime/devices.ts';
import { loadLocaliser, loadNetwork } from '../networks/load-network.ts';
import { Problem } from '../platform/errors.ts';
import { checkpoint, type JobControl } from '../platform/job.ts';
import { familyNamed } from '../scoring/families.ts';
import type { FamilyResult, FamilyScorer, ScoreFamily } from '../scoring/family.ts';
import { type TrunkPool, trunkPool } from '../scoring/features/trunk.ts';
import { openTrunk } from '../scoring/features/trunks.ts';
import { anomalyJudge } from '../scoring/judge-anomaly.ts';
import { KeptLooks } from '../scoring/kept/kept-looks.ts';
import { type LocaliserLook, openLocaliser } from '../scoring/localiser/localiser-look.ts';
import type {
  FamiliesItem,
  FamiliesParameters,
  FamiliesPart,
  FamiliesPixels,
  FamiliesResult,
  HeldOutScores,
} from './protocol.ts';

/** The other side: normals to learn from and to calibrate with, images to score, results out. */
export interface FamiliesSource {
  /** None when all have been handed out. */
  readonly next: (part: FamiliesPart, count: number) => Promise<readonly FamiliesItem[]>;
  readonly calibrated: (normals: readonly HeldOutScores[]) => Promise<unknown>;
  /** Without those that cannot be read. */
  readonly read: (part: FamiliesPart, ids: readonly number[]) => Promise<readonly FamiliesPixels[]>;
  readonly store: (results: readonly FamiliesResult[]) => Promise<unknown>;
}

/** Images of one message; fewer where each comes in its full size. */
const [batch, originalsBatch] = [32, 4];

/** What the families of a run found in one image. */
type Found = readonly (FamilyResult & { readonly family: string })[];

/** A family in use, and the model space that its images are taken from. */
interface Opened {
  readonly family: string;
  readonly space: number;
  readonly scorer: FamilyScorer;
}

/** An image as scorers take it: in every model space its pixels, or an empty array where nobody needs these. */
interface Seen extends Pick<FamiliesItem, 'id' | 'mask'>, Pick<FamiliesPixels, 'original'> {
  readonly targets: readonly Float32Array[];
}

/**
 * Learns from all normals and calibrates, then scores until `next` answers nothing; each batch is stored while the next one is
 * computed. Progress counts images. Throws `usage` for a family that does not look at images or for too few normals, `missing`
 * for what a family needs and the run does not have.
 */
export async function familiesJob(
  parameters: FamiliesParameters,
  source: FamiliesSource,
  control: JobControl,
): Promise<void> {
  const { normals, calibration, total } = parameters;
  const originals = parameters.families.some((name) => familyNamed(name)?.looksAtOriginals === true);
  const { scorers, spaces, lookAhead, release } = await openFamilies(parameters);
  const score = async (items: readonly Seen[]): Promise<readonly Found[]> => {
    await lookAhead(items);
    const found = items.map(() => [] as Found[number][]);
    for (const { family, space, scorer } of scorers) {
      const targets = items.map(({ targets }) => targets[space]!);
      const masks = items.map(({ mask }) => mask);
      const shown = items.map(({ original }) => original);
      const results = await scorer.score(targets, () => checkpoint(control, 'scores'), masks, shown);
      for (const [index, result] of results.entries()) found[index]!.push({ family, ...result });
    }
    return found;
  };
  try {
    let learned = 0;
    for await (const items of batches('normals', source, spaces)) {
      await lookAhead(items);
      for (const { targets } of items) {
        checkpoint(control, 'scores');
        for (const { space, scorer } of scorers) await scorer.learn(targets[space]!);
        control.report({ stage: 'learning the normals', done: ++learned, total: normals });
      }
    }
    for (const { scorer } of scorers) await scorer.fit();
    const heldOut: Found[] = [];
    for await (const items of batches('calibration', source, spaces)) {
      const found = (await score(items)).map((own) => own.map((each) => ({ ...each, map: null })));
      heldOut.push(...found);
      await source.calibrated(
        found.map((own, index) => ({ id: items[index]!.id, values: valuesOf(own), pooled: pooledOf(own) })),
      );
      control.report({ stage: 'calibrating', done: heldOut.length, total: calibration });
    }
    const judge = anomalyJudge(heldOut);
    let done = 0;
    let stored: Promise<unknown> = Promise.resolve();
    for await (const items of batches('images', source, spaces, originals)) {
      const results = (await score(items)).map((found, index): FamiliesResult => {
        const { id } = items[index]!;
        const judged = judge?.(found);
        const families = judged === undefined ? found : [judged.result, ...found];
        return { id, families, why: judged?.why ?? null };
      });
      await stored;
      stored = source.store(results);
      done += items.length;
      control.report({ stage: 'scoring', done, total });
    }
    await stored;
  } finally {
    await release();
  }
}

const valuesOf = (found: Found): HeldOutScores['values'] => Object.assign({}, ...found.map(({ values }) => values));

const pooledOf = (found: Found): NonNullable<HeldOutScores['pooled']> =>
  Object.fromEntries(found.flatMap(({ family, pooled }) => (pooled === undefined ? [] : [[family, pooled]])));

/** Yields batches until there are no more, and requests the next while the caller works on this one. */
async function* batches(
  part: FamiliesPart,
  source: FamiliesSource,
  spaces: readonly KeptLooks[],
  originals = false,
): AsyncGenerator<readonly Seen[]> {
  const ask = async () => {
    const items = await source.next(part, originals ? originalsBatch : batch);
    return items.length === 0 ? undefined : see(items, spaces, (ids) => source.read(part, ids), originals);
  };
  let coming = ask();
  for (;;) {
    const seen = await coming;
    if (seen === undefined) return;
    coming = ask();
    // A failure is thrown when its turn comes.
    coming.catch(() => {});
    yield seen;
  }
}

/** Asks for the pixels of those images alone that some looker has not seen; of all where a family looks at `originals`. */
async function see(
  items: readonly FamiliesItem[],
  spaces: readonly KeptLooks[],
  read: (ids: readonly number[]) => Promise<readonly FamiliesPixels[]>,
  originals: boolean,
): Promise<readonly Seen[]> {
  const recalled = await Promise.all(
    items.map(async ({ keys }) =>
      originals || keys === undefined ? undefined : Promise.all(spaces.map((space, at) => space.recall(keys[at]!))),
    ),
  );
  const unseen = items.filter((_, index) => recalled[index]?.every((image) => image !== undefined) !== true);
  const pixels = new Map(
    (unseen.length === 0 ? [] : await read(unseen.map(({ id }) => id))).map((one) => [one.id, one]),
  );
  return items.flatMap(({ id, mask, keys }, index): readonly Seen[] => {
    const { targets, original } = pixels.get(id) ?? {};
    if (targets === undefined)
      return unseen.includes(items[index]!) ? [] : [{ id, mask, targets: recalled[index] as Float32Array[] }];
    if (keys !== undefined) for (const [at, target] of targets.entries()) spaces[at]!.tellKey(target, keys[at]!);
    return [{ id, mask, targets, original }];
  });
}

async function openFamilies(parameters: FamiliesParameters): Promise<{
  readonly scorers: readonly Opened[];
  /** What is seen in each model space. */
  readonly spaces: readonly KeptLooks[];
  readonly lookAhead: (items: readonly Seen[]) => Promise<void>;
  readonly release: () => Promise<void>;
}> {
  const { families, settings, networkFile, weightsFolder, device, spaces, networkSpace, keptFolder } = parameters;
  const looks = spaces.map(() => new KeptLooks(keptFolder));
  const network = networkFile === null ? null : await loadNetwork(networkFile);
  let localiser: Promise<LocaliserLook> | null = null;
  const openOnce = () => {
    localiser ??= openLocaliserFile(parameters, looks[0]!.keep);
    return localiser;
  };
  const pools: readonly TrunkPool[] = spaces.map((space) =>
    trunkPool((name) => openTrunk(name, { network, networkFile, weightsFolder, device, ...space })),
  );
  const scorers: Opened[] = [];
  const release = async () => {
    for (const { scorer } of scorers) await scorer.release();
    for (const pool of pools) await pool.release();
    for (const look of looks) await look.close();
    await (await localiser?.catch(() => null))?.release();
  };
  try {
    for (const name of families) {
      const family = familyNamed(name);
      if (family?.open === undefined)
        throw new Problem('usage', { message: `there is no family ${name} of one-pass scores` });
      const own = settings[name] ?? {};
      const space = isOfNetwork(family, own) ? networkSpace : 0;
      const { trunk } = pools[space]!;
      const { keep } = looks[space]!;
      const shared = { network, networkFile, device, ...spaces[space]!, trunk, keep, localiser: openOnce };
      const context = { ...shared, parameters: own };
      scorers.push({ family: name, space, scorer: await family.open(context) });
    }
  } catch (error) {
    await release();
    throw error;
  }
  const lookAhead = async (items: readonly Seen[]) => {
    for (const [space, look] of looks.entries()) await look.lookAhead(items.map(({ targets }) => targets[space]!));
  };
  return { scorers, spaces: looks, lookAhead, release };
}

/** Whether a family looks by the run's StyleGAN2 network, and so at images as that network takes them. */
const isOfNetwork = ({ needs }: ScoreFamily, settings: Readonly<Record<string, unknown>>): boolean =>
  needs.includes('discriminator') || settings.trunk === 'discriminator';

async function openLocaliserFile(
  { localiserFile, device, spaces }: FamiliesParameters,
  keep: KeptLooks['keep'],
): Promise<LocaliserLook> {
  if (localiserFile === null) throw new Problem('missing', { what: 'localiser', name: 'this run' });
  const { arguments_, tensors } = await loadLocaliser(localiserFile);
  const [{ channels, side }] = spaces as [FamiliesParameters['spaces'][number]];
  if (arguments_.resolution !== side || arguments_.channels !== channels) {
    const [expected, found] = [arguments_, { resolution: side, channels }].map(
      (shape) => `${shape.channels} x ${shape.resolution} x ${shape.resolution}`,
    );
    throw new Problem('mismatch', { what: `images for ${localiserFile}`, expected: expected!, found: found! });
  }
  return openLocaliser(await selectDevice(device), { arguments_, tensors }, keep);
}
