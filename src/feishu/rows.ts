import { z } from 'zod';
import { OpenId, SkillId } from '../domain/ids.ts';
import { type Agent, Rule, type Skill, type SkillSummary } from '../domain/skill.ts';
import { MAX_DEPTH } from '../domain/structure.ts';
import type { SkillPart, UnreadableSkill } from '../domain/unreadable.ts';
import { ExactNumber } from '../lib/json.ts';
import { isDeeperThan } from '../lib/nesting.ts';

/** One row of an answer: read for certain, or only known to be there. */
export type Row<T, U = UnreadableSkill> = { kind: 'read'; value: T } | { kind: 'unreadable'; row: U };

/** The rows that were read, and those that were not. */
export function partitionRows<T, U>(rows: readonly Row<T, U>[]): { read: T[]; unreadable: U[] } {
  return {
    read: rows.flatMap((row) => (row.kind === 'read' ? [row.value] : [])),
    unreadable: rows.flatMap((row) => (row.kind === 'unreadable' ? [row.row] : [])),
  };
}

const unique = <T>(items: readonly T[]): T[] => [...new Set(items)];

/** Documented as text; a whole number says the same, as long as it has lost no digits. */
export const AsText = z.union([
  z.string(),
  z.int().nonnegative().transform(String),
  z.instanceof(ExactNumber).transform(String).pipe(z.string().regex(/^\d+$/)),
]);

/** Documented as a whole number; its digits as text say the same. */
export const WholeNumber = z.union([
  z.int(),
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number),
]);

/** Null, where a list is documented, means none. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);

const Id = AsText.pipe(SkillId);
const Name = z
  .string()
  .nullish()
  .transform((name) => name ?? '');
const AgentIds = listOf(AsText.pipe(OpenId)).transform(unique);
const IsDefault = z
  .union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')])
  .nullish()
  .transform((flag) => flag ?? false);

/** A field that is null says as little as an absent one. What is only shown may be missing; what is written may not. */
const RuleRow = z.preprocess(
  withoutNulls,
  z
    .object({
      id: AsText,
      selected_operator: WholeNumber.optional(),
      operator_options: z.array(WholeNumber).optional(),
      operand: Rule.shape.operand.refine((operand) => !isDeeperThan(operand, MAX_DEPTH)),
      category: WholeNumber.optional(),
      display_name: z.string().optional().catch(undefined),
    })
    .transform(
      ({ selected_operator, operator_options, display_name, ...rule }): Rule => ({
        ...rule,
        ...(selected_operator !== undefined && { selectedOperator: selected_operator }),
        ...(operator_options !== undefined && { operatorOptions: operator_options }),
        ...(display_name !== undefined && { displayName: display_name }),
      }),
    ),
);

function withoutNulls(fields: unknown): unknown {
  if (typeof fields !== 'object' || fields === null) return fields;
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

const Fields = z.record(z.string(), z.unknown());

/** What is known of a row that cannot be read. */
function unreadable(fields: Readonly<Record<string, unknown>>, part: SkillPart): Row<never> {
  const id = Id.safeParse(fields.id).data;
  const name = z.string().safeParse(fields.name).data;
  return { kind: 'unreadable', row: { id, name, part } };
}

/** A skill as the list gives it. */
function readSummary(row: unknown): Row<SkillSummary> {
  const fields = Fields.safeParse(row).data;
  if (!fields || Array.isArray(row)) return unreadable({}, 'record');
  const id = Id.safeParse(fields.id);
  if (!id.success) return unreadable(fields, 'id');
  const name = Name.safeParse(fields.name);
  if (!name.success) return unreadable(fields, 'name');
  const agents = AgentIds.safeParse(fields.agent_ids);
  if (!agents.success) return unreadable(fields, 'agents');
  const isDefault = IsDefault.safeParse(fields.is_default);
  if (!isDefault.success) return unreadable(fields, 'default');
  const value = { id: id.data, name: name.data, agentIds: agents.data, isDefault: isDefault.data };
  return { kind: 'read', value };
}

/** A skill as it is asked for by its id. */
export function readSkill(row: unknown): Row<Skill> {
  const summary = readSummary(row);
  if (summary.kind === 'unreadable') return summary;
  const fields = Fields.parse(row);
  const rules = listOf(RuleRow).safeParse(fields.rules);
  if (!rules.success) return unreadable(fields, 'rules');
  return { kind: 'read', value: { ...summary.value, rules: rules.data, agents: namesIn(fields.agents) } };
}

const NamedAgent = z
  .object({ id: AsText.pipe(OpenId), name: z.string().nullish().catch(undefined) })
  .transform(({ id, name }): Agent => ({ id, name: name ?? '' }));

/** Names are only shown: whoever has none that can be read is shown by id. */
const namesIn = (agents: unknown): Agent[] =>
  (Array.isArray(agents) ? agents : []).flatMap((agent) => NamedAgent.safeParse(agent).data ?? []);

/** The rows of a list, those that came twice once; of two that differ nobody knows which is right. */
export function readSummaries(rows: readonly unknown[]): { skills: SkillSummary[]; unreadable: UnreadableSkill[] } {
  const { read, unreadable: odd } = partitionRows(rows.map(readSummary));
  const byId = new Map<SkillId, SkillSummary[]>();
  for (const skill of read) byId.set(skill.id, [...(byId.get(skill.id) ?? []), skill]);
  const differing = [...byId.values()].filter((same) => new Set(same.map((skill) => JSON.stringify(skill))).size > 1);
  const twice = differing.flatMap(([first]): UnreadableSkill[] =>
    first ? [{ id: first.id, name: first.name, part: 'twice' }] : [],
  );
  // A skill of which one record cannot be read is not read by another one either.
  const left = new Set([...twice, ...odd].map(({ id }) => id));
  const skills = [...byId.values()].flatMap(([first]) => (first && !left.has(first.id) ? [first] : []));
  return { skills, unreadable: [...odd, ...twice] };
}

/** A condition that is offered; undefined when it cannot be read. */
export const readRule = (row: unknown): Rule | undefined => RuleRow.safeParse(row).data;
