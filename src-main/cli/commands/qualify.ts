// residua qualify: what an installer checks and signs: the files, the devices, the results of this machine, crash recovery.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { DeviceInfo } from '../../../src-preload/schemas/catalog.ts';
import { checksums, checksumsName } from '../../curation/export/checksums.ts';
import { nodeLauncher, withEngine } from '../../engine/start-engine.ts';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { isProblem, Problem } from '../../platform/errors.ts';
import { inWords } from '../../platform/words.ts';
import { count, defineCommand, option, text } from '../command.ts';
import { type Check, faultless } from '../qualify/check.ts';
import { crashChecks, writeCheck } from '../qualify/crash-recovery.ts';
import { findInstallation, installedFiles, manifestCheck, readManifest } from '../qualify/installation.ts';
import { detectionChecks, goldenChecks, measurePhantoms } from '../qualify/phantom-test.ts';
import { type Qualification, qualificationReport, qualified } from '../qualify/report.ts';
import { deviceOption } from '../shared-options.ts';
import { cellText, textTable } from '../text-table.ts';

export const qualify = defineCommand({
  details: `Writes FOLDER/qualification.html (one page, to be signed), qualification.json and SHA256SUMS (every file of the program
and of the packages that it uses). Exit code 1 when something is out of its limits. The program is compared with --manifest,
else with the SHA256SUMS that came with the installation, else with that of an earlier qualification in FOLDER: after an
upgrade, qualify into a new folder. Research use only: Residua is not a medical device.`,
  options: {
    out: option('--out <folder>', 'where the report goes', text.default('residua-qualification')),
    manifest: option('--manifest <file>', 'the hashes that the files of the program must have', text.optional()),
    normals: option('--normals <number>', 'normal phantoms', count.default(40)),
    perKind: option('--per-kind <number>', 'phantoms with each kind of anomaly', count.default(12)),
    device: deviceOption,
  },
  async run({ out, manifest, normals, perKind, device }, context) {
    const began = performance.now();
    const target = resolve(out);
    const checks: Check[] = [];
    const installation = await findInstallation();
    const known = [installation.manifest, join(target, checksumsName)];
    const expected = manifest ?? known.find((file) => existsSync(file));
    const sums = expected === undefined ? undefined : await readManifest(expected);
    const files = await installedFiles(installation, context);
    const list = checksums(files);
    if (sums !== undefined) checks.push(manifestCheck(files, sums));
    const intact = checks.every(({ passed }) => passed);
    checks.push(await writeCheck(target));
    const work = await mkdtemp(join(tmpdir(), 'residua-qualify-'));
    const devices: DeviceInfo[] = [];
    // What does not run at all is out of its limits, too: the report says so, and the rest is looked at.
    const attempt = async (name: string, look: () => Promise<readonly Check[]>) => {
      const found = await look().catch((error: unknown) => {
        if (isProblem(error, 'cancelled')) throw error;
        return [faultless(name, [inWords(error)], '')];
      });
      checks.push(...found);
    };
    try {
      const catalogFolder = join(work, 'catalog');
      await attempt('devices', async () => {
        devices.push(...(await withEngine(nodeLauncher, {}, (engine) => engine.call('devices.list', null))));
        const usable = devices.filter((found) => found.usable).map((found) => found.device);
        return [faultless('devices', usable.length > 0 ? [] : ['none computes as it must'], usable.join(', '))];
      });
      await attempt('phantoms reconstructed and scored', async () => {
        const measured = await measurePhantoms({ device, normals, perKind }, { ...context, catalogFolder });
        return [...(await goldenChecks(measured.golden)), ...(await detectionChecks(measured.judged, measured.truth))];
      });
      await attempt('crash recovery', () => crashChecks(catalogFolder));
    } finally {
      await rm(work, { recursive: true, force: true });
    }
    const qualification: Qualification = {
      at: new Date().toISOString(),
      seconds: (performance.now() - began) / 1000,
      root: installation.root,
      electron: installation.electron,
      files: files.length,
      manifestSha256: createHash('sha256').update(list).digest('hex'),
      comparedWith: expected === undefined ? null : dirname(resolve(expected)),
      devices: devices.map(({ device, usable, name, milliseconds, reason }) => [
        device,
        usable ? `${Math.round(milliseconds!)} ms` : cellText(`no: ${reason}`, 90),
        name,
      ]),
      checks,
    };
    // The manifest of an installation that was whole stays, or the next qualification would find nothing.
    if (intact) await writeFileAtomic(join(target, checksumsName), list);
    await writeFileAtomic(join(target, 'qualification.json'), `${JSON.stringify(qualification, null, 2)}\n`);
    const report = join(target, 'qualification.html');
    await writeFileAtomic(report, qualificationReport(qualification));
    const rows = checks.map(({ name, found, limit, passed }) => [passed ? 'passed' : 'FAILED', name, found, limit]);
    context.print(textTable(['', 'check', 'found', 'limit'], rows));
    context.print(report);
    if (!qualified(qualification)) {
      throw new Problem('content', { file: report, reason: 'this installation is not qualified' });
    }
  },
});
