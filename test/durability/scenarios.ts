// The jobs that are killed: how each is started, what it has done for good so far, and what it has told a person.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openCatalog } from '../../src-main/catalog/catalog.ts';
import { auditEntries } from '../../src-main/catalog/tables/audit.ts';
import { readChecksums } from '../../src-main/curation/export/checksums.ts';
import { formatDecisions } from '../../src-main/curation/verdicts/decisions-csv.ts';
import { readProjectionNotes } from '../../src-main/folder-tools/projection-notes.ts';
import { readCsv } from '../../src-main/platform/csv.ts';
import { residua, runAndKill } from './killing.ts';
import { withCatalog } from './whole.ts';

/** One entry for each piece of work that is done for good, with a digest of its result. */
export type Work = ReadonlyMap<string, string>;

export interface Scenario {
  /** Makes what the job starts from in the new folder `base`, of which every round gets its own copy of `round`. */
  readonly prepare: (base: string) => Promise<void>;
  /** What `node` is called with. `base` holds what all rounds share, `round` is this one's own. */
  readonly words: (base: string, round: string) => readonly string[];
  readonly work: (round: string) => Promise<Work>;
  /** Of what was printed until the kill, what is not true. */
  readonly lies: (printed: string, work: Work) => readonly string[];
  /** Of what the completing call printed, what shows that it did work a second time. `before`: done when it began. */
  readonly repeats?: (printed: string, before: Work) => readonly string[];
}

const tinyNetwork = fileURLToPath(new URL('../golden/stylegan2/tiny.pkl', import.meta.url));
const steps = ['--num-steps', '3', '--loss', 'pixel', '--batch', '2'];
const digest = (...parts: readonly (string | Uint8Array)[]) =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex');

async function undisturbed(words: readonly string[]): Promise<void> {
  const { code, stderr } = await runAndKill(words);
  if (code !== 0) throw new Error(`${words.join(' ')}: ${stderr}`);
}

/** Phantoms of 32 by 32 pixels in `base/archive`. */
const draw = (base: string, normals: number) =>
  undisturbed(residua('phantoms', '--outdir', join(base, 'drawn'), '--size', '32', '--normals', `${normals}`)).then(
    () => cp(join(base, 'drawn/images'), join(base, 'archive'), { recursive: true }),
  );
const importAll = (base: string) =>
  undisturbed(residua('import', join(base, 'archive'), '--catalog', join(base, 'round/catalog')));

/** Rows of a catalog; none where there is no catalog yet. A name twice is work done twice. */
async function rows(round: string, sql: string): Promise<Work> {
  const folder = join(round, 'catalog');
  if (!existsSync(join(folder, 'catalog.sqlite'))) return new Map();
  const found = await withCatalog(folder, (catalog) => catalog.all<{ name: string; value: string | null }>(sql));
  const work = new Map<string, string>();
  for (const { name, value } of found) {
    if (work.has(name)) throw new Error(`${name} is there twice`);
    work.set(name, value ?? '');
  }
  return work;
}

const told = (pattern: RegExp, printed: string) => {
  const count = pattern.exec(printed)?.[1];
  return count === undefined ? undefined : Number(count);
};
const lacking = (pattern: RegExp, printed: string, { size }: Work) => {
  const count = told(pattern, printed);
  return count === undefined || count <= size ? [] : [`"${pattern.exec(printed)![0]}", but there are ${size}`];
};

const imagesSql = `SELECT f.file || ' ' || i.frame AS name, i.pixel_fingerprint || i.kind || (SELECT group_concat(c.name)
  FROM cohort_members m JOIN cohorts c ON c.id = m.cohort WHERE m.image = i.id) AS value
  FROM images i JOIN files f ON f.id = i.file`;
const verdictsSql = `SELECT CAST(image AS TEXT) AS name, group_concat(decision || coalesce(reason, '')) AS value FROM verdicts GROUP BY image`;
/** Scores, patches and files of each image that a run says to have done. */
const resultsSql = `SELECT r.kind || ' ' || i.name AS name,
    (SELECT group_concat(score || coalesce(value, reason)) FROM scores s WHERE s.image = i.id AND s.run = r.id) ||
    (SELECT group_concat(score || rank || x || ' ' || y || ' ' || value) FROM patches p WHERE p.image = i.id AND p.run = r.id) ||
    (SELECT group_concat(role) FROM run_files f WHERE f.image = i.id AND f.run = r.id) AS value
  FROM run_items t JOIN runs r ON r.id = t.run JOIN images i ON i.id = t.image WHERE t.state = 'done'`;

/** Files of an export that say when it was made, and what follows from it: an export of their own each time. */
const dated = new Set(['annotations.json', 'croissant.json', 'data-card.md']);
const timeless = (text: string) =>
  text
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/urn:uuid:[\da-f-]{36}/g, 'UUID')
    .replace(/"(sha256|contentSize)": *"[^"]*"/g, '$1');

