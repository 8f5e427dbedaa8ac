import type { Outcome, Settled } from '../event/outcome.ts';
import type { Abandoned, Retrying } from './select-request.ts';

/** How an event stands, in the words of the style sheet. */
export type Shown = 'waiting' | 'stored' | 'failed' | 'unknown';

export interface Description {
  readonly shown: Shown;
  /** For the user, in Korean. */
  readonly text: string;
}

export const WAITING: Description = { shown: 'waiting', text: '기록하는 중…' };

const REASONS: Readonly<Record<string, string>> = {
  unanswered: '수집 서버에서 답이 없습니다',
  outcome_unknown: '수집 서버도 결과를 모릅니다',
  broker_unavailable: '수집 서버가 Kafka에 연결하지 못했습니다',
  broker_refused: 'Kafka가 기록을 거부했습니다',
  overloaded: '수집 서버가 바쁩니다',
  draining: '수집 서버가 다시 시작하는 중입니다',
  rate_limited: '요청이 너무 잦습니다',
  internal: '수집 서버에 오류가 났습니다',
  request_timeout: '요청이 늦게 도착했습니다',
  queue_full: '보내지 못한 기록이 너무 많습니다',
  paused: '조금 전에도 보내지 못했습니다',
};

export function describe(outcome: Outcome | Retrying | Abandoned): Description {
  switch (outcome.is) {
    case 'stored':
      return { shown: 'stored', text: `기록됨 — ${placeOf(outcome)}` };
    case 'refused':
      return { shown: 'failed', text: `기록되지 않음 — ${reasonOf(outcome)}` };
    case 'ignored':
      return { shown: 'failed', text: '기록되지 않음 — 브라우저가 추적을 거부했습니다' };
    case 'pending':
      return { shown: 'unknown', text: `기록 여부를 아직 알 수 없음 — ${reasonOf(outcome)}, 다시 보냅니다` };
    case 'retrying':
      return {
        shown: 'unknown',
        text: `${unsettled(outcome)}, ${seconds(outcome.afterMs)}초 뒤 다시 보냅니다`,
      };
    case 'abandoned':
      return {
        shown: outcome.mayBeStored ? 'unknown' : 'failed',
        text: `${unsettled(outcome)}, 더 보내지 않습니다`,
      };
  }
}

function placeOf({ receipt }: Extract<Settled, { is: 'stored' }>): string {
  return `토픽 ${receipt.topic}, 파티션 ${receipt.partition}, 오프셋 ${receipt.offset}`;
}

function unsettled({ is, code, mayBeStored }: Retrying | Abandoned): string {
  const yet = is === 'retrying' ? '아직 ' : '';
  return `${mayBeStored ? `기록 여부를 ${yet}알 수 없음` : `${yet}기록되지 않음`} — ${reasonOf({ code })}`;
}

interface Reason {
  readonly code: string;
  readonly detail?: string;
  readonly problems?: readonly string[];
}

function reasonOf({ code, detail, problems }: Reason): string {
  return REASONS[code] ?? problems?.join(', ') ?? detail ?? `수집 서버가 지금 답할 수 없습니다 (${code})`;
}

const seconds = (ms: number): number => Math.max(1, Math.round(ms / 1_000));
