// Entry point of the page: the host around it, the cache of answers, the keys.
import './styles/tokens.css';
import './styles/reset.css';
import './styles/third-party.css';
import { HotkeysProvider } from '@blueprintjs/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { keepKeysFromBehind } from './host/covered-keys.ts';
import { desktopBridge, desktopHost } from './host/desktop-host.ts';
import { loopbackHost } from './host/loopback-host.ts';
import { keepLettersInMenus } from './host/menu-letters.ts';
import { HostContext } from './host/use-host.ts';
import { PathChooserProvider } from './take-in/path-chooser.tsx';
import { requestFirstList } from './triage/first-list.ts';

// Events say when an answer is stale; time alone does not.
const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Number.POSITIVE_INFINITY,
      // Frames are megabytes each: what nobody shows any more is let go soon.
      gcTime: 60_000,
      retry: false,
      refetchOnWindowFocus: false,
    },
  },
});
const host = desktopBridge === undefined ? loopbackHost() : desktopHost(desktopBridge);
// Before anything is drawn. Without an open catalog there is nothing to request, and the window says so.
requestFirstList(client, host).catch(() => {});
keepLettersInMenus();
keepKeysFromBehind();
const root = document.getElementById('root');
if (root === null) throw new Error('the page has no root');
createRoot(root).render(
  <HostContext value={host}>
    <QueryClientProvider client={client}>
      <HotkeysProvider dialogProps={{ globalGroupName: 'Global' }}>
        <PathChooserProvider>
          <App />
        </PathChooserProvider>
      </HotkeysProvider>
    </QueryClientProvider>
  </HostContext>,
);
