// The frame of every dialog with fields: a title, the fields, and buttons at the foot. Enter does what the main button does.
import { Button, Dialog, DialogBody, DialogFooter } from '@blueprintjs/core';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useId, useState } from 'react';
import { classNames } from './class-names.ts';
import styles from './form-dialog.module.css';

type Report = (field: string, problem: string | null) => void;
const ReportContext = createContext<Report>(() => {});

/** Why a field of the dialog around it cannot be accepted; the main button is disabled until every field has null. */
export function useFieldProblem(problem: string | null): void {
  const field = useId();
  const report = useContext(ReportContext);
  useEffect(() => {
    report(field, problem);
    return () => report(field, null);
  }, [report, field, problem]);
}

interface FormDialogProps {
  readonly title: string;
  /** What the main button says. */
  readonly action: string;
  /** Of the main button. */
  readonly intent?: 'primary' | 'danger';
  readonly disabled?: boolean;
  readonly busy?: boolean;
  /** What the other button says. */
  readonly cancel?: string;
  readonly wide?: boolean;
  /** To the left of the buttons. */
  readonly footer?: ReactNode;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function FormDialog(props: FormDialogProps) {
  const { title, action, disabled = false, busy = false, cancel = 'Cancel', wide = false } = props;
  const [problems, setProblems] = useState<ReadonlyMap<string, string>>(new Map());
  const report = useCallback<Report>((field, problem) => {
    setProblems((before) => {
      if ((before.get(field) ?? null) === problem) return before;
      const after = new Map(before);
      if (problem === null) after.delete(field);
      else after.set(field, problem);
      return after;
    });
  }, []);
  const [problem] = problems.values();
  const refused = disabled || problem !== undefined;
  return (
    <ReportContext value={report}>
      <Dialog
        isOpen
        className={classNames(styles.dialog, wide && styles.wide)}
        title={title}
        onClose={props.onClose}
        transitionDuration={0}
      >
        {/* Keys of the view behind are not meant while a dialog is open. */}
        <form
          onKeyDown={(event) => {
            if (event.key !== 'Escape' && event.key !== 'Tab') event.stopPropagation();
          }}
          onSubmit={(event) => {
            event.preventDefault();
            if (!refused && !busy) props.onSubmit();
          }}
        >
          <DialogBody useOverflowScrollContainer={false}>{props.children}</DialogBody>
          <DialogFooter
            className={classNames(styles.footer)}
            actions={
              <>
                <Button text={cancel} onClick={props.onClose} />
                <Button
                  type="submit"
                  intent={props.intent ?? 'primary'}
                  text={action}
                  loading={busy}
                  disabled={refused}
                  {...(problem === undefined ? {} : { title: problem })}
                />
              </>
            }
          >
            {props.footer}
          </DialogFooter>
        </form>
      </Dialog>
    </ReportContext>
  );
}
