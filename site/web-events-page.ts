import { apiUrl } from './event/address.ts';
import { describe } from './page/description.ts';
import { element, producerAddress } from './page/element.ts';
import { OutcomeList } from './page/outcome-list.ts';
import { onSelection, type Selection } from './page/selection-form.ts';
import { countQueued } from './tracker/queue.ts';
import { createTracker } from './tracker/tracker.ts';

/** The tracker's page: each click goes through the tracker's queue. */
const collector = producerAddress();
const url = apiUrl(collector, '/api/events');
const tracker = createTracker({ collector });
const outcomes = new OutcomeList();
const network = element('#network', HTMLElement);
const queued = element('#queued', HTMLElement);
/** No browser event tells a tab of its own changes to localStorage, hence the page looks. */
const LOOK_EVERY_MS = 250;

onSelection((selection) => void track(selection));
for (const change of ['online', 'offline']) addEventListener(change, showNetwork);
setInterval(showQueued, LOOK_EVERY_MS);
showNetwork();
showQueued();

async function track({ service, user, title }: Selection): Promise<void> {
  const show = outcomes.add(title);
  const outcome = await tracker.track({ service, user });
  show(describe(outcome));
  if (outcome.is === 'pending') show(describe(await outcome.settled));
}

function showNetwork(): void {
  network.textContent = navigator.onLine ? '연결됨' : '끊김';
  network.dataset['online'] = String(navigator.onLine);
}

function showQueued(): void {
  queued.textContent = `${countQueued(url)}건`;
}
