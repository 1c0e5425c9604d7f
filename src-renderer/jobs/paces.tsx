// The pace of every job, followed from the moment the window opens, so that rate and time left are known in every view.
import { createContext, type ReactNode, useCallback, useContext, useState } from 'react';
import type { EventValue } from '../../src-preload/contract.ts';
import { useEvent } from '../host/use-host.ts';
import { type Pace, paced } from './pace.ts';

type Paces = ReadonlyMap<number, Pace>;
const PaceContext = createContext<Paces>(new Map());

/** The pace of each run that has reported its progress. */
export const usePaces = (): Paces => useContext(PaceContext);

export function PaceProvider({ children }: { readonly children: ReactNode }) {
  const [paces, setPaces] = useState<Paces>(new Map());
  const hear = useCallback(({ id, progress }: EventValue<'run.progress'>) => {
    setPaces((before) => new Map(before).set(id, paced(before.get(id), progress, performance.now())));
  }, []);
  useEvent('run.progress', hear);
  return <PaceContext value={paces}>{children}</PaceContext>;
}
