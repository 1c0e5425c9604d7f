// The verdict on an image: its word, its icon and its colour.
import { CrossIcon, HelpIcon, type SVGIconProps, TickIcon } from '@blueprintjs/icons';
import type { ComponentType } from 'react';
import type { Decision } from '../../src-preload/schemas/image.ts';
import { classNames } from '../class-names.ts';
import styles from './verdict-mark.module.css';

export const verdictIcons: Readonly<Record<Decision, ComponentType<SVGIconProps>>> = {
  keep: TickIcon,
  reject: CrossIcon,
  unsure: HelpIcon,
};

export function VerdictMark({ verdict }: { readonly verdict: Decision }) {
  const Icon = verdictIcons[verdict];
  return (
    <span className={classNames(styles.mark, styles[verdict])} data-verdict={verdict}>
      <Icon size={12} /> {verdict}
    </span>
  );
}
