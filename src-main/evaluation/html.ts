// Pages that stand alone: one HTML file with its style, no script, nothing loaded from anywhere.

/** Text as it may stand in HTML and in attribute values. */
export function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}

/** A table; cells are text, of several lines where it has line feeds; the first column names the row. */
export function htmlTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = (cell: string) => escaped(cell).replaceAll('\n', '<br>');
  const head = header.map((cell) => `<th scope="col">${escaped(cell)}</th>`).join('');
  const body = rows.map(([name, ...cells]) => {
    const rest = cells.map((cell) => `<td>${lines(cell)}</td>`).join('');
    return `<tr><th scope="row">${escaped(name ?? '')}</th>${rest}</tr>`;
  });
  return `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>${body.join('\n')}</tbody></table></div>`;
}

/** A PNG file inside the page. */
export function embeddedPng(png: Uint8Array, description: string): string {
  return `<img src="data:image/png;base64,${Buffer.from(png).toString('base64')}" alt="${escaped(description)}">`;
}

const style = `:root{color-scheme:light}body{font:15px/1.5 system-ui,sans-serif;color:#1c2127;max-width:1340px;margin:0 auto;padding:24px}
h1{font-size:26px;margin:0 0 4px}h2{font-size:19px;margin:36px 0 8px;border-bottom:1px solid #d3d8de;padding-bottom:4px}h3{font-size:15px;margin:12px 0 4px}figure h3{margin:0 0 4px}
p{max-width:80ch}.remark{color:#5f6b7c}.wide{overflow-x:auto}table{border-collapse:collapse;font-size:14px;font-variant-numeric:tabular-nums;margin:8px 0}
th,td{padding:4px 0 4px 16px;border-bottom:1px solid #e5e8eb;text-align:right;vertical-align:top;white-space:nowrap}thead th{white-space:normal;vertical-align:bottom}th[scope=row],thead th:first-child{text-align:left;padding-left:0}
.plots{display:flex;flex-wrap:wrap;gap:20px 16px}figure{margin:0}svg text{font:12px system-ui,sans-serif;fill:#404854}svg{max-width:100%;height:auto}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;padding:0;list-style:none}.legend span{display:inline-block;width:12px;height:12px;margin-right:6px}
.images{display:grid;grid-template-columns:repeat(auto-fill,minmax(128px,1fr));gap:12px}.images img{width:100%;image-rendering:pixelated;background:#000;display:block}
.image .images{grid-template-columns:repeat(auto-fill,minmax(220px,320px))}.image{break-inside:avoid}
.images figcaption{font-size:13px;line-height:1.35;padding-top:4px}pre{background:#f6f7f9;padding:12px;overflow-x:auto;font-size:12px}
@media print{body{padding:0;font-size:11px}th,td{padding-left:10px}h2{break-after:avoid}figure,tr{break-inside:avoid}}`;

/** The whole page; `body` is HTML. */
export function htmlPage(title: string, body: string): string {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}"><title>${escaped(title)}</title><style>${style}</style></head>
<body>
${body}
</body></html>
`;
}
