export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** A paragraph; what stands between backticks is code. */
export function paragraph(text: string): string {
  return `<p>${escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>')}</p>`;
}

/** A cell of {@link htmlTable} that holds text. */
export function cell(text: string): string {
  return `<td>${escapeHtml(text)}</td>`;
}

/** A cell whose text is good or bad news. */
export function mark(kind: 'good' | 'bad', text: string): string {
  return `<td class="${kind}">${escapeHtml(text)}</td>`;
}

/**
 * A table; on a phone each row is a card, with the heads beside the cells.
 *
 * @param rows of cells, as {@link cell} and {@link mark} make them
 */
export function htmlTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const heads = header.map((text) => `<th>${escapeHtml(text)}</th>`).join('');
  const labelled = (cells: readonly string[]): string =>
    cells
      .map((one, index) =>
        one.replace('<td', `<td data-label="${escapeHtml(header[index] ?? '')}"`),
      )
      .join('');
  const body = rows.map((cells) => `<tr>${labelled(cells)}</tr>`).join('');
  return `<div class="wide"><table><thead><tr>${heads}</tr></thead><tbody>${body}</tbody></table></div>`;
}
