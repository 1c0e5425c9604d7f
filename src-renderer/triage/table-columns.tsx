// The columns of the image table: what each shows, how wide it is, what a click on its head sorts by.
import { type ReactNode, useMemo } from 'react';
import type { Response } from '../../src-preload/contract.ts';
import type { ImageRow, Order } from '../../src-preload/schemas/image.ts';
import styles from './image-table.module.css';
import type { MetadataColumn } from './rows-page.ts';
import { scoreText } from './score-names.ts';
import { useTriage } from './triage-state.tsx';
import { useFacets } from './use-facets.ts';
import { VerdictMark } from './verdict-mark.tsx';

export interface Column {
  readonly title: string;
  /** As in CSS grids. */
  readonly width: string;
  /** Shown only where the archive has anything of it. */
  readonly facet?: keyof Response<'images.facets'>;
  /** What a click on the head sorts by; undefined: nothing. */
  readonly by?: Exclude<Order['by'], object> | 'score' | { readonly column: number };
  readonly cell: (row: ImageRow) => ReactNode;
  readonly number?: true;
}

const columns: readonly Column[] = [
  {
    title: 'name',
    width: 'minmax(160px, 2fr)',
    by: 'name',
    cell: ({ name }) => <span title={name}>{name}</span>,
  },
  {
    title: 'score',
    width: '168px',
    by: 'score',
    cell: ({ score }) => (score === null ? '–' : scoreText(score)),
    number: true,
  },
  {
    title: 'why',
    width: 'minmax(140px, 1fr)',
    facet: 'reasons',
    cell: ({ why }) => <span title={why ?? ''}>{why}</span>,
  },
  {
    title: 'verdict',
    width: '84px',
    by: 'verdict',
    cell: ({ verdict }) => (verdict === null ? null : <VerdictMark verdict={verdict} />),
  },
  { title: 'kind', width: 'minmax(120px, 1fr)', by: 'kind', cell: ({ kind }) => kind },
  { title: 'modality', width: '72px', facet: 'modalities', cell: ({ modality }) => modality },
  { title: 'body part', width: '100px', facet: 'bodyParts', cell: ({ bodyPart }) => bodyPart },
  { title: 'view', width: '56px', facet: 'views', cell: ({ view }) => view },
  { title: 'size', width: '96px', cell: ({ width, height }) => `${width} × ${height}`, number: true },
  {
    title: 'frame',
    width: '84px',
    cell: ({ frame, frames }) => (frames > 1 ? `${frame + 1} of ${frames}` : ''),
    number: true,
  },
  { title: 'tags', width: 'minmax(100px, 1.4fr)', facet: 'tags', cell: ({ tags }) => tags.join(', ') },
  {
    title: 'file',
    width: '84px',
    facet: 'states',
    cell: ({ state }) => (state === 'present' ? null : <span className={styles.fileState}>{state}</span>),
  },
];

/** A column of metadata; `index` of its value in each row. */
const metadataColumn = ({ id, name, isNumber }: MetadataColumn, index: number): Column => ({
  title: name,
  width: 'minmax(110px, 1fr)',
  by: { column: id },
  cell: ({ columns }) => <span title={columns[index] ?? ''}>{columns[index]}</span>,
  ...(isNumber ? { number: true } : {}),
});

/** The columns with content in this archive, and the widths of all columns including the thumbnail's. */
export function useColumns(): { readonly shown: readonly Column[]; readonly template: string } {
  const { data } = useFacets();
  const { columns: metadata } = useTriage();
  return useMemo(() => {
    const shown = columns.filter(
      ({ facet }) => facet === undefined || data?.[facet].some(({ value }) => value !== null && value !== 'present'),
    );
    const added = metadata.map(metadataColumn);
    return {
      shown: [...shown, ...added],
      template: ['44px', ...[...shown, ...added].map(({ width }) => width)].join(' '),
    };
  }, [data, metadata]);
}
