import { missingScopes } from '../../explain/scopes.ts';
import { phrase } from '../../lib/phrase.ts';
import { type Check, failed, ok, together, warning } from '../check.ts';

/** The company has granted what the manifest lists. */
export const scopes: Check = {
  name: 'scopes',
  title: phrase('权限', 'Permissions'),
  needs: ['credentials'],
  variables: [],
  async run({ wanted, connection, pages }) {
    const granted = await connection.application.grantedScopes();
    const problems = missingScopes(wanted.scopes, granted, pages).map(({ required, says, remedy }) =>
      required ? failed('missing_scope', says, remedy) : warning('missing_optional_scope', says, remedy),
    );
    const count = wanted.scopes.tenant.length + wanted.scopes.user.length;
    return together(problems, ok(phrase(`需要的 ${count} 项权限都已开通。`, `All ${count} permissions are granted.`)));
  },
};
