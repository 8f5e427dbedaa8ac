import { expect, it } from 'vitest';
import { eventsUrl } from '../../../../site/tracker/address.ts';

it.each([
  ['', 'https://page.example/a/index.html', 'https://page.example/a/api/events'],
  ['https://collector.example', 'https://page.example/', 'https://collector.example/api/events'],
  [
    ' https://collector.example/events/ ',
    'https://page.example/',
    'https://collector.example/events/api/events',
  ],
  ['/collect', 'https://page.example/a/b', 'https://page.example/collect/api/events'],
])('finds the collector %j of the page %s', (collector, page, address) => {
  expect(eventsUrl(collector, page)).toBe(address);
});
