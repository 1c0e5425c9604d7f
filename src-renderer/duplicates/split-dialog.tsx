// Split images into cohorts, patient by patient; how balanced the parts are is shown before they are made.
import { Button, Checkbox, InputGroup } from '@blueprintjs/core';
import { CrossIcon, PlusIcon } from '@blueprintjs/icons';
import { useEffect, useState } from 'react';
import { classNames } from '../class-names.ts';
import { FormDialog } from '../form-dialog.tsx';
import { useAnswer, useHost } from '../host/use-host.ts';
import { FieldRow, Note } from '../jobs/dialogs/fields.tsx';
import { type GivenImages, type ImagesChoice, ImagesField, useImages } from '../jobs/dialogs/images-field.tsx';
import { NumberField } from '../jobs/dialogs/number-field.tsx';
import { ProblemNote } from '../problem.tsx';
import { countOf, useReview } from '../review.tsx';
import { BalanceTable } from './balance-table.tsx';
import styles from './split-dialog.module.css';

interface SplitProps {
  readonly images: GivenImages | undefined;
  readonly onClose: () => void;
}

interface Part {
  readonly key: number;
  /** As typed. */
  readonly name?: string;
  /** What it is called before somebody types: this, or this with a number where there is such a cohort. */
  readonly usual: string;
  /** Percent, as typed. */
  readonly share: string;
}

export function SplitDialog({ images: given, onClose }: SplitProps) {
  const host = useHost();
  const { reviewer, notify } = useReview();
  const [choice, setChoice] = useState<ImagesChoice>(given === undefined ? 'usual' : 'given');
  const images = useImages(choice, given);
  const [parts, setParts] = useState<readonly Part[]>([
    { key: 1, usual: 'train', share: '80' },
    { key: 2, usual: 'test', share: '20' },
  ]);
  const [seed, setSeed] = useState(0);
  const [byPatient, setByPatient] = useState(true);
  const [error, setError] = useState<Error | null>(null);
  const [busy, setBusy] = useState(false);
  // A split is of a filter, so that it can be made again.
  const filter = 'filter' in images ? images.filter : undefined;
  const sum = parts.reduce((total, { share }) => total + Number(share), 0);
  const cohorts = useAnswer('cohorts.list', {}).data?.cohorts ?? [];
  const nameOf = ({ name, usual }: Part) => name ?? freeName(usual, cohorts);
  const names = parts.map((part) => nameOf(part).trim());
  const taken = names.find((name) => cohorts.some((cohort) => cohort.name === name));
  const problem =
    filter === undefined
      ? 'Choose a filter or a cohort: a split is of all images of one.'
      : names.some((name) => name === '')
        ? 'Every part needs a name.'
        : new Set(names).size < names.length
          ? 'Two parts have the same name.'
          : taken !== undefined
            ? `There is a cohort ${taken} already.`
            : parts.some(({ share }) => !(Number(share) > 0))
              ? 'Every part needs a share above 0.'
              : Math.abs(sum - 100) > 0.001
                ? `The shares sum to ${Number(sum.toPrecision(6))} %, not to 100 %.`
                : null;
  const request = {
    parts: parts.map(({ share }, index) => ({ name: names[index]!, fraction: Number(share) / 100 })),
    ...{ filter: filter ?? {}, seed, byPatient },
  };
  const asked = useSettled(problem === null ? JSON.stringify(request) : null);
  const preview = useAnswer(
    'cohorts.preview',
    asked === null ? request : (JSON.parse(asked) as typeof request),
    asked !== null && problem === null,
  );
  const change = (key: number, news: Partial<Part>) =>
    setParts(parts.map((part) => (part.key === key ? { ...part, ...news } : part)));
  const split = async () => {
    setBusy(true);
    setError(null);
    await host.call('cohorts.split', { ...request, actor: reviewer }).then(({ cohorts }) => {
      notify(`Made ${cohorts.map(({ name, images }) => `${name}: ${countOf(images)}`).join(', ')}`, 'success');
      onClose();
    }, setError);
    setBusy(false);
  };
  return (
    <FormDialog
      title="Split into cohorts"
      action="Split"
      wide
      busy={busy}
      disabled={problem !== null || preview.error !== null || reviewer === ''}
      onSubmit={split}
      onClose={onClose}
    >
      <ImagesField given={given} value={choice} onChange={setChoice} />
      <div className={styles.parts}>
        {parts.map(({ key, share }, index) => (
          <div key={key} className={styles.part}>
            <InputGroup
              aria-label={`Name of part ${index + 1}`}
              value={nameOf(parts[index]!)}
              maxLength={200}
              onValueChange={(name) => change(key, { name })}
            />
            <InputGroup
              className={classNames(styles.share)}
              aria-label={`Share of part ${index + 1} in percent`}
              value={share}
              inputMode="decimal"
              rightElement={<span className={styles.percent}>%</span>}
              onValueChange={(share) => change(key, { share })}
            />
            <Button
              variant="minimal"
              icon={<CrossIcon />}
              aria-label={`Remove part ${index + 1}`}
              disabled={parts.length < 2}
              onClick={() => setParts(parts.filter((part) => part.key !== key))}
            />
          </div>
        ))}
        <Button
          variant="minimal"
          icon={<PlusIcon />}
          text="Another part"
          disabled={parts.length > 9}
          onClick={() =>
            setParts([...parts, { key: Math.max(...parts.map(({ key }) => key)) + 1, usual: '', share: '0' }])
          }
        />
      </div>
      <FieldRow>
        <NumberField
          label="Seed"
          value={seed}
          min={0}
          max={Number.MAX_SAFE_INTEGER}
          onChange={setSeed}
          help="Another seed deals the patients differently; the same one always alike."
        />
        <Checkbox
          className={classNames(styles.byPatient)}
          checked={byPatient}
          label="No patient in two parts"
          onChange={({ currentTarget }) => setByPatient(currentTarget.checked)}
        />
      </FieldRow>
      {problem === null ? null : <Note warning>{problem}</Note>}
      {problem === null && preview.data !== undefined ? (
        <BalanceTable preview={preview.data} byPatient={byPatient} />
      ) : null}
      {problem === null && preview.data === undefined && preview.error === null ? <p role="status">dealing</p> : null}
      {reviewer === '' ? <Note warning>Enter your name at the top right first: splits are audited.</Note> : null}
      <ProblemNote error={error ?? (problem === null ? preview.error : null)} />
    </FormDialog>
  );
}

/** `train`, or `train 2` where there is a cohort of that name. */
function freeName(usual: string, cohorts: readonly { readonly name: string }[]): string {
  const isTaken = (name: string) => cohorts.some((cohort) => cohort.name === name);
  if (!isTaken(usual)) return usual;
  let number = 2;
  while (isTaken(`${usual} ${number}`)) number++;
  return `${usual} ${number}`;
}

const settleMilliseconds = 250;

/** The value once nobody has changed it for a moment: a large archive is not dealt with every key. */
function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), settleMilliseconds);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
