// residua qualify: what an installer checks and signs: the files, the devices, the results of this machine, crash recovery.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { checksumsName } from '../../curation/export/checksums.ts';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { Problem } from '../../platform/errors.ts';
import { nodeLauncher, withEngine } from '../../workbench/engine.ts';
import { count, defineCommand, option, text } from '../command.ts';
import type { Check } from '../qualify/check.ts';
import { crashChecks, writeCheck } from '../qualify/crash-recovery.ts';
import { installedFiles, manifestCheck } from '../qualify/installation.ts';
import { detectionChecks, goldenChecks, measurePhantoms } from '../qualify/phantom-test.ts';
import { type Qualification, qualificationReport, qualified } from '../qualify/report.ts';
import { deviceOption } from '../shared-options.ts';
import { textTable } from '../text-table.ts';

export const qualify = defineCommand({
  details: `Writes FOLDER/qualification.html (one page, to be signed), qualification.json and SHA256SUMS (every file of the program). Exit code 1
when something is out of its limits. The program is compared with --manifest: the SHA256SUMS of an earlier qualification, or the
one that came with the installation. Research use only: Residua is not a medical device.`,
  options: {
    out: option('--out <folder>', 'where the report goes', text.default('residua-qualification')),
    manifest: option('--manifest <file>', 'the hashes that the program must have', text.optional()),
    normals: option('--normals <number>', 'normal phantoms', count.default(40)),
    perKind: option('--per-kind <number>', 'phantoms with each kind of anomaly', count.default(12)),
    device: deviceOption,
  },
  async run({ out, manifest, normals, perKind, device }, context) {
    const began = performance.now();
    const target = resolve(out);
    const checks: Check[] = [];
    const installation = await installedFiles(context);
    const shipped = join(installation.root, checksumsName);
    const expected = manifest ?? (existsSync(shipped) ? shipped : undefined);
    if (expected !== undefined) checks.push(await manifestCheck(installation.files, expected));
    else context.remark('no manifest to compare the files with: they are listed only');
    checks.push(await writeCheck(target));
    const devices = await withEngine(nodeLauncher, {}, (engine) => engine.call('devices.list', null));
    const work = await mkdtemp(join(tmpdir(), 'residua-qualify-'));
    try {
      const catalogFolder = join(work, 'catalog');
      const measured = await measurePhantoms({ device, normals, perKind }, { ...context, catalogFolder });
      checks.push(...(await goldenChecks(measured.golden)));
      checks.push(...(await detectionChecks(measured.judged, measured.truth)));
      checks.push(...(await crashChecks(catalogFolder)));
    } finally {
      await rm(work, { recursive: true, force: true });
    }
    const qualification: Qualification = {
      at: new Date().toISOString(),
      seconds: (performance.now() - began) / 1000,
      root: installation.root,
      files: installation.files.length,
      manifestSha256: createHash('sha256').update(installation.text).digest('hex'),
      devices: devices.map(({ device, usable, name, milliseconds, reason }) => [
        device,
        usable ? `${Math.round(milliseconds!)} ms` : `no: ${reason}`.split('\n')[0]!.slice(0, 160),
        name,
      ]),
      checks,
    };
    await writeFileAtomic(join(target, checksumsName), installation.text);
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
