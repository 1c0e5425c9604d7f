// Letters typed while a menu has the focus choose in it: they are no keys of the view.

/** Call once for the page. */
export function keepLettersInMenus(): void {
  globalThis.addEventListener(
    'keydown',
    (event) => {
      const isLetter = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
      if (isLetter && event.target instanceof HTMLSelectElement) event.stopPropagation();
    },
    { capture: true },
  );
}
