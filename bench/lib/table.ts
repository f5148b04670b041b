export type Cell = string | number;

/** A Markdown table, aligned so that it reads well on a terminal too. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...lines.map((line) => [...(line[column] ?? '')].length)));
  const isNumber = head.map(
    (_, column) => typeof rows[0]?.[column] === 'number' || /^\d/.test(String(rows[0]?.[column])),
  );
  const drawn = lines.map((line) => {
    const cells = line.map((text, column) =>
      isNumber[column] ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0),
    );
    return `| ${cells.join(' | ')} |`;
  });
  const rule = widths.map((width, column) => (isNumber[column] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  return [drawn[0], `| ${rule.join(' | ')} |`, ...drawn.slice(1)].join('\n');
}

/** A number with so many digits after the point. */
export const fixed = (value: number, digits = 0): string => value.toFixed(digits);
