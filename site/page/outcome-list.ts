import { type Description, WAITING } from './description.ts';
import { element } from './element.ts';

/** The list keeps the newest lines. */
const MAX_LINES = 10;

/**
 * Owns the list of what was clicked: one line a click, newest first. A line says "waiting" from the
 * click on, and changes whenever the page learns more about its own event. The lines keep the order
 * of the clicks. A screen reader is told of each change.
 */
export class OutcomeList {
  readonly #list = element('#outcomes', HTMLElement);
  readonly #status = element('#status', HTMLElement);

  /** Adds a line. Returns the function that changes it. */
  add(title: string): (description: Description) => void {
    const line = document.createElement('li');
    const strong = document.createElement('strong');
    const span = document.createElement('span');
    strong.textContent = title;
    line.append(strong, span);
    this.#list.prepend(line);
    while (this.#list.childElementCount > MAX_LINES) this.#list.lastElementChild?.remove();
    const show = ({ shown, text }: Description) => {
      line.dataset['outcome'] = shown;
      span.textContent = text;
    };
    show(WAITING);
    return (description) => {
      show(description);
      this.#status.textContent = `${title}: ${description.text}`;
    };
  }
}
