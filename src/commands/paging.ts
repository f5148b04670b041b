/** One page of a list, and how many there are. */
export interface Paged<T> {
  shown: T[];
  page: number;
  pages: number;
}

/** The page that is wanted, or the nearest there is; an empty list has one, with nothing on it. */
export function paged<T>(items: readonly T[], wanted: number, perPage: number): Paged<T> {
  const pages = Math.max(1, Math.ceil(items.length / perPage));
  const page = Math.min(Math.max(1, wanted), pages);
  return { shown: items.slice((page - 1) * perPage, page * perPage), page, pages };
}
