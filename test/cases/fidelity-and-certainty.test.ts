// Cases of kinds F (certainty that the data do not give), G (options that are ignored) and Q (differences from the published tools).
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyNiftiHeader, niftiBytes } from '../../src-main/archive/nifti/write-nifti.ts';
import { ZipArchive } from '../../src-main/archive/zip-archive.ts';
import { aurocTable } from '../../src-main/cli/auroc-table.ts';
import { judgeDetection } from '../../src-main/engine/detection.ts';
import type { Judgement } from '../../src-main/evaluation/judgement.ts';
import { quiet } from '../../src-main/platform/job.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { dicomStyles, element, part10, uint16 } from '../archive/write-dicom.ts';
import { residua, temporaryFolder, writeGrey } from '../cli/residua.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const at = (...names: string[]) => join(folder.path, ...names);
const inCatalog = (name: string, ...words: string[]) => residua([...words, '--catalog', at(name)]);

beforeAll(async () => {
  folder = await temporaryFolder();
  const random = randomFrom('cases');
  for (let i = 0; i < 6; i++) await writeGrey(at('grey', `${i}.png`), 16, 16, () => random.below(256));
  await inCatalog('catalog', 'import', at('grey'), '--kind', 'normal', '--cohort', 'g');
}, 60_000);
afterAll(() => folder[Symbol.asyncDispose]());

describe('F: certainty that the data do not give', { timeout: 120_000 }, () => {
  it('F1: a split says that patients are not known, and so does the check for leaks', async () => {
    const split = await inCatalog('catalog', 'cohorts', 'split', 'a=0.5', 'b=0.5');
    expect(split).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('the patients of 6 of 6 images are not known'),
    });
    const leaks = await inCatalog('catalog', 'cohorts', 'leaks', 'a', 'b');
    expect(leaks.stdout).toContain('the patients of 6 of 6 images are not known');
    expect(leaks.stdout).not.toMatch(/^nothing in common$/m);
  });

  it('F2: one image has no interval, in the table neither', async () => {
    const anomalous = { scores: [9] };
    const [found] = await judgeDetection([{ anomalous, normal: { scores: [1, 2, 3, 4, 5, 6] } }], quiet);
    const detection = { ...found!, adjusted: null };
    const score = { name: { run: 1, score: 'MSE full' }, detections: [detection], meanAuroc: 1 };
    const judgement = { pairs: [{ anomalous: 'odd', normal: 'normal' }], scores: [score] } as unknown as Judgement;
    expect(aurocTable(judgement).split('\n')).toEqual([
      'kind  baseline  images  MSE full',
      'odd   normal    1:6     1.00 (-)',
      'mean                    1.00',
      '(-) no interval: it takes images of two patients at least of each kind',
    ]);
  });

  it('F3: FRD of a set and itself is 0, in v1 too', async () => {
    expect((await residua(['eval-frd', at('grey'), at('grey'), '--frd-version', 'v0'])).stdout).toMatch(
      /^FRD \(v0\): 0\n/,
    );
    const out = at('frd.csv');
    const v1 = await residua(['eval-frd', at('grey'), at('grey'), '--frd-version', 'v1', '-o', out]);
    expect(v1.stdout).toMatch(/^FRD \(v1\): 0 \(the sets are the same/);
    expect(await readFile(out, 'utf8')).toMatch(/,0\n$/);
  });

  it('F4: a kind that does not exist makes no cohort', async () => {
    const typo = await inCatalog('catalog', 'cohorts', 'split', 'x=0.5', 'y=0.5', '--kind', 'normla');
    expect(typo).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no image is of the kind normla; the kinds are normal'),
    });
    expect((await inCatalog('catalog', 'cohorts', 'list')).stdout).not.toMatch(/^[xy] /m);
  });
});

