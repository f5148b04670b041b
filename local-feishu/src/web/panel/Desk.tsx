import type { Skill } from '../../helpdesk/desk.ts';
import type { ShownDesk } from '../../helpdesk/plugin.ts';
import { post } from '../lib/api.ts';
import { useNames, useSession, useText } from '../lib/context.ts';
import { Section } from './Section.tsx';

/** The skills as Feishu has them now. */
export function Desk({ desk }: { desk: ShownDesk }) {
  const text = useText();
  return (
    <Section title={`${text('desk')} · ${desk.name}`} note={desk.skills.length} open>
      <ul class="skills">
        {desk.skills.map((skill) => (
          <li key={skill.id}>
            <SkillLine {...{ skill, desk }} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function SkillLine({ skill, desk }: { skill: Skill; desk: ShownDesk }) {
  const { notify } = useSession();
  const nameOf = useNames();
  const text = useText();
  const edit = (): void => {
    post('edit-skill', foreignEdit(skill)).catch((error: unknown) => notify({ type: 'error', text: String(error) }));
  };
  const rules = skill.rules.map(({ id }) => desk.rules.find((rule) => rule.id === id)?.displayName ?? id);
  return (
    <>
      <p class="skill-name">
        <strong>{skill.name}</strong> {skill.isDefault && <span class="text-tag tone-blue">{text('default')}</span>}
        <button type="button" class="link" onClick={edit}>
          {text('foreignEdit')}
        </button>
      </p>
      <p class="quiet">{skill.agentIds.map(nameOf).join(' · ') || text('noAgents')}</p>
      <p class="quiet">{rules.length === 0 ? text('noRules') : `${text('rules')}: ${rules.join(' · ')}`}</p>
    </>
  );
}

/** What somebody else might do at the same moment: another name, and one agent less. */
const foreignEdit = ({ id, name, agentIds }: Skill) => ({
  id,
  name: name.endsWith(' ★') ? name.slice(0, -2) : `${name} ★`,
  agent_ids: agentIds.slice(0, Math.max(1, agentIds.length - 1)),
});
