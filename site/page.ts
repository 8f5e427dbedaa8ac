import type { Outcome } from './event/outcome.ts';
import { OutcomeList } from './outcome-list.ts';
import { createTracker } from './tracker/tracker.ts';

const form = element('#selection', HTMLFormElement);
const user = element('#user', HTMLInputElement);
const tracker = createTracker({ collector: element('meta[name="collector"]', HTMLMetaElement).content });
const outcomes = new OutcomeList(element('#outcomes', HTMLElement), element('#status', HTMLElement));

// Enter in the field would submit the form and load the page anew: which service it meant nobody knows.
form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('button[data-service]') : null;
  if (button instanceof HTMLButtonElement) choose(button);
});

function choose(button: HTMLButtonElement): void {
  const name = user.value.trim();
  if (name === '') {
    alert('이름을 입력하세요');
    user.focus();
    return;
  }
  const service = button.dataset['service'] ?? '';
  const settle = outcomes.add(`${name} → ${button.textContent?.trim() ?? service}`);
  void report(service, name, settle);
}

async function report(service: string, user: string, settle: (outcome: Outcome) => void): Promise<void> {
  const outcome = await tracker.track({ service, user });
  settle(outcome);
  if (outcome.is === 'pending') settle(await outcome.settled);
}

function element<E extends Element>(selector: string, kind: new () => E): E {
  const found = document.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`the page has no ${selector}`);
  return found;
}
