import { expect, it } from '@jest/globals';
import { startOtherWriter } from '../support/otherWriter.ts';
import { onStage, skillOf } from '../support/story.ts';

const VIP = '6941215891786825756';

it('while another program has the database locked, a click is answered, and done when it is free again', () =>
  onStage({ database: 'sqlite', loggedIn: ['admin'] }, async (stage) => {
    const { sandbox, bot } = stage;
    const preview = await stage.person('admin').says('/skill rename VIP Tier 2');
    const writer = await startOtherWriter(stage.databaseUrl);
    try {
      const pressing = sandbox.click('admin', preview.messageId, { action: 'change.confirm' });
      const answers = await Promise.all(['healthz', 'readyz'].map((path) => fetch(`${bot.url}/${path}`)));
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(await pressing).toMatchObject({ status: 'ok', toast: { type: 'info' } });
      expect(stage.patches()).toEqual([]);
    } finally {
      await writer.done();
    }
    await preview.becomes('green');
    expect(stage.patches()).toHaveLength(1);
    expect(skillOf(stage, VIP).name).toBe('Tier 2');
  }));
