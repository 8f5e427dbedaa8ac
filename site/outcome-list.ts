import type { Outcome } from './event/outcome.ts';

/** Lines kept; older ones go. */
const MAX_LINES = 10;

/**
 * Owns the list of what was clicked, newest first, a line a click. A line waits from the click on and is settled
 * whenever its own answer comes; one that is told to be pending is settled once more, with its end. The order stays that of
 * the clicks. A screen reader is told of each change.
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
      line.dataset['outcome'] = SHOWN_AS[outcome.is];
      span.textContent = describe(outcome);
      this.#status.textContent = `${title}: ${describe(outcome)}`;
    };
  }
}

/** By the words of the style sheet. */
const SHOWN_AS = { stored: 'stored', refused: 'failed', ignored: 'failed', pending: 'unknown' } as const;

export function describe(outcome: Outcome): string {
  switch (outcome.is) {
    case 'stored':
      return `기록됨 — 파티션 ${outcome.receipt.partition}, 오프셋 ${outcome.receipt.offset}`;
    case 'refused':
      return `기록되지 않음 — ${REASONS[outcome.code] ?? outcome.problems?.join(', ') ?? outcome.detail ?? outcome.code}`;
    case 'ignored':
      return '기록되지 않음 — 브라우저가 추적을 거부했습니다';
    case 'pending':
      return `기록 여부를 아직 알 수 없음 — ${REASONS[outcome.code] ?? '수집 서버가 지금 답할 수 없습니다'}, 다시 보냅니다`;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  unanswered: '수집 서버에 연결할 수 없습니다',
  outcome_unknown: '수집 서버도 결과를 모릅니다',
  queue_full: '보내지 못한 기록이 너무 많습니다',
};
