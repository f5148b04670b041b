import type { Command } from './command.ts';
import { addAgent } from './definitions/addAgent.ts';
import { addRule } from './definitions/addRule.ts';
import { agents } from './definitions/agents.ts';
import { create } from './definitions/create.ts';
import { deleteSkill } from './definitions/delete.ts';
import { editRule } from './definitions/editRule.ts';
import { helpFor } from './definitions/help.ts';
import { history } from './definitions/history.ts';
import { list } from './definitions/list.ts';
import { login } from './definitions/login.ts';
import { logout } from './definitions/logout.ts';
import { removeAgent } from './definitions/removeAgent.ts';
import { removeRule } from './definitions/removeRule.ts';
import { rename } from './definitions/rename.ts';
import { rules } from './definitions/rules.ts';
import { setAgents } from './definitions/setAgents.ts';
import { show } from './definitions/show.ts';
import { undo } from './definitions/undo.ts';
import { whoami } from './definitions/whoami.ts';
import { nearestWord } from './resolve/resolve.ts';

/** Every command, in the order in which help shows them. A new one is a file in `definitions/` and a line here. */
export const COMMANDS: readonly Command[] = [
  list,
  show,
  rename,
  addAgent,
  removeAgent,
  setAgents,
  rules,
  addRule,
  editRule,
  removeRule,
  create,
  deleteSkill,
  agents,
  history,
  undo,
  login,
  logout,
  whoami,
  helpFor(() => COMMANDS),
];

/** The command with this name or alias; a line without a verb asks for help. */
export const findCommand = (verb: string | undefined): Command | undefined =>
  COMMANDS.find((command) => command.name === (verb ?? 'help') || command.aliases.includes(verb ?? 'help'));

/** The command that was probably meant. */
export function nearestCommand(verb: string): Command | undefined {
  const words = COMMANDS.flatMap((command) => [command.name, ...command.aliases]);
  // The beginning of one says more than one that is spelled alike: `remove` is not `rename`.
  const begun = verb.length > 1 ? words.find((word) => word.startsWith(verb)) : undefined;
  const word = begun ?? nearestWord(verb, words);
  return word === undefined ? undefined : findCommand(word);
}
