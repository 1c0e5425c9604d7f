// The report of a qualification: one page that stands alone, says what was checked and found, and is signed by the installer.
import { cpus, release, totalmem, type } from 'node:os';
import { escaped, htmlPage, htmlTable } from '../../evaluation/html.ts';
import { version } from '../../platform/version.ts';
import type { Check } from './check.ts';

export interface Qualification {
  readonly at: string;
  readonly seconds: number;
  readonly root: string;
  /** The version of Electron in a desktop package; null: the project folder. */
  readonly electron: string | null;
  /** Files of the program, and the SHA-256 of the list of their hashes. */
  readonly files: number;
  readonly manifestSha256: string;
  /** The folder of the manifest that the files were compared with; null: there was none. */
  readonly comparedWith: string | null;
  readonly devices: readonly (readonly [device: string, usable: string, name: string])[];
  readonly checks: readonly Check[];
}

/** True when everything is within its limits. */
export const qualified = ({ checks }: Pick<Qualification, 'checks'>): boolean => checks.every(({ passed }) => passed);

/** HTML without scripts and without anything loaded. */
export function qualificationReport(qualification: Qualification): string {
  const { at, seconds, root, electron, files, manifestSha256, comparedWith, devices, checks } = qualification;
  const failed = checks.filter(({ passed }) => !passed).length;
  const verdict =
    failed === 0
      ? 'Qualified: every check is within its limits.'
      : `Not qualified: ${failed} of ${checks.length} checks failed.`;
  const machine = [
    ['Program', `Residua ${version}, ${electron === null ? 'project' : 'package'} folder ${root}`],
    ['Runs on', `Node.js ${process.versions.node}${electron === null ? '' : `; its window on Electron ${electron}`}`],
    ['Its files', `${files}; SHA-256 of their list (SHA256SUMS): ${manifestSha256}`],
    ['Compared with', comparedWith === null ? 'nothing: this list is the first' : `the list in ${comparedWith}`],
    ['Operating system', `${type()} ${release()}, ${process.arch}`],
    ['Processor', `${cpus()[0]?.model.trim() ?? process.arch}, ${cpus().length} threads`],
    ['Memory', `${(totalmem() / 2 ** 30).toFixed(1)} GiB`],
    ['Checked', `${at.slice(0, 19).replace('T', ' ')} UTC, in ${Math.round(seconds)} s`],
  ];
  const rows = checks.map(({ name, found, limit, passed }) => [name, found, limit, passed ? 'passed' : 'FAILED']);
  const lines = ['Name', 'Function', 'Place, date', 'Signature'].map((line) => `<p class="line">${line}</p>`);
  return htmlPage(
    'Residua: qualification',
    `<style>${style}</style><h1>Qualification of a Residua installation</h1>
<p class="verdict ${failed === 0 ? 'good' : 'bad'}">${escaped(verdict)}</p>
<p><b>Research use only.</b> Residua is not a medical device: nothing that it shows may be used for a diagnosis or for the treatment of a patient.</p>
<h2>Installation</h2>${htmlTable(['', ''], machine)}
<h2>Checks</h2>${htmlTable(['check', 'found', 'limit', 'result'], rows)}
<h2>Devices</h2>${htmlTable(['device', 'time of the test, or why not', 'what it is'], devices)}
<h2>Signed</h2><p>I have read the results above and installed this program for research use.</p><div class="signature">${lines.join('')}</div>`,
  );
}

/** Tables of words are read from the left; everything fits on one page of A4. */
const style = `body{font-size:12px;line-height:1.3}h1{font-size:21px;margin:0 0 8px}h2{margin:10px 0 2px;font-size:15px}p{margin:4px 0}
table{width:100%;margin:2px 0}thead:not(:has(th:not(:empty))){display:none}
th,td{text-align:left;white-space:normal;vertical-align:top;padding:2px 12px 2px 0;overflow-wrap:break-word}tbody th{font-weight:600;width:30%}
td:nth-child(4){white-space:nowrap}
.verdict{font-size:17px;font-weight:600;padding:6px 12px;border-left:6px solid;margin:6px 0}.good{color:#165a36;background:#e8f4ee}.bad{color:#8e292c;background:#fbeaea}
.signature{display:grid;grid-template-columns:1fr 1fr;gap:24px 32px;padding-top:24px}.line{border-top:1px solid #1c2127;padding-top:2px}@page{size:A4;margin:11mm}@media print{body{font-size:10.5px}h1{font-size:17px}h2{font-size:12.5px;margin-top:7px}.verdict{font-size:14px}th,td{padding-top:1px;padding-bottom:1px}.signature{gap:20px 32px;padding-top:20px}}`;
