// Refuses folders on network file systems, where SQLite's write-ahead log would be corrupted.
import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync, statfsSync } from 'node:fs';
import { Problem } from '../platform/errors.ts';

/** `statfs(2)` types of Linux file systems whose files live on another machine. */
const networkTypes: Readonly<Record<number, string>> = {
  26985: 'NFS',
  20859: 'SMB',
  4283649346: 'CIFS',
  4266872130: 'SMB2',
  16914839: '9p',
  1397113167: 'AFS',
  1799439955: 'kAFS',
  1937076805: 'Coda',
  22092: 'NCP',
  12805120: 'Ceph',
  198183888: 'Lustre',
  1196443219: 'GPFS',
  18225520: 'GFS2',
  1952539503: 'OCFS2',
  428016422: 'BeeGFS',
  2866260714: 'PanFS',
};
const fuse = 0x65735546;
/** FUSE file systems that sit on a local block device or folder; every other one (sshfs, rclone, s3fs) is remote. */
const localFuse = /^(fuseblk|fuse\.(fuse-overlayfs|gocryptfs|encfs|bindfs|mergerfs|ntfs-3g|ntfs|exfat))$/;

const networkMac = /^(smbfs|nfs|afpfs|webdav|ftp|macfuse|osxfuse)$/;

const mountTables: { readonly [P in NodeJS.Platform]?: () => string } = {
  linux: () => readFileSync('/proc/self/mountinfo', 'utf8'),
  darwin: () => execFileSync('/sbin/mount', { encoding: 'utf8' }),
};

interface Mount {
  readonly point: string;
  readonly type: string | undefined;
}

/** What is known about the file system that holds a folder. */
export interface FileSystem {
  readonly platform: NodeJS.Platform;
  /** `f_type` of statfs. */
  readonly type: number;
  /** The folder with links and mapped drives resolved. */
  readonly realPath: string;
  /** Text of /proc/self/mountinfo (proc(5)) on Linux, output of mount(8) on macOS, else empty. */
  readonly mounts: string;
}

/** Throws `file` with the reason when `folder` (which must exist) lies on a network share. */
export function refuseNetworkShare(folder: string): void {
  const network = networkFileSystem({
    platform: process.platform,
    type: statfsSync(folder).type,
    realPath: realpathSync.native(folder),
    mounts: mountTables[process.platform]?.() ?? '',
  });
  if (network === undefined) return;
  const reason = `a catalog cannot lie on a network share (${network}): several machines writing would corrupt it`;
  throw new Problem('file', { file: folder, reason });
}

/** The name of the network file system, or undefined for a local one. */
export function networkFileSystem({ platform, type, realPath, mounts }: FileSystem): string | undefined {
  if (platform === 'win32') return /^\\\\(?![?.]\\[A-Za-z]:)/.test(realPath) ? 'a UNC path' : undefined;
  if (platform === 'darwin') {
    const kind = typeOf(mounts.split('\n').map(macMount), realPath);
    return kind !== undefined && networkMac.test(kind) ? kind : undefined;
  }
  if (type >>> 0 !== fuse) return networkTypes[type >>> 0];
  const kind = typeOf(mounts.split('\n').map(linuxMount), realPath);
  return kind !== undefined && localFuse.test(kind) ? undefined : (kind ?? 'FUSE');
}

/** The type of the mount point that is the longest prefix of `path`; of two equal ones the later, which hides the other. */
function typeOf(mounts: readonly Mount[], path: string): string | undefined {
  return mounts
    .filter(({ point }) => point === '/' || path === point || (point !== '' && path.startsWith(`${point}/`)))
    .toSorted((a, b) => a.point.length - b.point.length)
    .at(-1)?.type;
}

/** `36 35 98:0 /root /point rw - type source options`; spaces of the mount point are written as octal escapes. */
function linuxMount(line: string): Mount {
  const fields = line.split(' ');
  const point = (fields[4] ?? '').replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
  return { point, type: fields[fields.indexOf('-') + 1] };
}

/** `//user@server/share on /Volumes/share (smbfs, nodev, nosuid)` */
function macMount(line: string): Mount {
  const [, point = '', type] = / on (.+) \((\w+)/.exec(line) ?? [];
  return { point, type };
}
