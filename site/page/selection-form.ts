import { element } from './element.ts';

/** What a user chose by one click. */
export interface Selection {
  readonly service: string;
  readonly user: string;
  /** How the page names the selection, such as "홍길동 → 파랑". */
  readonly title: string;
}

/** Calls `choose` for each click on a service. Without a name the form asks for one instead. */
export function onSelection(choose: (selection: Selection) => void): void {
  const form = element('#selection', HTMLFormElement);
  const user = element('#user', HTMLInputElement);
  // Enter in the field would submit the form and load the page anew. It names no service.
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('button[data-service]') : null;
    if (!(button instanceof HTMLButtonElement)) return;
    const name = user.value.trim();
    if (name !== '') return choose(selectionOf(button, name));
    alert('이름을 입력하세요');
    user.focus();
  });
}

function selectionOf(button: HTMLButtonElement, user: string): Selection {
  const service = button.dataset['service'] ?? '';
  return { service, user, title: `${user} → ${button.textContent?.trim() || service}` };
}
