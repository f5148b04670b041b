import { TENANT_KEY } from '../seed.ts';
import type { Directory, Member } from '../state/directory.ts';
import type { Grants } from '../state/grants.ts';
import { presented } from './access.ts';
import type { Answer } from './answers.ts';
import type { Endpoint } from './endpoint.ts';

export interface UserInfoParts {
  directory: Directory;
  grants: Grants;
}

const INVALID: Answer = {
  status: 200,
  body: { code: 20005, msg: 'The user access token passed is invalid. Please check the value' },
};

/** Who is behind a user token. Failures come with HTTP 200: /uAjLw4CM/ukTMukTMukTM/reference/authen-v1/user_info/get */
export function userInfoEndpoint(parts: UserInfoParts): Endpoint {
  return {
    method: 'GET',
    route: '/open-apis/authen/v1/user_info',
    needs: { token: 'none' },
    handle: ({ headers }) => {
      const { token } = presented(headers);
      const check = token === undefined ? undefined : parts.grants.checkAccess(token);
      const member = check?.kind === 'live' ? parts.directory.byOpenId(check.openId) : undefined;
      return member ? { status: 200, body: { code: 0, msg: 'success', data: identity(member) } } : INVALID;
    },
  };
}

/** Mail, phone and user_id need scopes that the app does not ask for. */
function identity(member: Member): Record<string, string> {
  const avatar = `https://example.com/avatar/${member.openId}.png`;
  return {
    name: member.name,
    en_name: member.enName,
    avatar_url: avatar,
    avatar_thumb: avatar,
    avatar_middle: avatar,
    avatar_big: avatar,
    open_id: member.openId,
    union_id: member.unionId,
    tenant_key: member.tenantKey ?? TENANT_KEY,
  };
}
