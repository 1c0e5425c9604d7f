// A report about some images: what it says beyond pictures and scores, and whether it becomes a file or paper.
import { Button, Checkbox, FormGroup, TextArea } from '@blueprintjs/core';
import { PrintIcon } from '@blueprintjs/icons';
import { useId, useState } from 'react';
import { classNames } from '../class-names.ts';
import { FormDialog } from '../form-dialog.tsx';
import { useHost } from '../host/use-host.ts';
import { ProblemNote } from '../problem.tsx';
import { countOf, useReview } from '../review.tsx';
import text from '../styles/text.module.css';
import { printPage } from './print-page.ts';
import styles from './report-dialog.module.css';

interface ReportProps {
  readonly images: readonly number[];
  readonly onClose: () => void;
}

export function ReportDialog({ images, onClose }: ReportProps) {
  const host = useHost();
  const { notify } = useReview();
  const id = useId();
  const [texts, setTexts] = useState(false);
  const [remark, setRemark] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const request = { images: [...images], texts, remark: remark.trim() || null };
  const attempt = (work: () => Promise<boolean>) => {
    setBusy(true);
    setError(null);
    work()
      .then((done) => done && onClose(), setError)
      .finally(() => setBusy(false));
  };
  const save = async () => {
    if (host.choosePath !== null) {
      const file = await host.choosePath('new');
      if (file === null) return false;
      const named = /\.html?$/i.test(file) ? file : `${file}.html`;
      await host.call('reports.write', { ...request, file: named });
      notify(`Report saved: ${named}`, 'success');
      return true;
    }
    const { html } = await host.call('reports.images', request);
    download(html, 'residua-report.html');
    return true;
  };
  const print = async () => {
    const { html } = await host.call('reports.images', request);
    await printPage(html, 'residua-report');
    return true;
  };
  return (
    <FormDialog
      title={`Report on ${countOf(images.length)}`}
      action="Save as HTML"
      busy={busy}
      footer={
        <Button icon={<PrintIcon />} text="Print or save as PDF" disabled={busy} onClick={() => attempt(print)} />
      }
      onSubmit={() => attempt(save)}
      onClose={onClose}
    >
      <p className={text.quiet}>
        Pictures, scores, reasons, score maps and where they come from. Images are named by their number: no file name,
        patient or series. Confirmed text is blacked out; a picture that may show other text is left out.
      </p>
      <FormGroup label="Remark" labelFor={id} className={classNames(styles.remark)}>
        <TextArea
          id={id}
          fill
          value={remark}
          maxLength={2000}
          onChange={({ currentTarget }) => setRemark(currentTarget.value)}
        />
      </FormGroup>
      <Checkbox
        checked={texts}
        label="With folder labels, tags and reasons of verdicts, which may name somebody"
        onChange={({ currentTarget }) => setTexts(currentTarget.checked)}
      />
      <ProblemNote error={error} />
    </FormDialog>
  );
}

function download(html: string, name: string): void {
  const url = URL.createObjectURL(new Blob([html], { type: 'text/html' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
