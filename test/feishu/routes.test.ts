import { describe, expect, it } from '@jest/globals';
import { routeOf } from '../../src/feishu/routes.ts';

const BASE = 'https://open.feishu.cn/open-apis';

describe('the route of a call', () => {
  it.each([
    ['GET', `${BASE}/helpdesk/v1/agent_skills`, 'GET /open-apis/helpdesk/v1/agent_skills'],
    ['PATCH', `${BASE}/helpdesk/v1/agent_skills/6941215891786825756`, 'PATCH /open-apis/helpdesk/v1/agent_skills/:id'],
    ['POST', `${BASE}/im/v1/messages?receive_id_type=chat_id`, 'POST /open-apis/im/v1/messages'],
    [
      'POST',
      `${BASE}/im/v1/messages/om_dc13264520392913993dd051dba21dcf/reply`,
      'POST /open-apis/im/v1/messages/:id/reply',
    ],
    ['GET', `${BASE}/contact/v3/users/ou_1?user_id_type=open_id`, 'GET /open-apis/contact/v3/users/:id'],
    ['GET', 'http://127.0.0.1:8080/feishu/open-apis/bot/v3/info', 'GET /open-apis/bot/v3/info'],
    ['POST', 'https://accounts.feishu.cn/oauth/v1/device_authorization', 'POST /oauth/v1/device_authorization'],
    ['POST', 'https://open.feishu.cn/callback/ws/endpoint', 'POST /callback/ws/endpoint'],
  ])('%s %s', (method, url, route) => {
    expect(routeOf(method, new URL(url))).toBe(route);
  });

  it.each([
    ['DELETE', `${BASE}/im/v1/messages/om_1`],
    ['GET', `${BASE}/contact/v3/users/ou_1/ou_2`],
    ['GET', `${BASE}/contact/v3/users/`],
    ['GET', `${BASE}/helpdesk/v1/agent_skills/../../contact`],
  ])('of what is not known is one for all: %s %s', (method, url) => {
    expect(routeOf(method, new URL(url))).toBe('other');
  });
});
