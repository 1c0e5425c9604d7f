// What no page of this program may do: leave its own address, open windows, use the network or a device of the machine.
import type { App, Session, WebContents } from 'electron';

/** The scheme under which the page is served, and the address of the page. */
export const pageScheme = 'residua';
export const pageAddress = `${pageScheme}://window/`;

/** Switches that keep Chromium's own services from the network. To be called before Electron is ready. */
export function switchOffNetwork(app: App): void {
  for (const name of [
    'disable-background-networking',
    'disable-component-update',
    'disable-domain-reliability',
    'no-pings',
  ])
    app.commandLine.appendSwitch(name);
  app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND');
  app.commandLine.appendSwitch('webrtc-ip-handling-policy', 'disable_non_proxied_udp');
}

/** Whether an address stays within this program. */
export function isOfThisProgram(address: string): boolean {
  return address.startsWith(pageAddress) || /^(data:|blob:residua:|devtools:)/.test(address);
}

/** Refuses every permission, device, download and request that leaves this program. */
export function refuseBySession(session: Session): void {
  session.setPermissionRequestHandler((_page, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event) => event.preventDefault());
  session.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !isOfThisProgram(url) }));
}

/** Refuses new windows, embedded pages and every way to another address. */
export function refuseByPage(page: WebContents): void {
  page.setWindowOpenHandler(() => ({ action: 'deny' }));
  page.on('will-attach-webview', (event) => event.preventDefault());
  for (const way of ['will-navigate', 'will-redirect'] as const) {
    page.on(way as 'will-navigate', (event, address) => {
      if (address !== pageAddress) event.preventDefault();
    });
  }
}
