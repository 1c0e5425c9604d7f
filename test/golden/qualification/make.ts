// Makes resources/qualification/expected.json: what the golden phantoms give on the processor. To be run when phantoms or the demonstration's
// network change: node test/golden/qualification/make.ts
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processContext } from '../../../src-main/cli/context.ts';
import { measurePhantoms } from '../../../src-main/cli/qualify/phantom-test.ts';

const catalog = join(await mkdtemp(join(tmpdir(), 'residua-golden-')), 'catalog');
const context = processContext({ verbose: false, catalog });
const { golden } = await measurePhantoms({ device: 'cpu', normals: 1, perKind: 1 }, context);
context.end();
const file = new URL('../../../resources/qualification/expected.json', import.meta.url);
await writeFile(file, `${JSON.stringify(golden, null, 2)}\n`);
