import { phrase } from '../lib/phrase.ts';
import { type CardJson, card, sentence } from './kit.ts';

/** Something takes longer than the client waits for. */
export const workingCard = (): CardJson =>
  card({ title: phrase('正在处理…', 'Working on it…'), template: 'blue' }, [
    sentence(phrase('完成后此卡片会自动更新。', 'This card is brought up to date as soon as it is done.')),
  ]);
