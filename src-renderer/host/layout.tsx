// The layout of the window, kept with the catalog's settings so that it survives restarts.
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { useHost } from './use-host.ts';

type Layout = Readonly<Record<string, string>>;
interface LayoutAccess {
  readonly layout: Layout;
  readonly change: (name: string, json: string) => void;
}
const LayoutContext = createContext<LayoutAccess | null>(null);

const saveAfterMilliseconds = 500;

export function LayoutProvider({ initial, children }: { readonly initial: Layout; readonly children: ReactNode }) {
  const host = useHost();
  const [layout, setLayout] = useState(initial);
  const saved = useRef(initial);
  const change = useCallback((name: string, json: string) => {
    setLayout((before) => (before[name] === json ? before : { ...before, [name]: json }));
  }, []);
  useEffect(() => {
    if (layout === saved.current) return;
    const timer = setTimeout(() => {
      saved.current = layout;
      host.call('settings.set', { layout }).catch(console.error);
    }, saveAfterMilliseconds);
    return () => clearTimeout(timer);
  }, [host, layout]);
  return <LayoutContext value={useMemo(() => ({ layout, change }), [layout, change])}>{children}</LayoutContext>;
}

/**
 * Like useState, for a plain value that outlives the window. An object of an older version gets the members that it
 * lacks from `initial`; a value of another type counts as not set.
 */
export function useLayout<T>(name: string, initial: T): readonly [T, (value: T) => void] {
  const access = useContext(LayoutContext);
  if (access === null) throw new Error('there is no layout around this component');
  const { layout, change } = access;
  const json = layout[name];
  const [first] = useState(initial);
  const value = useMemo(() => restored(json, first), [json, first]);
  const set = useCallback((next: T) => change(name, JSON.stringify(next)), [change, name]);
  return [value, set];
}

/** The initial value of `useLayout`, for use before there is a window. */
export function keptIn<T>(layout: Layout | undefined, name: string, initial: T): T {
  return restored(layout?.[name], initial);
}

function restored<T>(json: string | undefined, initial: T): T {
  if (json === undefined) return initial;
  const value: unknown = JSON.parse(json);
  if (typeof value !== typeof initial) return initial;
  const isObject = typeof value === 'object' && !Array.isArray(value) && initial !== null;
  return isObject ? { ...initial, ...value } : (value as T);
}
