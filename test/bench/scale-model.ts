// A model of runs on 1 to 1,000 nodes, from what is measured on this machine: node test/bench/scale-model.ts prints docs/scale.md's table.
import { textTable } from '../../src-main/cli/text-table.ts';
import { taskCount } from '../../src-main/cluster/share-plan.ts';

/** Measured: docs/scale.md says where each is from. */
const measured = {
  /** Seconds of a core for an image, all one-pass families at 128x128, and until the first (4,000 normals are learned). */
  secondsPerImage: 0.035,
  startSeconds: 90,
  /** Bytes of a shard for an image: its row; with its maps and pooled features. */
  rowBytes: 2600,
  contentBytes: 35_000,
  /** Bytes that a task reads for an image, and for learning. */
  imageBytes: 9000,
  normals: 4000,
  /** Images a second that the one writer stores: with maps. */
  mergeRate: 3000,
  /** Bytes of the catalog for an image of one run with 13 scores. */
  catalogBytes: 3300,
} as const;

/** Cores of a node. Each task has one. */
const coresPerNode = 32;
/** Slurm's default of MaxArraySize, less one. */
const mostTasks = 1000;

const hours = (seconds: number): string => {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
};
const bytes = (count: number): string =>
  count < 1e9
    ? `${(count / 1e6).toFixed(0)} MB`
    : count < 1e12
      ? `${(count / 1e9).toFixed(1)} GB`
      : `${(count / 1e12).toFixed(1)} TB`;

const rows = [112_120, 1_000_000, 100_000_000].flatMap((images) =>
  [1, 10, 100, 1000].map((nodes) => {
    const { secondsPerImage, startSeconds } = measured;
    const slots = nodes * coresPerNode;
    const tasks = taskCount(images, measured, { slots, mostTasks });
    const perTask = startSeconds + (images / tasks) * secondsPerImage;
    const waves = Math.ceil(tasks / slots);
    const computing = waves * perTask;
    const merging = images / measured.mergeRate;
    return [
      images.toLocaleString('en'),
      String(nodes),
      tasks.toLocaleString('en'),
      hours(perTask),
      `${((100 * startSeconds) / perTask).toFixed(0)} %`,
      hours(computing),
      hours(merging),
      hours(Math.max(computing, merging)),
      bytes(images * measured.imageBytes + tasks * measured.normals * measured.imageBytes),
      bytes(images * (measured.rowBytes + measured.contentBytes)),
      bytes(images * measured.catalogBytes),
    ];
  }),
);
console.log(
  textTable(
    ['images', 'nodes', 'tasks', 'a task', 'starting', 'computing', 'merging', 'in all', 'read', 'written', 'catalog'],
    rows,
  ),
);
