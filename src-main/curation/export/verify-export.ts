// Checks an export against its checksums and its manifest: nothing changed, nothing missing, nothing added.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Problem } from '../../platform/errors.ts';
import { checkpoint, type JobControl } from '../../platform/job.ts';
import { hashOfFile } from './staging-folder.ts';

/** How many files were checked, and what is wrong in words. */
export interface VerifiedExport {
  readonly files: number;
  readonly images: number;
  readonly faults: readonly string[];
}

const sumsName = 'SHA256SUMS';
const manifest = z.object({
  residua_export: z.literal(1),
  images: z.array(z.object({ image: z.int(), file: z.string() })),
});

/** Verifies the export in `folder`. Throws `content` when its checksums or manifest cannot be read at all. */
export async function verifyExport(folder: string, control: JobControl): Promise<VerifiedExport> {
  const faults: string[] = [];
  const sums = parseSums(await readFile(join(folder, sumsName), 'utf8'), join(folder, sumsName));
  const present = new Set(await filesBelow(folder, ''));
  for (const [index, [path, expected]] of [...sums].entries()) {
    checkpoint(control, 'verifying the export');
    control.report({ stage: 'verifying', done: index + 1, total: sums.size });
    if (!present.has(path)) faults.push(`${path} is missing`);
    else if ((await hashOfFile(join(folder, path))).sha256 !== expected) faults.push(`${path} was changed`);
  }
  for (const path of present) if (path !== sumsName && !sums.has(path)) faults.push(`${path} was added`);
  const images = await imagesOfManifest(folder);
  for (const { image, file } of images) {
    const path = file.startsWith('dataset.zip/') ? 'dataset.zip' : file;
    if (!sums.has(path)) faults.push(`image ${image} of the manifest has no file`);
  }
  return { files: sums.size, images: images.length, faults };
}

function parseSums(text: string, file: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const [, hash, path] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
      if (hash === undefined || path === undefined || /^\/|(^|\/)\.\.(\/|$)|\\/.test(path)) {
        throw new Problem('content', { file, reason: 'is not a list of checksums' });
      }
      return [path, hash];
    }),
  );
}

async function imagesOfManifest(folder: string): Promise<z.infer<typeof manifest>['images']> {
  const file = join(folder, 'manifest.json');
  try {
    return manifest.parse(JSON.parse(await readFile(file, 'utf8'))).images;
  } catch (error) {
    throw new Problem('content', { file, reason: 'is not the manifest of an export' }, { cause: error });
  }
}

async function filesBelow(folder: string, prefix: string): Promise<readonly string[]> {
  const children = await readdir(join(folder, prefix), { withFileTypes: true });
  const found = children.map((child) => {
    const path = prefix + child.name;
    return child.isDirectory() ? filesBelow(folder, `${path}/`) : [path];
  });
  return (await Promise.all(found)).flat();
}
