import { describe, expect, it } from '@jest/globals';
import { COMMANDS } from '../../src/commands/registry.ts';
import { ViewId } from '../../src/domain/ids.ts';
import { readSubmitName, submitName } from '../../src/domain/submitName.ts';

const viewId = ViewId.parse('01JA0000000000000000000000');

describe('the name of a control that calls back', () => {
  it.each(COMMANDS.map(({ name }) => name))('says that it is about %s', (command) => {
    expect(readSubmitName(submitName(command, viewId))).toEqual({ command, viewId });
    expect(readSubmitName(submitName(command, viewId, 'skill'))).toEqual({ command, viewId, field: 'skill' });
    expect(submitName(command, viewId, 'conditions')).toMatch(/^[A-Za-z][A-Za-z0-9_]{0,63}$/);
  });

  it.each([undefined, null, 5, '', 'submit', 'form', 'form_rename', `form-rename-${viewId}`, `form_rename_${viewId}_`])(
    'says nothing as %j',
    (name) => {
      expect(readSubmitName(name)).toBeUndefined();
    },
  );
});