function exporting(format: string): Scenario {
  return {
    prepare: async (base) => {
      await draw(base, 60);
      await importAll(base);
    },
    words: (_, round) =>
      residua('export', '--out', join(round, 'out'), '--catalog', join(round, 'catalog'), '--format', format),
    work: async (round) => {
      const out = join(round, 'out');
      if (!existsSync(out)) return new Map();
      const files = await Promise.all(
        [...(await readChecksums(out))]
          .filter(([path]) => !path.startsWith('manifest.'))
          .map(
            async ([path, sha256]): Promise<[string, string]> => [
              path,
              dated.has(path) ? digest(timeless(await readFile(join(out, path), 'utf8'))) : sha256,
            ],
          ),
      );
      const audited = await withCatalog(join(round, 'catalog'), (catalog) =>
        auditEntries(catalog).filter(({ event }) => event === 'export'),
      );
      if (audited.length === 0) throw new Error('the export is not in the audit log');
      return new Map(files);
    },
    lies: (printed, work) => lacking(/(\d+) images exported/, printed, work),
  };
}

export const scenarios: Readonly<Record<string, Scenario>> = {
  import: {
    prepare: (base) => draw(base, 150),
    words: (base, round) =>
      residua('import', join(base, 'archive'), '--catalog', join(round, 'catalog'), '--cohort', 'all'),
    work: (round) => rows(round, imagesSql),
    lies: (printed, work) => lacking(/(\d+) images imported/, printed, work),
  },
  project: {
    prepare: (base) => draw(base, 12),
    words: (base, round) =>
      residua('project', '--network', tinyNetwork, '--target', join(base, 'archive'), '--outdir', round, ...steps),
    work: async (round) => {
      const results = await Promise.all(
        (await readProjectionNotes(round)).map(async ({ filename }) => {
          const [png, npz] = [filename, `latents/${filename}`].map((path) => join(round, path));
          return [filename, digest(await readFile(png!), await readFile(npz!.replace(/\.png$/, '.npz')))] as const;
        }),
      );
      return new Map(results);
    },
    lies: (printed, work) => lacking(/(\d+) images projected/, printed, work),
    repeats: (printed, before) => {
      const kept = told(/(\d+) kept/, printed) ?? 0;
      return kept === before.size ? [] : [`${before.size} images were done, ${kept} were kept`];
    },
  },
  run: {
    prepare: (base) => draw(base, 12),
    words: (base, round) =>
      residua(
        ...['run', join(base, 'archive'), '--catalog', join(round, 'catalog'), '--network', tinyNetwork],
        ...[...steps, '--patch-size', '8'],
      ),
    work: (round) => rows(round, resultsSql),
    lies: (printed, work) => lacking(/(\d+) images (?:projected and )?scored/, printed, work),
  },
  'eval-recon': {
    prepare: async (base) => {
      await draw(base, 60);
      await cp(join(base, 'archive'), join(base, 'reconstructions'), { recursive: true });
    },
    words: (base, round) =>
      residua(
        ...['eval-recon', '-o', join(base, 'archive'), '-r', join(base, 'reconstructions')],
        ...['-op', join(round, 'scores.csv'), '-d', 'WD', '-reg', 'patch', '-ps', '8'],
        ...['-pp', join(round, 'patches'), '--map-path', join(round, 'maps')],
      ),
    work: async (round) => {
      const csv = join(round, 'scores.csv');
      if (!existsSync(csv)) return new Map();
      const scored = await readCsv(csv, { filename: 'text', dist: 'optional-number' });
      return new Map(scored.map(({ filename, dist }) => [filename, `${dist}`]));
    },
    lies: (printed, work) => lacking(/of (\d+) images/, printed, work),
  },
  decisions: {
    prepare: async (base) => {
      await draw(base, 150);
      await importAll(base);
      const catalog = openCatalog(join(base, 'round/catalog'));
      const [head, ...images] = formatDecisions(catalog, {}).trimEnd().split('\n');
      catalog.close();
      // Every image gets its own reason, and so its own audited step.
      const decided = images.map((line) => line.trimEnd().split(',').toSpliced(2, 2, 'keep', `reason ${line.length}`));
      const csv = decided.map((cells, index) => cells.with(3, `reason ${index}`).join(','));
      await writeFile(join(base, 'decisions.csv'), [head, ...csv, ''].join('\n'));
    },
    words: (base, round) =>
      residua(
        ...['decisions', 'import', join(base, 'decisions.csv')],
        ...['--catalog', join(round, 'catalog'), '--reviewer', 'test'],
      ),
    work: async (round) => {
      const work = await rows(round, verdictsSql);
      if (work.size !== 0 && work.size !== 150) throw new Error(`${work.size} of 150 decisions were taken over`);
      return work;
    },
    lies: (printed, work) => lacking(/(\d+) images have another verdict/, printed, work),
    repeats: (printed, before) => {
      const changed = told(/(\d+) images have another verdict/, printed);
      return changed === 150 - before.size ? [] : [`${before.size} were decided, ${changed} changed`];
    },
  },
  verdicts: {
    prepare: async (base) => {
      await draw(base, 150);
      await importAll(base);
    },
    words: (_, round) => [fileURLToPath(new URL('./decide.ts', import.meta.url)), join(round, 'catalog')],
    work: (round) => rows(round, verdictsSql),
    lies: (printed, work) =>
      [...printed.matchAll(/decided (\d+)\n/g)].filter(([, id]) => !work.has(id!)).map(([line]) => `${line} was lost`),
  },
  'export original': exporting('original'),
  'export png': exporting('png'),
  'export coco': exporting('coco'),
};
