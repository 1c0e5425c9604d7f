// Keys of a view are not for somebody who has a dialog or a menu in front of it, wherever the focus is.

const covers = '[role=dialog], [role=alertdialog], [role=menu]';

/** Whether a dialog or a menu is open over the view. */
export const isCovered = (): boolean => document.querySelector(covers) !== null;

/**
 * Keeps every key from what listens on the document (hotkeys, lists) while a dialog or a menu is open as the key goes down, so that
 * nothing is decided, removed or undone behind it, and the Escape that closes it does not act behind it as well. What is open hears its
 * keys before, on its own elements. A dialog that has lost the focus gets it back.
 */
export function keepKeysFromBehind(): void {
  let wasCovered = false;
  const begin = (event: Event) => {
    wasCovered = isCovered();
    if (!wasCovered || (event.target instanceof Element && event.target.closest(`${covers}, [tabindex]`) !== null))
      return;
    const last = [...document.querySelectorAll<HTMLElement>(covers)].at(-1);
    (last?.closest<HTMLElement>('[tabindex]') ?? last)?.focus();
  };
  const end = (event: Event) => {
    if (wasCovered) event.stopPropagation();
  };
  for (const name of ['keydown', 'keyup']) {
    window.addEventListener(name, begin, { capture: true });
    document.documentElement.addEventListener(name, end);
  }
}
