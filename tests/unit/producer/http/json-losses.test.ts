import { expect, it } from 'vitest';
import { lossesOf } from '../../../../producer/http/json-losses.ts';

it.each([
  ['{"user":"kim","user":"lee"}', 'user is given more than once'],
  ['{"user":"kim","us\\u0065r":"kim"}', 'user is given more than once'],
  ['{"properties":{"page":1, "page":1}}', 'properties.page is given more than once'],
  ['{"properties":{"deep":[0,{"a":1,"a":2}]}}', 'properties.deep.1.a is given more than once'],
  [
    '{"properties":{"order":1524831183200260097}}',
    'properties.order is 1524831183200260097, which no double holds; send it as a text',
  ],
  ['{"properties":{"a":0.1234567890123456789}}', 'properties.a is 0.1234567890123456789, which no double'],
  ['{"properties":{"a":1e400}}', 'properties.a is 1e400, which no double holds'],
  ['{"properties":{"a":1e-400}}', 'properties.a is 1e-400, which no double holds'],
  ['-9007199254740993', 'the event is -9007199254740993, which no double holds'],
])('%s loses something, and it is named', (text, problem) => {
  expect([...lossesOf(text)]).toEqual([[0, [expect.stringContaining(problem)]]]);
});

it.each([
  '{"a":{"b":1},"b":{"a":1,"b":"a"}}',
  '[1,1,{"a":1},{"a":1}]',
  '{"a":"{\\"a\\":1,\\"a\\":1524831183200260097}"}',
  '{"a":[9007199254740992, 1.0, 1.50, -0, 0.1, 1E3, 1e+3, 100e-2, 0.00001, 1e21, 5e-324]}',
  '{"a":"\\\\","b":"\\\\\\"","c":",:[]{}"}',
])('%s loses nothing', (text) => {
  expect(lossesOf(text).size).toBe(0);
});

it('names the event of a list', () => {
  expect(lossesOf('[{"a":1},{"a":1,"a":2}]')).toEqual(new Map([[1, ['a is given more than once']]]));
});

it('takes a deep or a long body, and tells a bounded number of losses of an event', () => {
  expect(lossesOf(`${'['.repeat(200_000)}${']'.repeat(200_000)}`).size).toBe(0);
  expect(lossesOf(`"${'\\"'.repeat(500_000)}"`).size).toBe(0);
  expect(lossesOf(`{"a":[${Array(5_000).fill('1e999')}]}`).get(0)).toHaveLength(100);
});

it('overlooks no event, however many before it lose something', () => {
  expect(lossesOf(`[${Array(5_000).fill('1e999')}]`).size).toBe(5_000);
});
