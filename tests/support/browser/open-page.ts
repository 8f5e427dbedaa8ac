import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';

/** How long a test waits for a line of the list, or for another element. */
const WITHIN_MS = 20_000;

/** One of the site's pages in a browser context of its own. */
export class OpenPage {
  readonly page: Page;
  /** The texts of the dialogs that the page opened. Each was accepted at once. */
  readonly alerts: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.context().setDefaultTimeout(WITHIN_MS);
    page.on('dialog', (dialog) => {
      this.alerts.push(dialog.message());
      void dialog.accept();
    });
  }

  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<OpenPage> {
    const context = await browser.newContext(options);
    const opened = new OpenPage(await context.newPage());
    await opened.page.goto(url);
    return opened;
  }

  /** The same address in another tab of the same context. */
  async openTab(): Promise<OpenPage> {
    const tab = new OpenPage(await this.page.context().newPage());
    await tab.page.goto(this.page.url());
    return tab;
  }

  close(): Promise<void> {
    return this.page.context().close();
  }

  service(name: string): Locator {
    return this.page.locator(`button[data-service="${name}"]`);
  }

  services(): Locator {
    return this.page.locator('button[data-service]');
  }

  /** The lines of the list that say so: `waiting`, `stored`, `failed` or `unknown`. */
  lines(outcome: string): Locator {
    return this.page.locator(`#outcomes li[data-outcome="${outcome}"]`);
  }

  async choose(user: string, ...services: string[]): Promise<void> {
    await this.page.fill('#user', user);
    for (const name of services) await this.service(name).click();
  }

  /** Waits until so many lines say so. Returns their texts, newest first. */
  async shown(outcome: string, count = 1): Promise<string[]> {
    const lines = this.lines(outcome);
    await lines.nth(count - 1).waitFor();
    return lines.allTextContents();
  }
}
