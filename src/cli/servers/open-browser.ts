import { spawn } from 'node:child_process';

const OPENERS: { readonly [Platform in NodeJS.Platform]?: readonly string[] } = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/**
 * Opens a URL in the browser: the one that the variable `BROWSER` names, or else that of the system.
 *
 * @param onFailed called if there is none
 */
export function openBrowser(
  url: string,
  { BROWSER }: NodeJS.ProcessEnv,
  onFailed: () => void,
  platform: NodeJS.Platform = process.platform,
): void {
  const [command = '', ...args] = BROWSER ? [BROWSER] : (OPENERS[platform] ?? ['xdg-open']);
  const browser = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
  browser.on('error', onFailed);
  browser.on('exit', (code) => code !== 0 && onFailed());
  browser.unref();
}