describe('G: options that are ignored', { timeout: 120_000 }, () => {
  it('G1: --mode of a training on a cohort is refused, not ignored', async () => {
    const { code, stderr } = await inCatalog('catalog', 'train', '--cohort', 'g', '--mode', 'RGB', '--kimg', '1');
    expect(code).toBe(2);
    expect(stderr).toContain('--mode is for --data');
  });

  it('slice takes -m, and None for no masks', async () => {
    const voxels = Int16Array.from({ length: 8 }, (_, index) => index);
    await mkdir(at('volumes'));
    await writeFile(at('volumes/v.nii'), niftiBytes(emptyNiftiHeader([1, 1, 1]), { shape: [2, 2, 2], voxels }));
    expect(await residua(['slice', '-i', at('volumes'), '-o', at('slices'), '-m', 'None'])).toMatchObject({ code: 0 });
    expect((await readdir(at('slices'))).sort()).toEqual(['v_0.nii.gz', 'v_1.nii.gz']);
  });

  it('eval-fd takes the options of the published tool, each with a note, and no metric at all', async () => {
    const words = [
      '--dset2',
      at('grey'),
      '--seed',
      '1',
      '--num_workers',
      '4',
      '-DDP',
      '--backend',
      'nccl',
      '-tn',
      '1',
      '-cn',
      '0',
    ];
    const { code, stdout, stderr } = await residua(['eval-fd', ...words, '-metrics', 'none']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'no metric was requested\n' });
    for (const name of [
      '--seed',
      '--num-workers',
      '--distributed-data-parallel',
      '--backend',
      '--total-nodes',
      '--current-node',
    ])
      expect(stderr).toContain(`${name}: without effect`);
  });

  it('eval-frd takes -A, -w and -s', async () => {
    const joint = await residua(['eval-frd', at('grey'), at('grey'), '-A', '-w', '2', '--frd-version', 'v1']);
    expect(joint.stdout).toContain('normalised zscore joint');
    expect(joint.stderr).toContain('--num-workers: without effect');
    const file = at('stats.npz');
    expect(await residua(['eval-frd', at('grey'), file, '-s'])).toMatchObject({
      code: 0,
      stdout: `6 images, 102 features: ${file}\n`,
    });
    expect((await readFile(file)).includes('sigma.npy')).toBe(true);
    expect(await residua(['eval-frd', at('grey'), file, '-s'])).toMatchObject({ code: 1 });
  });
});

