// The tool bar on top of a view, with groups of controls and toggle buttons.
import { Button, type ButtonProps } from '@blueprintjs/core';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import styles from './tool-bar.module.css';

interface ToolBarProps {
  /** What screen readers call it. */
  readonly label: string;
  /** Lower, for a second bar below the first. */
  readonly dense?: boolean;
  /** A second line before anything is covered, for bars with much in them. */
  readonly wraps?: boolean;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

export function ToolBar({ label, dense = false, wraps = false, className, children }: ToolBarProps) {
  const names = classNames(styles.toolBar, dense && styles.dense, wraps && styles.wraps, className);
  return (
    <div className={names} role="toolbar" aria-label={label}>
      {children}
    </div>
  );
}

/** Controls that belong together, apart from those before. `atEnd`: on the right side of the bar. */
export function ToolGroup({ atEnd = false, children }: { readonly atEnd?: boolean; readonly children: ReactNode }) {
  return <span className={classNames(styles.group, atEnd && styles.atEnd)}>{children}</span>;
}

/** A button that is on or off. */
export function ToggleButton({ on, className, ...props }: Omit<ButtonProps, 'active'> & { readonly on: boolean }) {
  return <Button {...props} active={on} aria-pressed={on} className={classNames(on && styles.active, className)} />;
}
