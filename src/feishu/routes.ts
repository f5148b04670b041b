/** Every call that the bot makes. A new one is added here, or it is measured and logged as `other`. */
const ROUTES = [
  'POST /open-apis/auth/v3/tenant_access_token/internal',
  'POST /open-apis/authen/v2/oauth/token',
  'GET /open-apis/authen/v1/user_info',
  'GET /open-apis/bot/v3/info',
  'POST /open-apis/contact/v3/users/batch_get_id',
  'GET /open-apis/contact/v3/users/:id',
  'GET /open-apis/helpdesk/v1/agent_emails',
  'GET /open-apis/helpdesk/v1/agent_schedules',
  'GET /open-apis/helpdesk/v1/agent_skill_rules',
  'GET /open-apis/helpdesk/v1/agent_skills',
  'POST /open-apis/helpdesk/v1/agent_skills',
  'GET /open-apis/helpdesk/v1/agent_skills/:id',
  'PATCH /open-apis/helpdesk/v1/agent_skills/:id',
  'DELETE /open-apis/helpdesk/v1/agent_skills/:id',
  'POST /open-apis/im/v1/messages',
  'PATCH /open-apis/im/v1/messages/:id',
  'POST /open-apis/im/v1/messages/:id/reply',
  'POST /open-apis/interactive/v1/card/update',
  'POST /open-apis/cardkit/v1/cards',
  'POST /oauth/v1/device_authorization',
  'POST /callback/ws/endpoint',
] as const;

const PATTERNS = ROUTES.map((route) => ({ route, pattern: new RegExp(`^${route.replace(':id', '[^/]+')}$`) }));

/** A call as its method and path with `:id` for every id: one of a few, and about nobody. */
export function routeOf(method: string, { pathname }: URL): string {
  // A private deployment may be reached below a path of its own.
  const known = `${method} ${pathname.replace(/^.*?(?=\/(open-apis|oauth|callback)\/)/, '')}`;
  return PATTERNS.find(({ pattern }) => pattern.test(known))?.route ?? 'other';
}
