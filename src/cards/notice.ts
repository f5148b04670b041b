import { phrase } from '../lib/phrase.ts';
import { type CardJson, card, sentence, type Toast } from './kit.ts';

/** What a toast would say, where nobody would see one any more. */
export const noticeCard = ({ i18n: { zh_cn, en_us } }: Toast): CardJson =>
  card({ title: phrase('刚才的点击没有完成', 'What you pressed was not done'), template: 'orange' }, [
    sentence(phrase(zh_cn, en_us)),
  ]);

/** Whether a toast says something that must not be lost; others have a message of their own, or follow from the card. */
export const isToBeSeen = ({ type }: Toast): boolean => type === 'error' || type === 'warning';
