const WIDTH = 30;
const INTERVAL_MS = 200;

/** The output of the bar. The bar draws on a terminal only. */
export interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** One line that shows the progress, written again and again. */
export class ProgressBar {
  readonly #terminal: Terminal;
  readonly #begunMs: number;
  readonly #nowMs: () => number;
  #drawnMs = Number.NEGATIVE_INFINITY;

  constructor(terminal: Terminal, nowMs: () => number = () => performance.now()) {
    this.#terminal = terminal;
    this.#nowMs = nowMs;
    this.#begunMs = nowMs();
  }

  draw(done: number, total: number): void {
    const nowMs = this.#nowMs();
    if (!this.#terminal.isTTY || nowMs - this.#drawnMs < INTERVAL_MS) return;
    this.#drawnMs = nowMs;
    this.#terminal.write(`\r${bar(done, total, nowMs - this.#begunMs)}\x1b[K`);
  }

  clear(): void {
    if (this.#drawnMs > Number.NEGATIVE_INFINITY) this.#terminal.write('\r\x1b[K');
  }
}

function bar(done: number, total: number, tookMs: number): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const filled = Math.floor(share * WIDTH);
  const drawn = '='.repeat(filled) + ' '.repeat(WIDTH - filled);
  const perSecond = tookMs > 0 ? done / (tookMs / 1_000) : 0;
  const left = perSecond > 0 ? `, ${Math.ceil((total - done) / perSecond)} s left` : '';
  const rate = `${Math.round(perSecond).toLocaleString('en')}/s${left}`;
  return `[${drawn}] ${Math.floor(share * 100)} % of ${total.toLocaleString('en')} records, ${rate}`;
}
