import { namesOf } from '../../cards/describe.ts';
import { peopleOf } from '../../domain/conditions.ts';
import type { OpenId } from '../../domain/ids.ts';
import type { Agent, Rule, Skill } from '../../domain/skill.ts';
import { FeishuError, toLogFields } from '../../feishu/errors.ts';
import type { Context, Services } from '../context.ts';

/** One card must not become hundreds of calls: more people than this are shown without a name. */
const MAX_NAMES = 10;

/** The names of people of whom only the ids are known, as far as that works. */
export async function lookedUp(
  ids: readonly OpenId[],
  { people, logger }: Pick<Services, 'people' | 'logger'>,
): Promise<Agent[]> {
  const named = ids.slice(0, MAX_NAMES).map(async (id): Promise<Agent[]> => {
    try {
      const name = await people.nameOf(id);
      return name === undefined ? [] : [{ id, name }];
    } catch (error) {
      if (!(error instanceof FeishuError)) throw error;
      logger.debug(toLogFields(error), 'a name was not found out');
      return [];
    }
  });
  return (await Promise.all(named)).flat();
}

/**
 * A skill with the names of the people that `rules` are about, who need not be agents of it. Nobody is looked up whom the
 * request or the skill names.
 */
export async function withRulePeople(skill: Skill, rules: readonly Rule[], context: Context): Promise<Skill> {
  const known = namesOf([...skill.agents, ...context.people]);
  const unknown = new Set(rules.flatMap(peopleOf).filter((id) => !known.has(id)));
  return { ...skill, agents: [...skill.agents, ...(await lookedUp([...unknown], context.services))] };
}
