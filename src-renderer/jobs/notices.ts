// Notices about ended jobs: in the window, and on the desktop while the window is in the background.
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Notifier } from '../../src-preload/host.ts';
import type { Run, RunState } from '../../src-preload/schemas/run.ts';
import { useLayout } from '../host/layout.tsx';
import { useAnswer, useEvent, useHost } from '../host/use-host.ts';
import { useReview } from '../review.tsx';
import { useTriage } from '../triage/triage-state.tsx';

const endings: { readonly [S in RunState]?: string } = { done: 'Done', failed: 'Failed', interrupted: 'Interrupted' };

const useWanted = (notifier: Notifier | null) => useLayout('desktop notices', notifier?.allowed() ?? false);

/** Whether the desktop shows notices about ended jobs, and how to change that; null where it cannot. */
export function useDesktopNotices(): readonly [on: boolean, set: (on: boolean) => void] | null {
  const { notifier } = useHost();
  const { notify } = useReview();
  const [allowed, setAllowed] = useState(() => notifier?.allowed() ?? false);
  const [on, setOn] = useWanted(notifier);
  if (notifier === null) return null;
  const turnOn = async () => {
    const isAllowed = await notifier.allow();
    setAllowed(isAllowed);
    if (isAllowed) setOn(true);
    else notify('This browser blocks notifications from this page: allow them in its site settings.', 'warning');
  };
  return [
    on && allowed,
    (wanted) => {
      if (wanted) turnOn().catch((error: Error) => notify(error.message, 'danger'));
      else setOn(false);
    },
  ];
}

export function useJobNotices(): void {
  const { notifier } = useHost();
  const { notify } = useReview();
  const { isComplete } = useTriage();
  const [on] = useWanted(notifier);
  const running = useRef(new Set<number>());
  // Also of jobs that ran before the window was opened.
  const runs = useAnswer('runs.list', {}, isComplete).data?.runs;
  useEffect(() => {
    for (const { id, state } of runs ?? []) if (state === 'running') running.current.add(id);
  }, [runs]);
  useEvent(
    'run.changed',
    useCallback(
      ({ id, state, title, reason, summary }: Run) => {
        if (state === 'running') running.current.add(id);
        const ending = endings[state];
        if (ending === undefined || !running.current.delete(id)) return;
        const words = reason ?? summary ?? '';
        notify(`${ending}: ${title}${words === '' ? '' : `. ${words}`}`, state === 'done' ? 'success' : 'danger');
        if (on && !document.hasFocus()) notifier?.show(`${ending}: ${title}`, words);
      },
      [notify, notifier, on],
    ),
  );
}
