import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { CardJson } from '../../json.ts';
import type { Filled } from '../lib/api.ts';

/** What the controls of one card share. */
export interface CardSession {
  /** The control that waits for an answer. */
  pending: CardJson | undefined;
  /** Sends a use of a control to the bot. */
  send(control: CardJson, filled?: Filled): void;
}

/** What the controls of one form share. */
export interface FormSession {
  values: Readonly<Record<string, string | string[]>>;
  /** Names of required fields that were empty at the last attempt to submit. */
  missing: ReadonlySet<string>;
  set(name: string, value: string | string[]): void;
  submit(button: CardJson): void;
  reset(): void;
}

const Nothing: CardSession = { pending: undefined, send: () => undefined };

export const CardContext = createContext<CardSession>(Nothing);
export const FormContext = createContext<FormSession | undefined>(undefined);

export const useCard = (): CardSession => useContext(CardContext);
export const handleFormClick = (): FormSession | undefined => useContext(FormContext);
