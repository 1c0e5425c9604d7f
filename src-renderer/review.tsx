// Decisions and who makes them: verdicts on images, undo and redo, with the reviewer's name on each.
import type { Intent } from '@blueprintjs/core';
import { type Query, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, type RefObject, useContext, useMemo, useRef, useState } from 'react';
import type { Response } from '../src-preload/contract.ts';
import type { Host } from '../src-preload/host.ts';
import type { Settings } from '../src-preload/schemas/catalog.ts';
import type { Decision } from '../src-preload/schemas/image.ts';
import { useHost } from './host/use-host.ts';
import { readWindowReviewer, writeWindowReviewer } from './host/window-storage.ts';
import { useToasts } from './use-toasts.tsx';

export interface Review {
  /** Of this window; other windows have their own. */
  readonly reviewer: string;
  readonly setReviewer: (name: string) => void;
  /** The name that was entered last, in whatever window. */
  readonly suggestedReviewer: string;
  readonly nameField: RefObject<HTMLInputElement | null>;
  readonly advance: boolean;
  readonly setAdvance: (advance: boolean) => void;
  /** Null withdraws verdicts. False: nobody has entered a name, so nothing was decided. */
  readonly decide: (images: Uint32Array, decision: Decision | null, reason: string | null) => boolean;
  /** Makes a step that is not about verdicts and puts it on the same undo stack. */
  readonly perform: (step: Step) => void;
  /** Settles a difference of readers; a step on the same undo stack. False: nobody has entered a name. */
  readonly adjudicate: (image: number, decision: Decision) => boolean;
  /** The reviewer's name; null: there is none yet, and its field has the focus now. */
  readonly demandReviewer: () => string | null;
  readonly undo: () => void;
  readonly redo: () => void;
  /** A short notice, read out by screen readers. */
  readonly notify: (message: string, intent?: Intent) => void;
}

/** Something that can be done, undone and redone. */
export interface Step {
  /** In words, such as `annotation drawn`. */
  readonly name: string;
  readonly apply: () => Promise<unknown>;
  readonly undo: () => Promise<unknown>;
}

const ReviewContext = createContext<Review | null>(null);

export function useReview(): Review {
  const review = useContext(ReviewContext);
  if (review === null) throw new Error('there is no review around this component');
  return review;
}

const past: Readonly<Record<Decision, string>> = { keep: 'kept', reject: 'rejected', unsure: 'marked unsure' };
export const countOf = (images: number): string =>
  `${images.toLocaleString('en')} ${images === 1 ? 'image' : 'images'}`;

/** Of a step of verdicts: how many images stayed as they are, since somebody has decided about them meanwhile. */
const leftWords = (left: unknown): string =>
  typeof left === 'number' && left > 0
    ? `; ${countOf(left)} left as they are, since somebody has decided about them meanwhile`
    : '';

/** A step of verdicts that was requested: each reversal refers to the catalog's number of the step, or of its latest undo or redo. */
function reversible(host: Host, reviewer: string, name: string, decided: Promise<Response<'verdicts.set'>>): Step {
  let last = decided.then(({ step }) => step);
  const reverse = async (method: 'verdicts.undo' | 'verdicts.redo') => {
    const step = await last;
    if (step === null) return 0;
    const reversed = await host.call(method, { reviewer, step });
    last = Promise.resolve(reversed.step);
    return reversed.left;
  };
  return { name, apply: () => reverse('verdicts.redo'), undo: () => reverse('verdicts.undo') };
}

interface ProviderProps {
  readonly settings: Settings;
  readonly children: ReactNode;
}

