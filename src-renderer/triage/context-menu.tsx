// What can be done with the selected images, where the pointer is: on the right button or the menu key.
import { type KeyboardEvent, useEffect, useRef } from 'react';
import styles from './context-menu.module.css';

export interface MenuEntry {
  readonly label: string;
  /** The key that does the same. */
  readonly key?: string;
  readonly does: () => void;
}

interface MenuProps {
  readonly label: string;
  /** On the screen. */
  readonly place: readonly [x: number, y: number];
  /** Groups are apart. */
  readonly groups: readonly (readonly MenuEntry[])[];
  readonly onClose: () => void;
}

const [width, entryHeight] = [250, 30];

export function ContextMenu({ label, place: [x, y], groups, onClose }: MenuProps) {
  const menu = useRef<HTMLDivElement>(null);
  const before = useRef<Element | null>(null);
  useEffect(() => {
    before.current = document.activeElement;
    menu.current?.querySelector('button')?.focus();
    const onPress = (event: PointerEvent) => {
      if (!menu.current?.contains(event.target as Node)) onClose();
    };
    document.addEventListener('pointerdown', onPress);
    globalThis.addEventListener('blur', onClose);
    return () => {
      document.removeEventListener('pointerdown', onPress);
      globalThis.removeEventListener('blur', onClose);
      if (before.current instanceof HTMLElement) before.current.focus({ preventScroll: true });
    };
  }, [onClose]);
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    const buttons = [...(menu.current?.querySelectorAll('button') ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1 + buttons.length, Home: 0, End: buttons.length - 1 }[event.key];
    if (event.key === 'Escape' || event.key === 'Tab') onClose();
    else if (next !== undefined) buttons[next % buttons.length]?.focus();
    else return;
    event.preventDefault();
  };
  const entries = groups.reduce((sum, group) => sum + group.length, 0);
  const left = Math.max(4, Math.min(x, globalThis.innerWidth - width - 8));
  const top = Math.max(4, Math.min(y, globalThis.innerHeight - entries * entryHeight - 40));
  return (
    <div
      ref={menu}
      role="menu"
      tabIndex={-1}
      aria-label={label}
      className={styles.menu}
      style={{ left, top }}
      onKeyDown={onKeyDown}
      onContextMenu={(event) => event.preventDefault()}
    >
      <p className={styles.title} role="presentation">
        {label}
      </p>
      {groups
        .filter((group) => group.length > 0)
        .map((group) => (
          <div key={group[0]!.label} className={styles.group} role="group" aria-label={group[0]!.label}>
            {group.map(({ label, key, does }) => (
              <button
                key={label}
                type="button"
                role="menuitem"
                onClick={() => {
                  onClose();
                  does();
                }}
              >
                <span>{label}</span>
                {key === undefined ? null : <kbd>{key}</kbd>}
              </button>
            ))}
          </div>
        ))}
    </div>
  );
}
