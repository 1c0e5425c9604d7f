// True anomalies that reviewers have marked in this image, with who marked each; they can be removed.

import { Button } from '@blueprintjs/core';
import { TrashIcon } from '@blueprintjs/icons';
import { useCallback } from 'react';
import { meaningOf } from '../../src-preload/glossary.ts';
import type { ImageDetail } from '../../src-preload/schemas/image.ts';
import { useHost } from '../host/use-host.ts';
import { type Step, useReview } from '../review.tsx';
import text from '../styles/text.module.css';
import styles from './annotation-list.module.css';
import type { Box } from './sight.ts';

type Annotation = ImageDetail['annotations'][number];

/** Adds and removes annotations of an image, as steps that can be undone; false: a reviewer's name is needed first. */
export function useAnnotate(image: number) {
  const host = useHost();
  const { perform, demandReviewer } = useReview();
  const step = useCallback(
    (reviewer: string, wanted: { readonly rectangle: Box; readonly label: string }, known?: number): Step => {
      let id = known ?? 0;
      const add = async () => {
        id = (await host.call('annotations.add', { image, ...wanted, reviewer })).id;
      };
      const remove = () => host.call('annotations.remove', { id, reviewer });
      return known === undefined
        ? { name: 'annotation drawn', apply: add, undo: remove }
        : { name: 'annotation removed', apply: remove, undo: add };
    },
    [host, image],
  );
  return {
    draw: (rectangle: Box, label: string) => {
      const reviewer = demandReviewer();
      if (reviewer !== null) perform(step(reviewer, { rectangle, label: label.trim() || 'anomaly' }));
      return reviewer !== null;
    },
    remove: ({ id, rectangle, label }: Annotation) => {
      const reviewer = demandReviewer();
      if (reviewer !== null) perform(step(reviewer, { rectangle, label }, id));
      return reviewer !== null;
    },
  };
}

interface ListProps {
  readonly annotations: readonly Annotation[];
  /** The id of the one that was selected by key. */
  readonly selected: number | null;
  readonly onGo: (rectangle: Box) => void;
  readonly onRemove: (annotation: Annotation) => void;
}

export function AnnotationList({ annotations, selected, onGo, onRemove }: ListProps) {
  return (
    <section aria-label="Annotated anomalies">
      <h2 title={meaningOf('annotation')}>Annotated anomalies</h2>
      {annotations.length === 0 ? (
        <p className={text.quiet}>
          None. Press A and drag a rectangle around a true anomaly, or N and place one with the arrow keys.
        </p>
      ) : (
        <ul className={styles.list}>
          {annotations.map((annotation) => (
            <li key={annotation.id} className={annotation.id === selected ? styles.selected : undefined}>
              <Button
                variant="minimal"
                size="small"
                alignText="start"
                fill
                title="Go to this annotation"
                onClick={() => onGo(annotation.rectangle)}
              >
                {annotation.label} <span className={text.quiet}>{annotation.reviewer}</span>
              </Button>
              <Button
                variant="minimal"
                size="small"
                icon={<TrashIcon />}
                aria-label={`Remove ${annotation.label}`}
                title="Remove (Ctrl+Z restores it)"
                onClick={() => onRemove(annotation)}
              />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
