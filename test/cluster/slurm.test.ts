// Runs and trainings on a real Slurm of this machine, and what is said before anything is queued.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCatalog } from '../../src-main/catalog/catalog.ts';
import { residua, temporaryFolder } from '../cli/residua.ts';
import { lacksSlurm, type RealSlurm, startSlurm } from './real-slurm.ts';
import { killRun, victims } from './slurm-kills.ts';

const settings = ['--cluster-set', 'time=0:20:00', '--cluster-set', 'pollSeconds=0.5'];

describe.skipIf(lacksSlurm !== undefined)(
  `a real Slurm${lacksSlurm === undefined ? '' : `: ${lacksSlurm}`}`,
  { timeout: 400_000 },
  () => {
    let home: Awaited<ReturnType<typeof temporaryFolder>>;
    let slurm: RealSlurm;
    beforeAll(async () => {
      home = await temporaryFolder();
      slurm = await startSlurm(join(home.path, 'slurm'));
    }, 60_000);
    afterAll(async () => {
      await slurm[Symbol.asyncDispose]();
      await home[Symbol.asyncDispose]();
    });

    it('computes a run whatever is killed, in a folder of any name, exactly as one process does', async () => {
      const folder = join(home.path, `it's a "$(touch x)" folder`);
      const counts = await killRun({ folder, slurm, kills: 5, seed: 3, pause: [500, 2000] });
      expect(victims.reduce((sum, victim) => sum + counts[victim], 0)).toBeGreaterThan(0);
    });

    it('trains in one job that queues itself again before its time limit, to the same bits', async () => {
      const { path } = home;
      const ok = async (...words: string[]) => {
        const { code, stdout, stderr } = await residua(words, slurm.env);
        if (code !== 0) throw new Error(stderr);
        return stdout.trim();
      };
      await ok('phantoms', '--outdir', join(path, 'n'), '--normals', '40', '--per-kind', '0', '--size', '64');
      const train = (outdir: string, ...more: string[]) =>
        ok(
          'train-localiser',
          '--data',
          join(path, 'n/images'),
          '--outdir',
          join(path, outdir),
          '--kimg',
          '0.8',
          '--threads',
          '1',
          ...more,
        );
      await train('here');
      const exchange = ['--cluster-set', `exchange=${join(path, 'jobs')}`];
      const job = await train('there', '--cluster', 'slurm', '--detach', ...settings, ...exchange);
      const folder = '00000-images-localiser64';
      const states = () => slurm.command('squeue', '-h', '-o', '%T %r', `--jobs=${job}`).trim();
      const until = async (what: () => boolean | Promise<boolean>) => {
        while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 200));
      };
      const [name] = await readdir(join(path, 'jobs'));
      const log = join(path, 'jobs', name!, 'log.txt');
      const text = () => readFile(log, 'utf8').catch(() => '');
      for (const start of ['new run', 'resuming in']) {
        await until(
          async () => (await text()).split(start).at(-1)!.includes('training: ') && (await text()).includes(start),
        );
        // What Slurm sends a minute before the time limit.
        slurm.command('scancel', '--signal=USR1', '--batch', job);
        await until(() => states().startsWith('PENDING'));
        // Slurm refuses to start a job again in the same moment.
        await new Promise((resolve) => setTimeout(resolve, 3000));
        slurm.command('scontrol', 'update', `jobid=${job}`, 'StartTime=now');
      }
      const exit = log.replace(/log\.txt$/, 'exit.txt');
      await until(async () => (await readFile(exit, 'utf8').catch(() => '')) === '0\n');
      expect((await text()).split('resuming in').length).toBeGreaterThanOrEqual(3);
      const [here, there] = await Promise.all(
        ['here', 'there'].map((outdir) => readFile(join(path, outdir, folder, 'localiser.safetensors'))),
      );
      expect(there!.equals(here!)).toBe(true);
    });

    it('trains a cohort of the catalog, which imports the network', async () => {
      const catalog = join(home.path, 'cohort');
      const ok = async (...words: string[]) => {
        const { code, stdout, stderr } = await residua([...words, '--catalog', catalog], slurm.env);
        if (code !== 0) throw new Error(stderr);
        return stdout.trim();
      };
      const normals = ['--outdir', join(home.path, 'c'), '--normals', '24', '--per-kind', '0', '--size', '64'];
      await ok('phantoms', ...normals);
      await ok('import', join(home.path, 'c/images'), '--cohort', 'normals');
      const train = ['train-localiser', '--cohort', 'normals', '--kimg', '0.1', '--seed', '4'];
      expect(await ok(...train, '--cluster', 'slurm', ...settings)).toBe(
        'run 2: trained with normals; the model is called normals',
      );
      const bench = openCatalog(catalog);
      try {
        const [model] = bench.all<{ name: string; provenance: string }>('SELECT name, provenance FROM models', {});
        expect(model!.name).toBe('normals');
        expect(JSON.parse(model!.provenance)).toMatchObject({ configuration: { seed: 4 } });
        expect(bench.column('SELECT done FROM runs WHERE id = 2')).toEqual([100]);
      } finally {
        bench.close();
      }
    });

    it('is checked before anything is queued, each fault with its remedy', async () => {
      const catalog = join(home.path, 'catalog');
      const check = (...words: string[]) =>
        residua(['cluster', 'check', home.path, '--catalog', catalog, ...words], slurm.env);
      const good = await check(...settings);
      expect(good).toMatchObject({ code: 0 });
      expect(good.stdout).toMatch(/ok {4}partition main: 2 nodes/);
      expect(good.stdout).toMatch(/ok {4}node n[12]: Residua \S+ starts/);
      expect(good.stdout).toMatch(/ok {4}node n[12]: cpu: processor/);
      const long = await check('--cluster-set', 'time=9:00:00', '--cluster-set', 'program=/nope');
      expect(long.code).toBe(1);
      expect(long.stdout).toContain(
        'FAIL  time 9:00:00 is longer than partition main allows (1:00:00)\n      set "time" to at most 1:00:00',
      );
      expect(long.stdout).toMatch(
        /FAIL {2}a node cannot run Residua: .*\/nope: No such file or directory\n {6}install Residua/,
      );
      const absent = await check('--cluster-set', 'partition=$(touch x)');
      expect(absent.stdout).toContain(
        'FAIL  partition $(touch x) is not there\n      set "partition" to one of main, high',
      );
    });

    it('of which nobody answers is one clear line', async () => {
      const conf = join(home.path, 'nowhere.conf');
      await writeFile(
        conf,
        'ClusterName=x\nSlurmctldHost=localhost\nSlurmctldPort=1\nNodeName=a\nPartitionName=p Nodes=a\n',
      );
      const { code, stdout } = await residua(['cluster', 'check', '--catalog', join(home.path, 'c')], {
        SLURM_CONF: conf,
      });
      expect(code).toBe(1);
      expect(stdout.split('\n').filter((line) => line.startsWith('FAIL'))).toHaveLength(1);
      expect(stdout).toContain('scontrol ping');
    });
  },
);
