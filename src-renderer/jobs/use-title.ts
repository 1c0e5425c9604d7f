// The title of the page, which task bars and tabs show: how far the running job is, in whatever window.
import { useEffect } from 'react';
import { useAnswer } from '../host/use-host.ts';
import { usePaces } from './paces.tsx';

/** `42 %, train normals – Residua`; `Residua` while nothing runs. */
export function useTitle(): void {
  const runs = useAnswer('runs.list', {}).data?.runs ?? [];
  const paces = usePaces();
  const run = runs.find(({ state }) => state === 'running');
  const { done, total } = (run && (paces.get(run.id) ?? run)) ?? { done: 0, total: 0 };
  const share = total > 0 ? `${Math.floor((100 * done) / total)} %, ` : '';
  const title = run === undefined ? 'Residua' : `${share}${run.title} – Residua`;
  useEffect(() => {
    document.title = title;
  }, [title]);
}
