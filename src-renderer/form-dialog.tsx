// The frame of every dialog with fields: a title, the fields, and buttons at the foot. Enter does what the main button does.
import { Button, Classes, Dialog, DialogBody, DialogFooter } from '@blueprintjs/core';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import styles from './form-dialog.module.css';

interface FormDialogProps {
  readonly title: string;
  /** What the main button says. */
  readonly action: string;
  readonly disabled?: boolean;
  readonly busy?: boolean;
  /** What the other button says. */
  readonly cancel?: string;
  readonly wide?: boolean;
  /** Beside the buttons. */
  readonly footer?: ReactNode;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function FormDialog(props: FormDialogProps) {
  const { title, action, disabled = false, busy = false, cancel = 'Cancel', wide = false, footer } = props;
  return (
    <Dialog
      isOpen
      className={classNames(styles.dialog, wide && styles.wide, Classes.DARK)}
      title={title}
      onClose={props.onClose}
      transitionDuration={0}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!disabled && !busy) props.onSubmit();
        }}
      >
        <DialogBody useOverflowScrollContainer={false}>{props.children}</DialogBody>
        <DialogFooter
          className={classNames(styles.footer)}
          actions={
            <>
              <Button text={cancel} onClick={props.onClose} />
              <Button type="submit" intent="primary" text={action} loading={busy} disabled={disabled} />
            </>
          }
        >
          {footer}
        </DialogFooter>
      </form>
    </Dialog>
  );
}
