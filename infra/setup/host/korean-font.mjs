import { spawnSync } from 'node:child_process';

/** Whether Chromium can draw the page's Korean texts. Other systems than Linux bring a font. */
export function hasKoreanFont() {
  if (process.platform !== 'linux') return true;
  const { stdout } = spawnSync('fc-list', [':lang=ko'], { encoding: 'utf8' });
  return Boolean(stdout?.trim());
}
