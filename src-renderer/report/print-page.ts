// Prints an HTML page that stands alone from within the window: the system's dialog prints it, or saves it as PDF.

/** What the paper shows: the page in place of the window. */
const onPaper = `
  .residua-printed { display: none; }
  @media print {
    html, body { height: auto !important; overflow: visible !important; background: #fff !important; color-scheme: light; }
    body > :not(.residua-printed) { display: none !important; }
    .residua-printed { display: block; }
  }`;

/** Resolves once the dialog is closed. `title` is what a PDF file is called at first. */
export async function printPage(html: string, title: string): Promise<void> {
  // The window forbids inline styles: the style of the page is applied as a sheet of its own, in a tree of its own.
  const inline = /<style>([\s\S]*?)<\/style>/g;
  const style = [...html.matchAll(inline)].map(([, rules]) => rules).join('\n');
  const page = new DOMParser().parseFromString(html.replace(inline, ''), 'text/html');
  const own = new CSSStyleSheet();
  own.replaceSync(style.replace(/:root\b/g, ':host').replace(/(^|[}\s])body\b/g, '$1.page'));
  const holder = document.createElement('div');
  holder.className = 'residua-printed';
  const tree = holder.attachShadow({ mode: 'open' });
  tree.adoptedStyleSheets = [own];
  const body = document.createElement('div');
  body.className = 'page';
  body.append(...page.body.children);
  tree.append(body);
  const around = new CSSStyleSheet();
  around.replaceSync(onPaper);
  const before = { title: document.title, sheets: document.adoptedStyleSheets };
  document.body.append(holder);
  document.adoptedStyleSheets = [...before.sheets, around];
  try {
    await Promise.all([...tree.querySelectorAll('img')].map((image) => image.decode().catch(() => {})));
    document.title = title;
    globalThis.print();
  } finally {
    document.title = before.title;
    document.adoptedStyleSheets = before.sheets;
    holder.remove();
  }
}
