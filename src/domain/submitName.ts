import { ViewId } from './ids.ts';

/**
 * The name of a control that calls back, which says what it stands for where its value does not come: a form may be
 * submitted without one. It has the letters, digits and underscores that every name and id of a card may have, and is unique
 * on the card because no two of its steps ask for the same field. No command has an underscore in its name.
 */
export const submitName = (command: string, viewId: string, field?: string): string =>
  ['form', command.replaceAll('-', '_'), viewId, ...(field === undefined ? [] : [field])].join('_');

const SUBMIT_NAME = /^form_(?<command>[a-z]+(?:_[a-z]+)*)_(?<viewId>[0-9A-Z]{26})(?:_(?<field>[a-z]+(?:_[a-z]+)*))?$/;

/** What {@link submitName} says; undefined when the name is another one. */
export function readSubmitName(name: unknown): { command: string; viewId: ViewId; field?: string } | undefined {
  const groups = typeof name === 'string' ? SUBMIT_NAME.exec(name)?.groups : undefined;
  const viewId = ViewId.safeParse(groups?.viewId);
  if (groups?.command === undefined || !viewId.success) return undefined;
  const command = groups.command.replaceAll('_', '-');
  return { command, viewId: viewId.data, ...(groups.field !== undefined && { field: groups.field }) };
}
