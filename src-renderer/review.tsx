// Decisions and who makes them: verdicts on images, undo and redo, with the reviewer's name on each.
import type { Intent } from '@blueprintjs/core';
import { type Query, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, type RefObject, useContext, useMemo, useRef, useState } from 'react';
import type { Response } from '../src-preload/contract.ts';
import type { Settings } from '../src-preload/schemas/catalog.ts';
import type { Decision } from '../src-preload/schemas/image.ts';
import { useHost } from './host/use-host.ts';
import { useToasts } from './use-toasts.tsx';

export interface Review {
  readonly reviewer: string;
  readonly setReviewer: (name: string) => void;
  readonly nameField: RefObject<HTMLInputElement | null>;
  readonly advance: boolean;
  readonly setAdvance: (advance: boolean) => void;
  /** Null takes verdicts back. False: nobody has said who is reviewing, so nothing was decided. */
  readonly decide: (images: Uint32Array, decision: Decision | null, reason: string | null) => boolean;
  /** Does a step that is not about verdicts and puts it on the same stack of undo. */
  readonly perform: (step: Step) => void;
  /** The name of the reviewer; null: nobody has said it yet and the field for it has the focus now. */
  readonly demandReviewer: () => string | null;
  readonly undo: () => void;
  readonly redo: () => void;
  /** A short notice, read out by screen readers. */
  readonly say: (message: string, intent?: Intent) => void;
}

/** Something that can be done, taken back and done again. */
export interface Step {
  /** In words, such as `annotation drawn`. */
  readonly name: string;
  readonly apply: () => Promise<unknown>;
  readonly takeBack: () => Promise<unknown>;
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

export function ReviewProvider({ settings, children }: { readonly settings: Settings; readonly children: ReactNode }) {
  const host = useHost();
  const client = useQueryClient();
  const say = useToasts();
  const nameField = useRef<HTMLInputElement | null>(null);
  const [reviewer, setReviewer] = useState(settings.reviewer);
  const [advance, setAdvance] = useState(settings.advance);
  // Steps of this window. Those about verdicts (null) are kept by the catalog, which also knows those of earlier days.
  const steps = useRef<{ done: (Step | null)[]; undone: (Step | null)[] }>({ done: [], undone: [] });

  const review = useMemo<Review>(() => {
    const failed = (error: Error) => {
      say(error.message, 'danger');
      client.invalidateQueries();
    };
    const demandReviewer = () => {
      if (reviewer !== '') return reviewer;
      say('Enter your name first: it stands on every decision.', 'warning');
      nameField.current?.focus();
      return null;
    };
    const did = (step: Step | null) => {
      steps.current = { done: [...steps.current.done, step], undone: [] };
    };
    const verdictStep = (method: 'verdicts.undo' | 'verdicts.redo', done: string, none: string) => {
      if (demandReviewer() === null) return;
      host
        .call(method, { reviewer })
        .then(({ images }) => say(images === 0 ? none : `${done}: ${countOf(images)}`), failed);
    };
    return {
      reviewer,
      nameField,
      advance,
      say,
      demandReviewer,
      perform: (step) => {
        step.apply().then(() => did(step), failed);
      },
      setReviewer: (name) => {
        setReviewer(name.trim());
        host.call('settings.set', { reviewer: name.trim() }).catch(failed);
      },
      setAdvance: (value) => {
        setAdvance(value);
        host.call('settings.set', { advance: value }).catch(failed);
      },
      decide: (ids, decision, reason) => {
        if (demandReviewer() === null) return false;
        if (ids.length === 0) return true;
        did(null);
        // The tiles show the verdict at once; the event of the change brings what the catalog says.
        const touched = new Set(ids);
        const show = () =>
          client.setQueriesData<Response<'images.page'>>({ queryKey: ['images.page'] }, (page) =>
            page === undefined
              ? page
              : { rows: page.rows.map((row) => (touched.has(row.id) ? { ...row, verdict: decision } : row)) },
          );
        show();
        // What was asked before, because a job tells of images for example, would take it away again for a moment.
        const asked = { predicate: ({ state }: Query) => state.data !== undefined };
        client.cancelQueries({ queryKey: ['images.page'], fetchStatus: 'fetching', ...asked }).then(show, failed);
        host.call('verdicts.set', { images: { ids }, decision, reason, reviewer }).catch(failed);
        if (ids.length > 1)
          say(
            `${countOf(ids.length)} ${decision === null ? 'undecided again' : past[decision]}. Ctrl+Z takes it back.`,
          );
        return true;
      },
      undo: () => {
        const step = steps.current.done.pop();
        if (step !== undefined) steps.current.undone.push(step);
        if (step == null) return verdictStep('verdicts.undo', 'Undone', 'There is nothing to undo.');
        step.takeBack().then(() => say(`Undone: ${step.name}`), failed);
      },
      redo: () => {
        const step = steps.current.undone.pop();
        if (step !== undefined) steps.current.done.push(step);
        if (step == null) return verdictStep('verdicts.redo', 'Done again', 'There is nothing to do again.');
        step.apply().then(() => say(`Done again: ${step.name}`), failed);
      },
    };
  }, [host, client, say, reviewer, advance]);
  return <ReviewContext value={review}>{children}</ReviewContext>;
}
