// Work lists: whose, how far, and what can be done with each.
import { Button, HTMLTable, ProgressBar, Tag } from '@blueprintjs/core';
import { PlayIcon, RepeatIcon, TrashIcon } from '@blueprintjs/icons';
import type { WorkList } from '../../src-preload/schemas/readers.ts';
import { classNames } from '../class-names.ts';
import { useReview } from '../review.tsx';
import styles from './lists-table.module.css';
import { useReading } from './reading.tsx';

interface TableProps {
  readonly lists: readonly WorkList[];
  readonly onSecond: (list: WorkList) => void;
  readonly onRemove: (list: WorkList) => void;
}

export function ListsTable({ lists, onSecond, onRemove }: TableProps) {
  return (
    <section aria-label="Work lists">
      <h2>Work lists</h2>
      <HTMLTable compact className={classNames(styles.table)} aria-label="Work lists">
        <thead>
          <tr>
            <th scope="col">list</th>
            <th scope="col">reader</th>
            <th scope="col">read</th>
            <th scope="col">
              <span className={styles.onlyRead}>actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {lists.map((list) => (
            <Row key={list.id} list={list} onSecond={onSecond} onRemove={onRemove} />
          ))}
        </tbody>
      </HTMLTable>
    </section>
  );
}

function Row({ list, onSecond, onRemove }: { readonly list: WorkList } & Omit<TableProps, 'lists'>) {
  const { reviewer } = useReview();
  const { begin } = useReading();
  const { name, reader, blind, secondOf, read, images } = list;
  const isOwn = reviewer === reader;
  const how = blind ? (secondOf === null ? 'blind' : `blind, second reading of ${secondOf.name}`) : undefined;
  return (
    <tr>
      <th scope="row">
        {name} {how === undefined ? null : <Tag minimal>{how}</Tag>}
      </th>
      <td>{reader}</td>
      <td>
        <span className={styles.progress}>
          <ProgressBar
            className={classNames(styles.bar)}
            intent={read === images ? 'success' : 'primary'}
            stripes={false}
            animate={false}
            value={images === 0 ? 0 : read / images}
            aria-label={`progress of ${name}`}
          />
          <span className={styles.count}>
            {read.toLocaleString('en')} of {images.toLocaleString('en')}
          </span>
        </span>
      </td>
      <td className={styles.actions}>
        <Button
          size="small"
          icon={<PlayIcon />}
          intent={isOwn && read < images ? 'primary' : 'none'}
          text={read === 0 ? 'Begin' : 'Continue'}
          aria-label={`${read === 0 ? 'Begin' : 'Continue'} ${name}`}
          disabled={!isOwn}
          title={isOwn ? undefined : `For ${reader}: enter that name at the top right to read it`}
          onClick={() => begin(list)}
        />
        <Button
          size="small"
          variant="minimal"
          icon={<RepeatIcon />}
          text="Second reading"
          aria-label={`Second reading of ${name}`}
          onClick={() => onSecond(list)}
        />
        <Button
          size="small"
          variant="minimal"
          icon={<TrashIcon />}
          aria-label={`Remove the work list ${name}`}
          title="Remove the list; what was decided in it stays"
          onClick={() => onRemove(list)}
        />
      </td>
    </tr>
  );
}
