// Shows the browser of folders that a component has asked for, where the system has no dialog of its own.
import { type ReactNode, useCallback, useRef, useState } from 'react';
import { useHost } from '../host/use-host.ts';
import { FolderBrowser } from './folder-browser.tsx';
import { type ChoosePath, ChooserContext, type PathKind } from './use-path-chooser.ts';

interface Question {
  readonly what: PathKind;
  readonly because: string | undefined;
}

export function PathChooserProvider({ children }: { readonly children: ReactNode }) {
  const host = useHost();
  const [question, ask] = useState<Question | null>(null);
  const answer = useRef<(path: string | null) => void>(() => {});
  const choose = useCallback<ChoosePath>(
    (what, because) => {
      if (host.choosePath !== null) return host.choosePath(what);
      answer.current(null);
      ask({ what, because });
      return new Promise((resolve) => {
        answer.current = resolve;
      });
    },
    [host],
  );
  const close = (path: string | null) => {
    answer.current(path);
    ask(null);
  };
  return (
    <ChooserContext value={choose}>
      {children}
      {question === null ? null : <FolderBrowser {...question} onChoose={close} onClose={() => close(null)} />}
    </ChooserContext>
  );
}
