// RESIDUA_TRACE=file: what takes time, as events that Chrome's trace viewer (chrome://tracing, Perfetto) reads. No values, no names of files.
import { appendFileSync, existsSync } from 'node:fs';

const file = process.env.RESIDUA_TRACE ?? '';

let begun = false;

/** Whether a trace is written. */
export const tracing = file !== '';

/**
 * Notes something that began at `began` (`performance.now()`) and ends now: a complete event of the Trace Event Format. Processes
 * append to one file, each event whole; the format lets the closing bracket be missing.
 */
export function trace(category: 'message' | 'sql' | 'graph', name: string, began: number): void {
  if (!tracing) return;
  const [ts, dur] = [performance.timeOrigin + began, performance.now() - began].map((ms) => Math.round(ms * 1000));
  const event = { name, cat: category, ph: 'X', ts, dur, pid: process.pid, tid: 0 };
  if (!begun && !existsSync(file)) appendFileSync(file, '[\n');
  begun = true;
  appendFileSync(file, `${JSON.stringify(event)},\n`);
}