export function ReviewProvider({ settings, children }: ProviderProps) {
  const host = useHost();
  const client = useQueryClient();
  const notify = useToasts();
  const nameField = useRef<HTMLInputElement | null>(null);
  // In a browser a new window may be another person's: the last name is suggested but not filled in.
  const [reviewer, setReviewer] = useState(() => readWindowReviewer() ?? (host.isShared ? '' : settings.reviewer));
  const [advance, setAdvance] = useState(settings.advance);
  // The steps of this window: undo here never reaches what was done in another one.
  const steps = useRef<{ done: Step[]; undone: Step[] }>({ done: [], undone: [] });

  const review = useMemo<Review>(() => {
    const failed = (error: Error) => {
      notify(error.message, 'danger');
      client.invalidateQueries();
    };
    const demandReviewer = () => {
      if (reviewer !== '') return reviewer;
      notify('Enter your name first: it is recorded with every decision.', 'warning');
      nameField.current?.focus();
      return null;
    };
    const done = (step: Step) => {
      steps.current = { done: [...steps.current.done, step], undone: [] };
    };
    return {
      reviewer,
      suggestedReviewer: settings.reviewer,
      nameField,
      advance,
      notify,
      demandReviewer,
      perform: (step) => {
        step.apply().then(() => done(step), failed);
      },
      setReviewer: (name) => {
        setReviewer(name.trim());
        writeWindowReviewer(name.trim());
        host.call('settings.set', { reviewer: name.trim() }).catch(failed);
      },
      setAdvance: (value) => {
        setAdvance(value);
        host.call('settings.set', { advance: value }).catch(failed);
      },
      decide: (ids, decision, reason) => {
        if (demandReviewer() === null) return false;
        if (ids.length === 0) return true;
        // The tiles show the verdict at once; the event of the change brings what the catalog says.
        const touched = new Set(ids);
        const show = () =>
          client.setQueriesData<Response<'images.page'>>({ queryKey: ['images.page'] }, (page) =>
            page === undefined
              ? page
              : { rows: page.rows.map((row) => (touched.has(row.id) ? { ...row, verdict: decision } : row)) },
          );
        show();
        // An answer to an earlier question, because a job reports images for example, would remove it again for a moment.
        const answered = { predicate: ({ state }: Query) => state.data !== undefined };
        client.cancelQueries({ queryKey: ['images.page'], fetchStatus: 'fetching', ...answered }).then(show, failed);
        const decided = host.call('verdicts.set', { images: { ids }, decision, reason, reviewer });
        decided.catch(failed);
        done(reversible(host, reviewer, countOf(ids.length), decided));
        if (ids.length > 1)
          notify(`${countOf(ids.length)} ${decision === null ? 'now undecided' : past[decision]}. Ctrl+Z undoes it.`);
        return true;
      },
      adjudicate: (image, decision) => {
        if (demandReviewer() === null) return false;
        const request = { images: Uint32Array.of(image), decision, reason: null, reviewer };
        const decided = host.call('readers.adjudicate', request);
        decided.then(() => notify(`Adjudicated: ${past[decision]}. Ctrl+Z undoes it.`), failed);
        done(reversible(host, reviewer, 'an adjudication', decided));
        return true;
      },
      undo: () => {
        const step = steps.current.done.pop();
        if (step === undefined) return notify('Nothing to undo in this window.');
        const { undone } = steps.current;
        undone.push(step);
        // What others have changed since cannot be undone: the next undo is about the step before.
        const refused = (error: Error) => {
          undone.splice(undone.indexOf(step), 1);
          failed(error);
        };
        step.undo().then((left) => notify(`Undone: ${step.name}${leftWords(left)}`), refused);
      },
      redo: () => {
        const step = steps.current.undone.pop();
        if (step === undefined) return notify('Nothing to redo in this window.');
        const { done } = steps.current;
        done.push(step);
        const refused = (error: Error) => {
          done.splice(done.indexOf(step), 1);
          failed(error);
        };
        step.apply().then((left) => notify(`Redone: ${step.name}${leftWords(left)}`), refused);
      },
    };
  }, [host, client, notify, reviewer, settings.reviewer, advance]);
  return <ReviewContext value={review}>{children}</ReviewContext>;
}
