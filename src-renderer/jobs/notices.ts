// Tells when a job has ended: in the window, and on the desktop when nobody looks at the window.
import { useCallback, useRef } from 'react';
import type { Run, RunState } from '../../src-preload/schemas/run.ts';
import { useLayout } from '../host/layout.tsx';
import { useEvent, useHost } from '../host/use-host.ts';
import { useReview } from '../review.tsx';

const endings: { readonly [S in RunState]?: string } = { done: 'Done', failed: 'Failed', interrupted: 'Interrupted' };

/** Whether the desktop tells of ended jobs, and how to change that; null where the desktop cannot. */
export function useDesktopNotices(): readonly [on: boolean, set: (on: boolean) => void] | null {
  const { notifier } = useHost();
  const [on, setOn] = useLayout('desktop notices', notifier?.allowedFromStart ?? false);
  if (notifier === null) return null;
  return [
    on,
    (wanted) => {
      if (!wanted) setOn(false);
      else notifier.allow().then(setOn, console.error);
    },
  ];
}

export function useJobNotices(): void {
  const { notifier } = useHost();
  const { say } = useReview();
  const notices = useDesktopNotices();
  const on = notices?.[0] ?? false;
  const running = useRef(new Set<number>());
  useEvent(
    'run.changed',
    useCallback(
      ({ id, state, title, reason }: Run) => {
        if (state === 'running') running.current.add(id);
        const ending = endings[state];
        if (ending === undefined || !running.current.delete(id)) return;
        say(`${ending}: ${title}${reason === null ? '' : `. ${reason}`}`, state === 'done' ? 'success' : 'danger');
        if (on && !document.hasFocus()) notifier?.show(`${ending}: ${title}`, reason ?? '');
      },
      [say, notifier, on],
    ),
  );
}