describe('Q: differences from the published tools', { timeout: 120_000 }, () => {
  it('Q1: the brightest pixel of png-conversion is 255', async () => {
    await mkdir(at('nifti'));
    for (const top of [49, 103, 187, 206, 4095]) {
      const voxels = Int16Array.from({ length: 64 }, (_, index) => (index < 8 ? Math.trunc((top * index) / 7) : 0));
      await writeFile(
        at('nifti', `t${top}.nii`),
        niftiBytes(emptyNiftiHeader([1, 1, 1]), { shape: [8, 8, 1], voxels }),
      );
    }
    for (const compat of [[], ['--compat', 'published']]) {
      const out = at(`png${compat.length}`);
      await residua(['png-conversion', '-i', at('nifti'), '-o', out, ...compat]);
      for (const name of await readdir(out)) {
        expect(Math.max(...(await sharp(join(out, name)).raw().toBuffer())), name).toBe(255);
      }
    }
  });

  it('Q2: add-noise blurs with the fixed kernels of OpenCV, and takes its option names', async () => {
    const samples = Uint16Array.from({ length: 32 * 32 }, (_, index) => (index % 32 === 4 ? 40_000 : 0));
    const image = sharp(samples, { raw: { width: 32, height: 32, channels: 1 } }).toColourspace('grey16');
    await mkdir(at('line'));
    await writeFile(at('line/i.png'), await image.png().toBuffer());
    for (const kernel of ['-k', '--kernel_size']) {
      const out = at(`blur${kernel}`);
      const words = ['add-noise', '-i', at('line'), '-o', out, '-t', 'b', kernel, '(3,3)', '-s', '0'];
      expect(await residua(words)).toMatchObject({ code: 0 });
      const { data } = await sharp(join(out, 'i.png'))
        .toColourspace('grey16')
        .raw({ depth: 'ushort' })
        .toBuffer({ resolveWithObject: true });
      const row = new Uint16Array(new Uint8Array(data).buffer).subarray(20 * 32, 21 * 32);
      expect([...row.subarray(3, 6)]).toEqual([10_000, 20_000, 10_000]);
    }
    // Noise without --type.
    const noise = await residua(['add-noise', '-i', at('line'), '-o', at('noise'), '--var', '0.02']);
    expect(noise).toMatchObject({ code: 0, stdout: '1 written\n' });
  });

  it('Q3: preprocess-midrc resizes as OpenCV under --compat published', async () => {
    const style = dicomStyles[0]!;
    const [height, width] = [16, 1024];
    const stored = Uint16Array.from({ length: height * width }, (_, index) => [1000, 200, 600, 0][index % 4]!);
    const short = (tag: number, value: number) => element(style, tag, 'US', uint16(value, true));
    const bytes = part10(
      style,
      Buffer.concat([
        element(style, 0x0008_0016, 'UI', '1.2.840.10008.5.1.4.1.1.1'),
        element(style, 0x0008_0060, 'CS', 'CR'),
        short(0x0028_0002, 1),
        element(style, 0x0028_0004, 'CS', 'MONOCHROME2'),
        short(0x0028_0010, height),
        short(0x0028_0011, width),
        short(0x0028_0100, 16),
        short(0x0028_0101, 12),
        short(0x0028_0102, 11),
        short(0x0028_0103, 0),
        element(style, 0x7fe0_0010, 'OW', Buffer.from(stored.buffer)),
      ]),
    );
    await mkdir(at('midrc/CHEST/CR'), { recursive: true });
    await writeFile(at('midrc/CHEST/CR/x.dcm'), bytes);
    const out = at('midrc-out');
    expect(await residua(['preprocess-midrc', '-i', at('midrc'), '-o', out, '--compat', 'published'])).toMatchObject({
      code: 0,
    });
    const levels = await sharp(join(out, 'CHEST_CR_0.png')).toColourspace('b-w').raw().toBuffer();
    expect([...levels.subarray(0, 4)]).toEqual([255, 0, 255, 0]);
  });

  it('Q4: find-best-fid leaves lines out that are NaN, by name', async () => {
    const lines = ['30.5', 'NaN', '12.25', '14.0'].map(
      (fid, index) =>
        `{"results": {"fid50k_full": ${fid}}, "metric": "fid50k_full", "snapshot_pkl": "network-snapshot-00000${index}.pkl"}`,
    );
    await writeFile(at('metric.jsonl'), `${lines.join('\n')}\n`);
    const { code, stdout } = await residua(['find-best-fid', '-f', at('metric.jsonl')]);
    expect(code).toBe(0);
    expect(stdout).toContain('network-snapshot-000001.pkl is left out: its FID is no number');
    expect(stdout).toContain('Best FID: 12.25 with network-snapshot-000002.pkl');
  });

  it('Q5: window-level keeps the name of a file', async () => {
    const voxels = Int16Array.from({ length: 64 }, (_, index) => index * 31 - 1000);
    await mkdir(at('window'));
    await writeFile(at('window/v.nii'), niftiBytes(emptyNiftiHeader([1, 1, 1]), { shape: [8, 8], voxels }));
    expect(await residua(['window-level', '-i', at('window'), '-o', at('windowed')])).toMatchObject({ code: 0 });
    expect(await readdir(at('windowed'))).toEqual(['v.nii']);
    const bytes = await readFile(at('windowed/v.nii'));
    const clipped = new Int16Array(new Uint8Array(bytes.subarray(352)).buffer);
    expect([Math.min(...clipped), Math.max(...clipped)]).toEqual([-125, 225]);
  });

  it('project says that the published loss cannot be had, before the first image and in the CSV; w has all layers', async () => {
    const network = new URL('../golden/stylegan2/tiny.pkl', import.meta.url).pathname;
    await writeGrey(at('target', 'a.png'), 32, 32, (x, y) => 4 * x + 3 * y);
    const words = ['project', '--network', network, '--target', at('target'), '--outdir', at('projected')];
    const { code, stderr } = await residua([...words, '--num-steps', '2', '--weights', at('nowhere')]);
    expect(code).toBe(0);
    const remark = 'the weights of the published loss lpips are not there: discriminator is used';
    expect(stderr.indexOf(remark)).toBeGreaterThanOrEqual(0);
    const table = await readFile(at('projected/projection.csv'), 'utf8');
    expect(table.split('\n')[0]).toContain(',loss_remark,');
    expect(table).toContain(remark);
    const zip = await ZipArchive.openBuffer(await readFile(at('projected/latents/a.npz')), 'a.npz');
    const w = Buffer.from(await zip.read('w.npy'));
    expect(w.toString('latin1')).toContain("'shape': (1, 8, 64)");
    const values = w.subarray(-8 * 64 * 4);
    for (let layer = 1; layer < 8; layer++) {
      expect(values.subarray(layer * 256, (layer + 1) * 256).equals(values.subarray(0, 256))).toBe(true);
    }
  });
});
