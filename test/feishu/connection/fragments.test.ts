import { describe, expect, it } from '@jest/globals';
import { Fragments } from '../../../src/feishu/connection/fragments.ts';
import type { Frame } from '../../../src/feishu/connection/frame.ts';
import { ManualClock } from '../../support/clock.ts';

const frame = (headers: Record<string, string>, text: string): Frame => ({
  service: 1,
  method: 1,
  headers: Object.entries({ message_id: 'm', ...headers }).map(([key, value]) => ({ key, value })),
  payload: Buffer.from(text),
});
const part = (sum: number, seq: number, text: string, message_id = 'm') =>
  frame({ sum: String(sum), seq: String(seq), message_id }, text);
const whole = (text: string) => ({ kind: 'whole', payload: Buffer.from(text) });

describe('a message in several frames', () => {
  it('is whole when its last part is there, in whatever order they come, and beside others', () => {
    const fragments = new Fragments(new ManualClock());
    expect(fragments.add(part(3, 2, 'c'))).toEqual({ kind: 'incomplete' });
    expect(fragments.add(part(2, 0, 'x', 'other'))).toEqual({ kind: 'incomplete' });
    expect(fragments.add(part(3, 0, 'a'))).toEqual({ kind: 'incomplete' });
    expect(fragments.add(part(3, 0, 'a'))).toEqual({ kind: 'incomplete' });
    expect(fragments.add(part(3, 1, 'b'))).toEqual(whole('abc'));
    expect(fragments.add(part(2, 1, 'y', 'other'))).toEqual(whole('xy'));
  });

  it('may as well be one frame, which need not say so', () => {
    const fragments = new Fragments(new ManualClock());
    expect(fragments.add(frame({}, 'a'))).toEqual(whole('a'));
    expect(fragments.add(part(1, 0, 'a'))).toEqual(whole('a'));
  });

  it('is forgotten when the rest does not come', () => {
    const clock = new ManualClock();
    const fragments = new Fragments(clock);
    fragments.add(part(2, 0, 'a'));
    clock.advance(10_001);
    expect(fragments.add(part(2, 1, 'b'))).toEqual({ kind: 'incomplete' });
  });

  it.each([
    ['0', '0'],
    ['-1', '0'],
    ['2.5', '0'],
    ['x', '0'],
    ['1000000000', '0'],
    ['2', '2'],
    ['2', '-1'],
    ['2', 'x'],
  ])('cannot be used as part %s, %s', (sum, seq) => {
    expect(new Fragments(new ManualClock()).add(frame({ sum, seq }, 'a'))).toEqual({ kind: 'unusable' });
  });

  it('cannot be used when its parts disagree, or are too much', () => {
    const fragments = new Fragments(new ManualClock());
    fragments.add(part(2, 0, 'a'));
    expect(fragments.add(part(3, 1, 'b'))).toEqual({ kind: 'unusable' });
    fragments.add(part(2, 0, 'x'.repeat(1024 * 1024), 'large'));
    expect(fragments.add(part(2, 1, 'x', 'large'))).toEqual({ kind: 'unusable' });
  });
});
