import {
  type LocalFeishuOptions as CoreOptions,
  type PersonKey,
  type LocalFeishu as PlainFeishu,
  startLocalFeishu as startPlain,
} from 'local-feishu';
import { type HelpdeskOptions, type HelpdeskPart, helpdesk } from 'local-feishu/helpdesk';

/** A local Feishu with a helpdesk, as the bot needs it. */
export type LocalFeishu = PlainFeishu<PersonKey> & HelpdeskPart;

export interface LocalFeishuOptions extends Omit<CoreOptions<PersonKey>, 'plugins'> {
  helpdesk?: HelpdeskOptions;
}

export const startLocalFeishu = ({ helpdesk: desk, ...options }: LocalFeishuOptions = {}): Promise<LocalFeishu> =>
  startPlain({ bot: { name: '技能助手' }, ...options, plugins: [helpdesk(desk)] });
