import type { ComponentChildren } from 'preact';

interface Props {
  title: string;
  note?: string | number;
  open?: boolean;
  children: ComponentChildren;
}

/** A part of the panel that folds. */
export const Section = ({ title, note, open = false, children }: Props) => (
  <details class="section" open={open}>
    <summary>
      {title} {note !== undefined && <span class="section-note">{note}</span>}
    </summary>
    {children}
  </details>
);
