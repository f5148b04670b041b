import { phrase } from '../../lib/phrase.ts';
import { type Check, failed, ok, skipped, together, warning } from '../check.ts';

/** People who authorise the bot come back to it, and stay logged in. */
export const login: Check = {
  name: 'login',
  title: phrase('登录', 'Login'),
  needs: ['credentials'],
  variables: ['LOGIN_FLOW', 'PUBLIC_URL'],
  async run({ application, wanted, pages, choices }) {
    const { redirectUrls, refreshAllowed } = await application();
    if (redirectUrls === undefined && refreshAllowed === undefined) {
      return skipped(
        'unreadable',
        phrase('飞书没有告诉应用它的安全设置。', 'Feishu does not tell the app its security settings.'),
      );
    }
    const page = `${pages.baseUrl}/app/${pages.appId}/safe`;
    const remedy = phrase(
      `运行 npm run setup，或在“安全设置”中改正：${page}。`,
      `Run npm run setup, or correct it under "Security settings": ${page}.`,
    );
    const missing = redirectUrls === undefined ? [] : wanted.redirectUrls.filter((url) => !redirectUrls.includes(url));
    const problems = [
      ...missing.map((url) =>
        failed(
          'no_redirect_url',
          phrase(`重定向 URL 里没有 ${url}，登录会失败。`, `${url} is no redirect URL of the app: nobody can log in.`),
          remedy,
        ),
      ),
      ...(refreshAllowed === false
        ? [
            warning(
              'no_refresh',
              phrase(
                '应用不能刷新 user_access_token，登录约两小时后失效。',
                'The app may not refresh user tokens: logins end after about two hours.',
              ),
              remedy,
            ),
          ]
        : []),
    ];
    return together(problems, ok(phrase(`方式 ${choices.loginFlow}。`, `By ${choices.loginFlow}.`)));
  },
};
