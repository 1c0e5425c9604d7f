// residua find-best-fid: the published find_best_fid.py: the snapshot of a training with the lowest FID.
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Problem } from '../../platform/errors.ts';
import { defineCommand, option, text } from '../command.ts';
import { textTable } from '../text-table.ts';

/** The published distance, and those that are measured alike. */
const distances = ['fid50k_full', 'fid50k', 'fd10k_own'];
/** Null stands for NaN and Infinity, which are no JSON but are written by Python. */
const line = z.object({ snapshot_pkl: z.string(), results: z.record(z.string(), z.number().nullable()) });

export const findBestFid = defineCommand({
  details: 'Example: residua find-best-fid -f training-runs/00000-ct/metric-fid50k_full.jsonl',
  options: {
    fname: option('-f, --fname <file>', 'the metric-fid50k_full.jsonl (or fid50k, fd10k_own) of a training', text),
  },
  async run({ fname }, { print }) {
    const lines = parseMetricLines(await readFile(fname, 'utf8'), fname);
    const found = lines.flatMap(({ snapshot, fid }) => (fid === null ? [] : [{ snapshot, fid }]));
    for (const { snapshot } of lines.filter(({ fid }) => fid === null))
      print(`${snapshot} is left out: its FID is no number`);
    if (found.length === 0) throw new Problem('content', { file: fname, reason: 'holds no FID that is a number' });
    const lowest = Math.min(...found.map(({ fid }) => fid));
    const best = found.filter(({ fid }) => fid === lowest);
    const tied = best.length > 1 ? ` (the first of ${best.length} that tie)` : '';
    print(`Best FID: ${lowest} with ${best[0]!.snapshot}${tied}`);
    const rows = found.map(({ snapshot, fid }) => [snapshot, fid, fid === lowest ? 'lowest' : '']);
    print(textTable(['snapshot', 'FID', ''], rows));
  },
});

function parseMetricLines(
  content: string,
  file: string,
): readonly { readonly snapshot: string; readonly fid: number | null }[] {
  const lines = content.split('\n').filter((text) => text.trim() !== '');
  if (lines.length === 0) throw new Problem('content', { file, reason: 'holds no result' });
  return lines.map((text, index) => {
    const { data } = line.safeParse(jsonOrUndefined(text));
    const name = distances.find((name) => data?.results[name] !== undefined);
    if (data !== undefined && name !== undefined) return { snapshot: data.snapshot_pkl, fid: data.results[name]! };
    throw new Problem('content', { file, reason: `line ${index + 1} is no result of fid50k_full` });
  });
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text.replace(/(:\s*)(?:NaN|-?Infinity)(?=\s*[,}])/g, '$1null'));
  } catch {
    return undefined;
  }
}
