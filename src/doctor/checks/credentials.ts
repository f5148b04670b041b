import { phrase } from '../../lib/phrase.ts';
import { type Check, ok } from '../check.ts';

/** Feishu accepts the App ID and its secret. */
export const credentials: Check = {
  name: 'credentials',
  title: phrase('应用凭证', 'App credentials'),
  needs: [],
  variables: ['FEISHU_APP_ID', 'FEISHU_APP_SECRET', 'FEISHU_BASE_URL'],
  async run({ connection, config }) {
    await connection.tenantToken.get();
    return ok(phrase(`飞书接受应用 ${config.feishu.appId}。`, `Feishu accepts the app ${config.feishu.appId}.`));
  },
};
