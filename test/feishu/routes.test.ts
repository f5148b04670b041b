import { describe, expect, it } from '@jest/globals';
import { routeOf } from '../../src/feishu/routes.ts';

const BASE = 'https://open.feishu.cn/open-apis';

describe('the route of a call', () => {
  it.each([
    ['get', `${BASE}/helpdesk/v1/agent_skills`, 'GET /open-apis/helpdesk/v1/agent_skills'],
    ['PATCH', `${BASE}/helpdesk/v1/agent_skills/6941215891786825756`, 'PATCH /open-apis/helpdesk/v1/agent_skills/:id'],
    ['post', `${BASE}/im/v1/messages?receive_id_type=chat_id`, 'POST /open-apis/im/v1/messages'],
    [
      'post',
      `${BASE}/im/v1/messages/om_dc13264520392913993dd051dba21dcf/reply`,
      'POST /open-apis/im/v1/messages/:id/reply',
    ],
    ['get', `${BASE}/contact/v3/users/ou_1?user_id_type=open_id`, 'GET /open-apis/contact/v3/users/:id'],
    ['get', 'http://127.0.0.1:8080/feishu/open-apis/bot/v3/info', 'GET /open-apis/bot/v3/info'],
    ['post', 'https://accounts.feishu.cn/oauth/v1/device_authorization', 'POST /oauth/v1/device_authorization'],
    ['post', 'https://open.feishu.cn/callback/ws/endpoint', 'POST /callback/ws/endpoint'],
  ])('%s %s', (method, url, route) => {
    expect(routeOf({ method, url })).toBe(route);
  });

  it.each([
    ['delete', `${BASE}/im/v1/messages/om_1`],
    ['get', `${BASE}/contact/v3/users/ou_1/ou_2`],
    ['get', `${BASE}/contact/v3/users/`],
    ['get', `${BASE}/helpdesk/v1/agent_skills/../../contact`],
    ['get', 'no address'],
    [undefined, undefined],
  ])('of what is not known is one for all: %s %s', (method, url) => {
    expect(routeOf({ method, url })).toBe('other');
  });
});
