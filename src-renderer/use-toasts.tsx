// Short notices at the foot of the window, read out by screen readers.
import { type Intent, OverlayToaster, Position, type Toaster } from '@blueprintjs/core';
import { useCallback, useEffect, useRef } from 'react';
import { createRoot } from 'react-dom/client';

/** Shows a notice for some seconds; the function stays the same. */
export function useToasts(): (message: string, intent?: Intent) => void {
  const opened = useRef<OpenToaster | null>(null);
  useEffect(
    () => () => {
      const { current } = opened;
      opened.current = null;
      // Not while React renders.
      if (current !== null) setTimeout(current.close);
    },
    [],
  );
  return useCallback((message, intent = 'none') => {
    // The first notice opens the place of all: a window that opens has nothing to say yet.
    opened.current ??= openToaster();
    opened.current.toaster.then((toasts) => toasts.show({ message, intent, timeout: 4000 }));
  }, []);
}

interface OpenToaster {
  readonly toaster: Promise<Toaster>;
  readonly close: () => void;
}

function openToaster(): OpenToaster {
  const ready = Promise.withResolvers<Toaster>();
  const place = document.createElement('div');
  document.body.append(place);
  const root = createRoot(place);
  root.render(
    <OverlayToaster
      position={Position.BOTTOM}
      maxToasts={2}
      ref={(toasts) => {
        if (toasts !== null) ready.resolve(toasts);
      }}
    />,
  );
  const close = () => {
    root.unmount();
    place.remove();
  };
  return { toaster: ready.promise, close };
}
