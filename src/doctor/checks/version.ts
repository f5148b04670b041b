import { phrase } from '../../lib/phrase.ts';
import { type Check, failed, ok, warning } from '../check.ts';

/** A version of the app is released: permissions, events and callbacks act only then. */
export const version: Check = {
  name: 'version',
  title: phrase('应用版本', 'App version'),
  needs: ['credentials'],
  variables: [],
  async run({ application, pages }) {
    const { onlineVersion, versionInReview } = await application();
    const page = `${pages.baseUrl}/app/${pages.appId}/version`;
    const approve = phrase(`请企业管理员审核：${page}`, `Have an admin of the company approve it: ${page}`);
    if (onlineVersion === undefined) {
      return failed(
        'not_released',
        phrase(
          '应用没有已发布的版本，机器人收不到消息。',
          'No version of the app is released: the bot gets no messages.',
        ),
        versionInReview ? approve : phrase(`请创建版本并发布：${page}`, `Create a version and release it: ${page}`),
      );
    }
    if (versionInReview === undefined) return ok(phrase('已发布。', 'Released.'));
    return warning(
      'in_review',
      phrase(
        '有一个新版本在等待审核，其中的修改还没有生效。',
        'A newer version waits for approval: its changes do not act yet.',
      ),
      approve,
    );
  },
};
