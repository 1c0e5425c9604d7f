// Dark or light: the window's colours, chosen with a button or a key and kept with the layout. Pictures stay on black in both.
import { Button, Classes, useHotkeys } from '@blueprintjs/core';
import { FlashIcon, MoonIcon } from '@blueprintjs/icons';
import { useLayoutEffect, useMemo, useRef } from 'react';
import { useLayout } from './host/layout.tsx';

type Theme = 'dark' | 'light';

/** A colour of a chart or a mask for words: darker in the light theme. */
export const asText = (colour: string): string => `color-mix(in srgb, ${colour} var(--word-share), #000)`;

/** Sets the colours of the whole page while it is mounted, dialogs included. */
export function ThemeButton() {
  const [theme, setTheme] = useLayout<Theme>('theme', 'dark');
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = theme;
    document.body.classList.toggle(Classes.DARK, theme === 'dark');
  }, [theme]);
  const other = theme === 'dark' ? 'light' : 'dark';
  const now = useRef(() => {});
  now.current = () => setTheme(other);
  const keys = useMemo(
    () => [
      {
        combo: 'shift+l',
        global: true,
        label: 'Light or dark colours',
        preventDefault: true,
        onKeyDown: () => now.current(),
      },
    ],
    [],
  );
  useHotkeys(keys);
  return (
    <Button
      variant="minimal"
      icon={theme === 'dark' ? <FlashIcon /> : <MoonIcon />}
      aria-label={`Use ${other} colours`}
      title={`Use ${other} colours (Shift+L)`}
      onClick={() => now.current()}
    />
  );
}
