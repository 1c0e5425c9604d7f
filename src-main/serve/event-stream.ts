// The events of the workbench as a server-sent event stream for every open page.
import type { ServerResponse } from 'node:http';
import { type EventName, events, type Workbench } from '../../src-preload/contract.ts';
import type { BlindSessions } from '../workbench/blind-sessions.ts';
import { securityHeaders } from './page-files.ts';

export interface EventStream {
  /** Sends every event that the window `window` may hear from now on to the page behind `response`, until it disconnects. */
  readonly add: (response: ServerResponse, window: string | null) => void;
  readonly close: () => void;
}

/** A page that reads this slowly is asleep: it is dropped, reconnects by itself and requests everything again. */
const mostUnread = 1024 * 1024;

/** Subscribes to all events of `workbench`. They hold no typed arrays, so they are sent as JSON, one per line. */
export function openEventStream(workbench: Workbench, { hears }: Pick<BlindSessions, 'hears'>): EventStream {
  const pages = new Map<ServerResponse, string | null>();
  const stopHearing = (Object.keys(events) as EventName[]).map((event) =>
    workbench.on(event, (value) => {
      const text = `event: ${event}\ndata: ${JSON.stringify(value)}\n\n`;
      for (const [page, window] of pages) {
        if (!hears(window, event, value)) continue;
        if (page.writableLength > mostUnread) page.destroy();
        else page.write(text);
      }
    }),
  );
  return {
    add(response, window) {
      response.writeHead(200, { ...securityHeaders, 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
      response.write('retry: 1000\n\n');
      pages.set(response, window);
      response.on('close', () => pages.delete(response));
    },
    close() {
      for (const stop of stopHearing) stop();
      for (const page of pages.keys()) page.end();
    },
  };
}
