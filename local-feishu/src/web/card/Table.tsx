import { useState } from 'preact/hooks';
import type { CardJson } from '../../json.ts';
import { useText } from '../lib/context.ts';
import { objectsIn, textOf } from '../lib/reading.ts';
import { Cell } from './Cell.tsx';

const PAGE_SIZE = 5;

/** A table of pages. */
export function Table({ node }: { node: CardJson }) {
  const [page, setPage] = useState(0);
  const columns = objectsIn(node.columns);
  const rows = objectsIn(node.rows);
  const size = typeof node.page_size === 'number' ? node.page_size : PAGE_SIZE;
  const pages = Math.max(1, Math.ceil(rows.length / size));
  return (
    <>
      <div class="scroll-x">
        <table class="grid">
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={String(column.name)} scope="col">
                  {textOf(column.display_name) ?? textOf(column.name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(page * size, (page + 1) * size).map((row, index) => (
              <tr key={index}>
                {columns.map((column) => (
                  <td key={String(column.name)}>
                    <Cell column={column} value={row[String(column.name)]} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {pages > 1 && <Pager page={page} pages={pages} onPage={setPage} />}
    </>
  );
}

function Pager({ page, pages, onPage }: { page: number; pages: number; onPage(page: number): void }) {
  const text = useText();
  return (
    <div class="pager">
      <button
        type="button"
        class="icon-button"
        aria-label={text('previous')}
        disabled={page === 0}
        onClick={() => onPage(page - 1)}
      >
        ‹
      </button>
      <span>
        {page + 1} / {pages}
      </span>
      <button
        type="button"
        class="icon-button"
        aria-label={text('next')}
        disabled={page === pages - 1}
        onClick={() => onPage(page + 1)}
      >
        ›
      </button>
    </div>
  );
}
