// The report of several readers: lists, what each has read, agreement and differences; one HTML file.
import { intervalText } from '../../src-preload/interval-text.ts';
import type { Difference, ReadersAgreement, WorkList } from '../../src-preload/schemas/readers.ts';
import { version } from '../platform/version.ts';
import { escaped, htmlPage, htmlTable } from './html.ts';

/** HTML without scripts. Images are named by their number, never by their file: names may tell who somebody is. */
export function readersReport(
  lists: readonly WorkList[],
  agreement: ReadersAgreement,
  differences: readonly Difference[],
  about: string | null,
): string {
  const sections = [
    `<h1>Readers and their agreement</h1>
<p class="remark">${about === null ? 'All images that somebody has read' : `The images of the work list ${escaped(about)}`}. Residua ${escaped(version)}, ${new Date().toISOString()}. Research use only: not a medical device. Readers' names are as they entered them: nobody checks who they are.</p>`,
    `<h2>Readers</h2>
<p>Time per image is the median time between a decision about one image and the decision before it. Pauses of more than five minutes,
decisions about several images at once and times below a tenth of a second (imported tables) are left out.</p>${readersTable(agreement)}`,
    `<h2>Agreement</h2>
<p>Cohen's kappa of keep, reject and unsure, unweighted: 1 is complete agreement, 0 is what chance alone would give. In brackets its 95&nbsp;%
interval by the large-sample formula of Fleiss, Cohen and Everitt (1969), which takes images as independent: several images of one
patient make it too narrow. Only images that one of the two read blind show how well the readers agree without having seen each other's
verdict.</p>${pairsTable(agreement)}`,
    `<h2>Differences that nobody has adjudicated</h2>${differencesTable(differences, agreement.differences)}`,
    `<h2>Work lists</h2>${listsTable(lists)}`,
  ];
  return htmlPage('Residua: readers', sections.join('\n'));
}

function readersTable({ readers }: ReadersAgreement): string {
  if (readers.length === 0) return '<p>Nobody has decided about an image.</p>';
  return htmlTable(
    ['reader', 'images', 'read blind', 'keep', 'reject', 'unsure', 'median time per image', 'times'],
    readers.map(({ reader, images, blind, keep, reject, unsure, seconds, timed }) => [
      ...[reader, `${images}`, `${blind}`, `${keep}`, `${reject}`, `${unsure}`],
      ...[seconds === null ? '-' : `${seconds.toFixed(1)} s`, `${timed}`],
    ]),
  );
}

function pairsTable({ pairs }: ReadersAgreement): string {
  if (pairs.length === 0) return '<p>No two readers have read the same image.</p>';
  return htmlTable(
    ['readers', 'kind', 'images', 'one of them blind', 'same verdict', 'kappa', '95 %'],
    pairs.map(({ first, second, kind, images, blind, observed, kappa, lower, upper }) => [
      ...[`${first} and ${second}`, kind ?? 'all', `${images}`, `${blind}`, `${Math.round(100 * observed)} %`],
      ...[kappa === null ? 'one verdict only' : kappa.toFixed(2), intervalText(lower, upper, ' to ')],
    ]),
  );
}

function differencesTable(differences: readonly Difference[], all: number): string {
  if (differences.length === 0) return '<p>None.</p>';
  const rows = differences.map(({ image, kind, inForce, verdicts }) => [
    ...[`image ${image}`, kind ?? '-'],
    verdicts
      .map(({ reader, decision, reason }) => `${reader}: ${decision}${reason === null ? '' : `, ${reason}`}`)
      .join('\n'),
    inForce ?? 'none',
  ]);
  const more = all - rows.length;
  return `${htmlTable(['image', 'kind', 'verdicts', 'in force'], rows)}${more > 0 ? `<p>And ${more} more.</p>` : ''}`;
}

function listsTable(lists: readonly WorkList[]): string {
  if (lists.length === 0) return '<p>None.</p>';
  return htmlTable(
    ['list', 'reader', 'how', 'read', 'images', 'given by', 'on'],
    lists.map(({ name, reader, blind, secondOf, read, images, createdBy, createdAt }) => [
      ...[name, reader, secondOf === null ? (blind ? 'blind' : 'open') : `blind, second reading of ${secondOf.name}`],
      ...[`${read}`, `${images}`, createdBy, createdAt.slice(0, 10)],
    ]),
  );
}
