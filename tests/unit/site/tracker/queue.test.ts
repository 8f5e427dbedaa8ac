import { beforeEach, expect, it } from 'vitest';
import { bodyOf, bytesOf, first } from '../../../../site/tracker/queue.ts';
import { entriesOf, remove, write } from '../../../../site/tracker/store.ts';

// Node has no localStorage: a page to which the browser denies localStorage sees the same.
const PREFIX = 'https://producer.example/api/events ';

beforeEach(() => {
  for (const [key] of entriesOf('')) remove(key);
  for (const id of ['c', 'a', 'b']) write(PREFIX + id, `{"id":"${id}","user":"홍길동"}`);
  write('of the site itself', 'x');
});

const ids = (...bounds: [events: number, bytes: number]) => first(PREFIX, ...bounds).map(([id]) => id);

it('takes events in the order of their ids, and nothing that is not its own', () => {
  expect(ids(10, 1_000)).toEqual(['a', 'b', 'c']);
});

it('takes no more events than asked for', () => {
  expect(ids(2, 1_000)).toEqual(['a', 'b']);
});

it('takes no more than makes a body of so many bytes', () => {
  const bytes = bytesOf(bodyOf(first(PREFIX, 2, 1_000)));
  expect(ids(10, bytes + 1)).toEqual(['a', 'b']);
  expect(ids(10, bytes - 1)).toEqual(['a']);
});

it('takes an event that is too large alone, lest it stay for ever', () => {
  expect(ids(10, 1)).toEqual(['a']);
});

it('makes a body of JSON', () => {
  expect(JSON.parse(bodyOf(first(PREFIX, 10, 1_000)))).toHaveLength(3);
});
