// A real PACS for tests: Debian's Orthanc with its DICOMweb plugin, answering only this machine, at ports that are free.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const plugin = '/usr/share/orthanc/plugins/libOrthancDicomWeb.so';

/** Why a real Orthanc cannot be started here; undefined where it can. */
export const lacksOrthanc: string | undefined = (() => {
  if (process.platform !== 'linux') return 'Orthanc for tests is that of Debian';
  if (spawnSync('sh', ['-c', 'command -v Orthanc']).status !== 0) return "Debian's orthanc is not installed";
  return existsSync(plugin) ? undefined : "Debian's orthanc-dicomweb is not installed";
})();

/** A free port of this machine, as far as one can know. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { readonly port: number };
      server.close(() => resolve(port));
    });
  });
}

export interface Orthanc extends AsyncDisposable {
  readonly http: number;
  readonly dicom: number;
  /** Where it sends what RESIDUA asks for by C-MOVE. */
  readonly receiver: number;
  readonly dicomweb: string;
  /** Adds a file; what Orthanc says of it. */
  readonly add: (file: Uint8Array) => Promise<void>;
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
}

/** The user of its DICOMweb. */
export const login = { user: 'anna', password: 'geheim-4711-orthanc' } as const;

/** Starts one with its files below `folder`; the same folder again has what was added. */
export async function startOrthanc(folder: string): Promise<Orthanc> {
  mkdirSync(join(folder, 'storage'), { recursive: true });
  const [http, dicom, receiver] = await Promise.all([freePort(), freePort(), freePort()]);
  const settings = {
    Name: 'test',
    StorageDirectory: join(folder, 'storage'),
    IndexDirectory: join(folder, 'storage'),
    Plugins: [plugin],
    HttpServerEnabled: true,
    HttpPort: http,
    RemoteAccessAllowed: false,
    AuthenticationEnabled: true,
    RegisteredUsers: { [login.user]: login.password },
    DicomServerEnabled: true,
    DicomAet: 'ORTHANC',
    DicomPort: dicom,
    DicomCheckCalledAet: true,
    DicomAlwaysAllowEcho: true,
    DicomAlwaysAllowFind: true,
    DicomAlwaysAllowGet: true,
    DicomAlwaysAllowMove: true,
    DicomAlwaysAllowStore: true,
    StorageCompression: false,
    DicomModalities: { residua: ['RESIDUA', '127.0.0.1', receiver], movescu: ['MOVESCU', '127.0.0.1', receiver] },
    DicomWeb: { Enable: true, Root: '/dicom-web/', EnableWado: true },
  };
  const file = join(folder, 'orthanc.json');
  writeFileSync(file, JSON.stringify(settings));
  const base = `http://127.0.0.1:${http}`;
  const headers = { Authorization: `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}` };
  let child: ChildProcess | undefined;
  const start = async () => {
    const log = openSync(join(folder, 'orthanc.log'), 'a');
    child = spawn('Orthanc', [file], { stdio: ['ignore', log, log] });
    for (let tries = 0; tries < 300; tries++) {
      const answer = await fetch(`${base}/system`, { headers }).catch(() => undefined);
      if (answer?.ok) return;
      await pause(50);
    }
    throw new Error(`Orthanc does not answer: ${folder}/orthanc.log`);
  };
  const end = async (signal: NodeJS.Signals) => {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null) return;
    const ended = new Promise((resolve) => running.once('close', resolve));
    running.kill(signal);
    await ended;
  };
  await start();
  return {
    ...{ http, dicom, receiver, start },
    dicomweb: `${base}/dicom-web`,
    async add(bytes) {
      const answer = await fetch(`${base}/instances`, { method: 'POST', headers, body: new Uint8Array(bytes) });
      if (!answer.ok) throw new Error(`Orthanc refuses a file: ${answer.status} ${await answer.text()}`);
      await answer.arrayBuffer();
    },
    kill: () => end('SIGKILL'),
    [Symbol.asyncDispose]: () => end('SIGKILL'),
  };
}
