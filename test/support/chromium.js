import { existsSync } from 'node:fs';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** What brings a browser. */
export const BRINGS_CHROMIUM = [
  'Debian, Ubuntu: apt-get install -y chromium fonts-noto-cjk',
  'macOS: brew install --cask chromium',
  'or name the program in CHROMIUM_PATH',
].join('; ');

/**
 * The program of the browser on this machine, or undefined. Where `CHROMIUM_PATH` names one, no other is looked for.
 *
 * @returns {string | undefined}
 */
export function findChromium() {
  const named = process.env.CHROMIUM_PATH;
  return (named ? [named] : PLACES).find((path) => existsSync(path));
}
