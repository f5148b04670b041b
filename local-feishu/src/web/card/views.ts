import { Button } from './Button.tsx';
import { Checker } from './Checker.tsx';
import { ColumnSet } from './ColumnSet.tsx';
import { Container } from './Container.tsx';
import { Div } from './Div.tsx';
import type { Views } from './Elements.tsx';
import { Form } from './Form.tsx';
import { Input } from './Input.tsx';
import { MarkdownElement } from './MarkdownElement.tsx';
import { MultiSelect } from './MultiSelect.tsx';
import { Overflow } from './Overflow.tsx';
import { Panel } from './Panel.tsx';
import { Person, PersonList } from './PersonList.tsx';
import { Picture } from './Picture.tsx';
import { Rule } from './Rule.tsx';
import { Select } from './Select.tsx';
import { Table } from './Table.tsx';

/** How each component is drawn, by its tag. */
export const VIEWS: Views = {
  markdown: MarkdownElement,
  div: Div,
  hr: Rule,
  img: Picture,
  person: Person,
  person_list: PersonList,
  table: Table,
  column_set: ColumnSet,
  form: Form,
  button: Button,
  input: Input,
  select_static: Select,
  select_person: Select,
  multi_select_static: MultiSelect,
  multi_select_person: MultiSelect,
  overflow: Overflow,
  checker: Checker,
  interactive_container: Container,
  collapsible_panel: Panel,
};
