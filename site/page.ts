import { apiUrl } from './event/address.ts';
import { describe } from './page/description.ts';
import { producerAddress } from './page/element.ts';
import { OutcomeList } from './page/outcome-list.ts';
import { select } from './page/select-request.ts';
import { onSelection, type Selection } from './page/selection-form.ts';

/** The first page: each click is one `GET /api/select` of its own. */
const url = apiUrl(producerAddress(), '/api/select');
const outcomes = new OutcomeList();

onSelection((selection) => void send(selection));

async function send(selection: Selection): Promise<void> {
  const show = outcomes.add(selection.title);
  for await (const { attempt, outcome } of select(url, selection)) {
    const { shown, text } = describe(outcome);
    show({ shown, text: attempt > 1 ? `${text} (${attempt}번째 시도)` : text });
  }
}
