import type { Person } from '../state/directory.ts';

export type Decision = 'agree' | 'refuse';

export interface ConsentPage {
  /** Id of the authorize request, carried by the form. */
  requestId: string;
  /** The code of a device login, for the person to compare. */
  code?: string;
  scopes: string[];
  /** Which of them are not ticked at first. */
  unticked: readonly string[];
  people: readonly Person[];
  /** Chosen in advance; default the first. */
  chosen: string | undefined;
  /** Where the form is posted. */
  action: string;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);

/** Asks who agrees to what, in Chinese and English. */
export function consentPage(page: ConsentPage): string {
  const people = page.people.map((person) => personChoice(person, person.key === (page.chosen ?? page.people[0]?.key)));
  const scopes = page.scopes.map((scope) => scopeChoice(scope, !page.unticked.includes(scope)));
  const code = page.code === undefined ? '' : `<p>验证码 · Code: <code>${escapeHtml(page.code)}</code></p>`;
  return document(
    '授权 · Authorize',
    `${code}<form method="post" action="${escapeHtml(page.action)}">
<input type="hidden" name="request" value="${escapeHtml(page.requestId)}">
<fieldset><legend>应用请求以下权限 · The app asks for</legend>${scopes.join('')}</fieldset>
<fieldset><legend>以谁的身份 · As</legend>${people.join('')}</fieldset>
<p class="buttons"><button name="decision" value="agree">同意 · Agree</button>
<button name="decision" value="refuse">拒绝 · Refuse</button></p>
</form>`,
  );
}

function scopeChoice(scope: string, checked: boolean): string {
  const mark = checked ? ' checked' : '';
  const value = escapeHtml(scope);
  return `<label><input type="checkbox" name="scope" value="${value}"${mark}> <code>${value}</code></label>`;
}

function personChoice(person: Person, checked: boolean): string {
  const label = `${person.name} · ${person.enName} (${person.key})`;
  const mark = checked ? ' checked' : '';
  return `<label><input type="radio" name="as" value="${escapeHtml(person.key)}"${mark}> ${escapeHtml(label)}</label>`;
}

/** Asks for the code of a device login. */
export function codePage(action: string, problem?: string): string {
  return document(
    '输入验证码 · Enter the code',
    `${problem === undefined ? '' : `<p>${escapeHtml(problem)}</p>`}
<form method="get" action="${escapeHtml(action)}">
<label>验证码 · Code <input name="user_code" autocomplete="off" required></label>
<p class="buttons"><button>继续 · Go on</button></p>
</form>`,
  );
}

/** Ends a device login: the platform tells the app when that asks. */
export const decidedPage = (decision: Decision): string =>
  decision === 'agree'
    ? document('已同意 · Agreed', '<p>请回到飞书。 · Go back to Feishu.</p>')
    : document('已拒绝 · Refused', '<p>请回到飞书。 · Go back to Feishu.</p>');

/** Says why the platform does not ask. */
export function errorPage(code: number, reason: string): string {
  return document('无法授权 · Cannot authorize', `<p>错误码 · Error code: ${code}</p><p>${escapeHtml(reason)}</p>`);
}

function document(title: string, body: string): string {
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="/page/icon.svg"><link rel="stylesheet" href="/page/consent.css"></head>
<body><main><h1>${escapeHtml(title)}</h1>${body}</main></body></html>`;
}
