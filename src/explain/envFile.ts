import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Phrase, phrase } from '../lib/phrase.ts';
import { Trouble } from './trouble.ts';

/** A file of variables that is there, and that this user cannot read. */
export function unreadable(file: string, error: Error): Trouble {
  const path = resolve(file);
  const found = statSync(path, { throwIfNoEntry: false });
  const owned = found?.isFile() ? ownedBy(found) : phrase('', '');
  return new Trouble(
    'env_unreadable',
    phrase(`${path} 读不出来：${error.message}。${owned.zh}`, `${path} cannot be read: ${error.message}.${owned.en}`),
    phrase(
      `请把它交给运行本程序的用户（chown 用户 ${path} && chmod 600 ${path}）；不需要这个文件时，请移走它。`,
      `Give it to the user who runs this (chown USER ${path} && chmod 600 ${path}), or move it away if it is not needed.`,
    ),
    error,
  );
}

function ownedBy({ uid, mode }: { uid: number; mode: number }): Phrase {
  const rights = (mode & 0o777).toString(8);
  const self = process.getuid?.();
  return phrase(
    `它属于用户 ${uid}，权限是 ${rights}；本程序以用户 ${self} 运行。`,
    ` It belongs to user ${uid} and has mode ${rights}; this runs as user ${self}.`,
  );
}
