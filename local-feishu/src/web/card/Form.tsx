import { useState } from 'preact/hooks';
import { controlsOf } from '../../clicks/controls.ts';
import type { CardJson } from '../../json.ts';
import { useSession, useText } from '../lib/context.ts';
import { textOf } from '../lib/reading.ts';
import { Elements } from './Elements.tsx';
import { initialValues } from './initialValues.ts';
import { layoutOf } from './layout.ts';
import { FormContext, useCard } from './session.ts';

/** A form: what is filled in stays here until its submit button sends it. Another form in its place begins anew. */
export const Form = ({ node }: { node: CardJson }) => <FilledForm key={JSON.stringify(node)} node={node} />;

function FilledForm({ node }: { node: CardJson }) {
  const { send } = useCard();
  const { notify } = useSession();
  const text = useText();
  const [values, setValues] = useState(() => initialValues(node));
  const [missing, setMissing] = useState<ReadonlySet<string>>(new Set());
  const submit = (button: CardJson): void => {
    const empty = requiredNames(node).filter((name) => (values[name] ?? '').length === 0);
    setMissing(new Set(empty));
    if (empty.length > 0) notify({ type: 'warning', text: text('required') });
    else send(button, { formValue: values });
  };
  const set = (name: string, value: string | string[]): void => setValues((old) => changed(old, name, value));
  const reset = (): void => setValues(initialValues(node));
  return (
    <FormContext.Provider value={{ values, missing, set, submit, reset }}>
      <div class="form" style={layoutOf(node)}>
        <Elements list={node.elements} />
      </div>
    </FormContext.Provider>
  );
}

const requiredNames = (form: CardJson): string[] =>
  controlsOf({ body: form }).flatMap((control) =>
    control.node.required === true ? (textOf(control.node.name) ?? []) : [],
  );

/** A single choice that is taken back is no value. */
function changed(values: Record<string, string | string[]>, name: string, value: string | string[]) {
  return { ...values, [name]: value };
}
