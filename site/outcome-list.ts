import type { Outcome } from './tracker.ts';

/** Lines kept; older ones go. */
const MAX_LINES = 10;

/**
 * Owns the list of what was clicked, newest first, a line a click. A line waits from the click on and is settled once,
 * whenever its own answer comes; the order stays that of the clicks. A screen reader is told of each settled line.
 */
export class OutcomeList {
  readonly #list: HTMLElement;
  readonly #status: HTMLElement;

  constructor(list: HTMLElement, status: HTMLElement) {
    this.#list = list;
    this.#status = status;
  }

  /** Returns how to settle the line. */
  add(title: string): (outcome: Outcome) => void {
    const line = document.createElement('li');
    const strong = document.createElement('strong');
    const span = document.createElement('span');
    strong.textContent = title;
    span.textContent = '기록하는 중…';
    line.dataset['outcome'] = 'waiting';
    line.append(strong, span);
    this.#list.prepend(line);
    while (this.#list.childElementCount > MAX_LINES) this.#list.lastElementChild?.remove();
    return (outcome) => {
      line.dataset['outcome'] = outcome.is;
      span.textContent = describe(outcome);
      this.#status.textContent = `${title}: ${describe(outcome)}`;
    };
  }
}

export function describe(outcome: Outcome): string {
  switch (outcome.is) {
    case 'stored':
      return `기록됨 — 파티션 ${outcome.receipt.partition}, 오프셋 ${outcome.receipt.offset}`;
    case 'failed':
      return `기록되지 않음 — ${outcome.detail}`;
    case 'unknown':
      return `기록 여부를 알 수 없음 — ${outcome.detail}`;
  }
}
