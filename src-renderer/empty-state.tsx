// Shown where there is nothing to show yet, with what can be done about it.
import { Classes, NonIdealState } from '@blueprintjs/core';
import type { SVGIconProps } from '@blueprintjs/icons';
import type { ComponentType, ReactElement, ReactNode } from 'react';

interface EmptyStateProps {
  readonly icon: ComponentType<SVGIconProps>;
  readonly title: string;
  readonly description?: ReactElement | string;
  readonly action?: ReactElement;
  readonly children?: ReactNode;
}

/** Icons are components everywhere in the window: by name, Blueprint would fetch the shapes of all of its icons. */
export function EmptyState({ icon: Icon, ...words }: EmptyStateProps) {
  return <NonIdealState icon={<Icon size={48} className={Classes.ICON_MUTED} />} {...words} />;
}
