// The image under the pointer: its picture and what is known of it in a few words.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { methodQuery, useHost } from '../host/use-host.ts';
import text from '../styles/text.module.css';
import styles from './hover-card.module.css';
import { useThumbnailUrl } from './thumbnail-url.ts';
import { VerdictMark } from './verdict-mark.tsx';

const [width, height] = [216, 268];

interface CardProps {
  readonly id: number;
  /** Beside this place of what is around the card. */
  readonly place: readonly [x: number, y: number];
  /** Of what is around the card. */
  readonly size: { readonly width: number; readonly height: number };
}

export function HoverCard({ id, place: [x, y], size }: CardProps) {
  const host = useHost();
  const thumbnailUrl = useThumbnailUrl();
  const { data } = useQuery({ ...methodQuery(host, 'images.detail', { id }), placeholderData: keepPreviousData });
  const left = x + 18 + width > size.width ? x - 18 - width : x + 18;
  const top = Math.max(8, Math.min(size.height - height - 8, y - height / 2));
  const row = data?.row.id === id ? data.row : undefined;
  return (
    <figure className={styles.card} style={{ transform: `translate(${left}px, ${top}px)` }}>
      <img src={thumbnailUrl(id, 256)} alt="" width={200} height={200} />
      <figcaption>
        <span className={styles.name}>{row?.name ?? ' '}</span>
        <span className={text.quiet}>{[row?.kind, row?.why].filter(Boolean).join(', ') || ' '}</span>
        {row?.verdict == null ? null : <VerdictMark verdict={row.verdict} />}
      </figcaption>
    </figure>
  );
}
