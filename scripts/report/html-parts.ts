/** A whole page that needs nothing else, no script and no network. `title` is text; `body` is HTML, piece by piece. */
export function page(title: string, body: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${html(title)} · Kubernetes Services workshop</title>
<style>${style}</style>
</head>
<body>
${body.filter(Boolean).join('\n')}
</body>
</html>
`;
}

const style = `
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color: #111; background: #fff }
table { border-collapse: collapse; display: block; overflow-x: auto }
th, td { border: 1px solid #bbb; padding: .25rem .6rem; text-align: left; vertical-align: top }
th { background: #eee }
td:not(:last-child) { white-space: nowrap }
svg { width: 100%; height: auto; border: 1px solid #bbb }
svg text { font: 12px system-ui, sans-serif; fill: #111 }
svg path { stroke: #ddd }
svg rect { fill: #d6e4f5; stroke: #4a6a94 }
svg rect.open { fill: none; stroke-dasharray: 3 2 }
@media (prefers-color-scheme: dark) {
  body { color: #eee; background: #111 } th { background: #333 } svg text { fill: #eee }
  svg path { stroke: #333 } svg rect { fill: #24405f; stroke: #8fb0dc }
}
`;

/** A text as HTML text or the value of an attribute. */
export function html(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** A table whose first column names its rows. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = headings.map((each) => `<th scope="col">${html(each)}</th>`).join('');
  const lines = rows.map(
    ([first = '', ...rest]) =>
      `<tr><th scope="row">${html(first)}</th>${rest.map((cell) => `<td>${html(cell)}</td>`).join('')}</tr>`,
  );
  return `<table><thead><tr>${head}</tr></thead><tbody>${lines.join('\n')}</tbody></table>`;
}
