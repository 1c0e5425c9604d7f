// Shows the dialog of a report, around everything that can ask for one; Shift+P asks in every view, about what is shown or selected.
import { useHotkeys } from '@blueprintjs/core';
import { type ReactNode, useCallback, useMemo, useRef, useState } from 'react';
import { Later, ReportDialog } from '../later.tsx';
import { useReview } from '../review.tsx';
import { useTriage } from '../triage/triage-state.tsx';
import { ReportContext } from './use-report.ts';

/** More pictures than this are a data set, and an export (src-preload/contract/reports.ts). */
const mostReported = 60;

interface ProviderProps {
  /** The images that the view shows, where they are not the selected ones of the list. */
  readonly current: readonly number[] | undefined;
  readonly children: ReactNode;
}

export function ReportProvider({ current, children }: ProviderProps) {
  const { ids, selection } = useTriage();
  const { notify } = useReview();
  const [images, setImages] = useState<readonly number[] | null>(null);
  const open = useCallback(
    (wanted: readonly number[]) => {
      if (wanted.length > mostReported)
        return notify(
          `A report has up to ${mostReported} images; ${wanted.length} are selected. Export them instead.`,
          'warning',
        );
      if (wanted.length > 0) setImages(wanted);
    },
    [notify],
  );
  const now = useRef<() => readonly number[]>(() => []);
  now.current = () => current ?? [...(ids?.filter((id) => selection.selected.has(id)) ?? [])];
  const keys = useMemo(
    () => [
      {
        combo: 'shift+p',
        global: true,
        preventDefault: true,
        label: 'Report on the selected images',
        onKeyDown: () => open(now.current()),
      },
    ],
    [open],
  );
  useHotkeys(keys);
  return (
    <ReportContext value={open}>
      {children}
      {images === null ? null : (
        <Later>
          <ReportDialog images={images} onClose={() => setImages(null)} />
        </Later>
      )}
    </ReportContext>
  );
}
