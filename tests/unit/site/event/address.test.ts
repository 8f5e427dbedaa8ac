import { afterEach, expect, it, vi } from 'vitest';
import { apiUrl } from '../../../../site/event/address.ts';

afterEach(() => vi.unstubAllGlobals());

it.each([
  ['', 'https://page.example/a/index.html', 'https://page.example/a/api/events'],
  ['https://producer.example', 'https://page.example/', 'https://producer.example/api/events'],
  [' https://producer.example/in/ ', 'https://page.example/', 'https://producer.example/in/api/events'],
  ['/collect', 'https://page.example/a/b', 'https://page.example/collect/api/events'],
])('finds the producer %j of the page %s', (producer, page, address) => {
  vi.stubGlobal('document', { baseURI: page });
  expect(apiUrl(producer, '/api/events')).toBe(address);
});
