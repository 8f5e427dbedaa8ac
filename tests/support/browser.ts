import { execFileSync } from 'node:child_process';
import { type Browser, chromium } from 'playwright-core';

/** A real Chromium, without whatever it would ask the network for by itself. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? onPath('chromium'),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

function onPath(command: string): string {
  return execFileSync('sh', ['-c', 'command -v "$0"', command], { encoding: 'utf8' }).trim();
}
