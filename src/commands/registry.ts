import type { Command } from './command.ts';
import { addAgent } from './definitions/addAgent.ts';
import { helpFor } from './definitions/help.ts';
import { list } from './definitions/list.ts';
import { login } from './definitions/login.ts';
import { logout } from './definitions/logout.ts';
import { removeAgent } from './definitions/removeAgent.ts';
import { rename } from './definitions/rename.ts';
import { setAgents } from './definitions/setAgents.ts';
import { show } from './definitions/show.ts';
import { whoami } from './definitions/whoami.ts';
import { nearestWord } from './resolve.ts';

/** Every command, in the order in which help shows them. A new one is a file in `definitions/` and a line here. */
export const COMMANDS: readonly Command[] = [
  list,
  show,
  rename,
  addAgent,
  removeAgent,
  setAgents,
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
  return findCommandExactly(nearestWord(verb, words));
}

const findCommandExactly = (word: string | undefined): Command | undefined =>
  word === undefined ? undefined : findCommand(word);
