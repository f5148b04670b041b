import { z } from 'zod';
import type { Settings } from '../settings.ts';
import type { Directory, Member } from '../state/directory.ts';
import { failure, success } from './answers.ts';
import type { Endpoint } from './endpoint.ts';

const lookUpSchema = z.object({
  emails: z.array(z.string()).max(50).optional(),
  mobiles: z.array(z.string()).max(50).optional(),
  include_resigned: z.boolean().optional(),
});

const STATUS = { is_frozen: false, is_resigned: false, is_activated: true, is_exited: false, is_unjoin: false };

/** People by mail and by id, and the bot itself. Everybody in the tenant is inside the app's contact range. */
export function contactEndpoints({ directory, settings }: { directory: Directory; settings: Settings }): Endpoint[] {
  return [
    {
      method: 'POST',
      route: '/open-apis/contact/v3/users/batch_get_id',
      needs: { token: 'tenant', scopes: ['contact:user.id:readonly'] },
      handle: ({ body, query }) => {
        const given = lookUpSchema.safeParse(body);
        if (!given.success) return failure(400, 99992402, 'field validation failed');
        const idOf = (member: Member) => (query.user_id_type === 'union_id' ? member.unionId : member.openId);
        const byEmail = (given.data.emails ?? []).map((email) => {
          const member = directory.byEmail(email);
          return member ? { user_id: idOf(member), email, status: STATUS } : { email };
        });
        const byMobile = (given.data.mobiles ?? []).map((mobile) => ({ mobile }));
        return success({ user_list: [...byEmail, ...byMobile] });
      },
    },
    {
      method: 'GET',
      route: '/open-apis/contact/v3/users/:user_id',
      needs: { token: 'either' },
      handle: ({ params, query }) => {
        const id = params.user_id ?? '';
        const member = query.user_id_type === 'union_id' ? directory.byUnionId(id) : directory.byOpenId(id);
        return member ? success({ user: profile(member) }) : failure(400, 99992351, `not a valid {open_id}: ${id}`);
      },
    },
    {
      method: 'GET',
      route: '/open-apis/bot/v3/info',
      needs: { token: 'tenant' },
      handle: () =>
        settings.botEnabled
          ? { status: 200, body: { code: 0, msg: 'ok', bot: botInfo(directory) } }
          : failure(400, 11205, 'app do not have bot'),
    },
  ];
}

function profile(member: Member): Record<string, unknown> {
  return {
    open_id: member.openId,
    union_id: member.unionId,
    name: member.name,
    en_name: member.enName,
    email: member.email,
    status: STATUS,
  };
}

function botInfo({ bot }: Directory): Record<string, unknown> {
  return {
    activate_status: 2,
    app_name: bot.name,
    avatar_url: 'https://example.com/bot.png',
    ip_white_list: [],
    open_id: bot.openId,
  };
}
