// The page begins here: the host around it, the cache of answers, the keys.
import './styles/tokens.css';
import './styles/reset.css';
import './styles/third-party.css';
import { Classes, HotkeysProvider } from '@blueprintjs/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { desktopBridge, desktopHost } from './host/desktop-host.ts';
import { loopbackHost } from './host/loopback-host.ts';
import { HostContext } from './host/use-host.ts';
import { askForFirstList } from './triage/first-list.ts';

// Events say when an answer is old; time alone does not.
const client = new QueryClient({
  defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY, retry: false, refetchOnWindowFocus: false } },
});
const host = desktopBridge === undefined ? loopbackHost() : desktopHost(desktopBridge);
// Before anything is drawn. Where no catalog is open there is nothing to ask, and the window says so.
askForFirstList(client, host).catch(() => {});
const root = document.getElementById('root');
if (root === null) throw new Error('the page has no root');
createRoot(root).render(
  <HostContext value={host}>
    <QueryClientProvider client={client}>
      <HotkeysProvider dialogProps={{ globalGroupName: 'Everywhere', className: Classes.DARK }}>
        <App />
      </HotkeysProvider>
    </QueryClientProvider>
  </HostContext>,
);
