import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KafkaBinding } from '../../../../infra/setup/packages/kafka-binding.mjs';
import { packagesFingerprint } from '../../../../infra/setup/steps/packages-step.mjs';

const CLIENT = 'node_modules/@confluentinc/kafka-javascript';
const BINDING = `${CLIENT}/build/Release/confluent-kafka-javascript.node`;
const LIBRARY = `${CLIENT}/build/deps/librdkafka.so.1`;
const OBJECT = `${CLIENT}/build/Release/obj.target/confluent-kafka-javascript.node`;

let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kafka-binding-'));
  lock('1.10.1');
  install('1.10.1');
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

test('what was compiled comes back after node_modules was deleted, with its libraries', () => {
  const binding = new KafkaBinding(root, '115');
  binding.keep();
  rmSync(join(root, 'node_modules'), { recursive: true });
  expect(binding.isInstalled).toBe(false);
  binding.restore();
  expect(binding.isInstalled).toBe(true);
  expect(readFileSync(join(root, LIBRARY), 'utf8')).toBe('library');
  expect(() => readFileSync(join(root, OBJECT))).toThrow('ENOENT');
});

test('another ABI of Node has a compiled part of its own', () => {
  new KafkaBinding(root, '115').keep();
  expect(new KafkaBinding(root, '137').isKept).toBe(false);
  expect(new KafkaBinding(root, '115').isKept).toBe(true);
});

test('another version of the client has a compiled part of its own', () => {
  new KafkaBinding(root, '115').keep();
  lock('1.11.0');
  const binding = new KafkaBinding(root, '115');
  expect(binding.isKept).toBe(false);
  expect(binding.isOfLockedVersion).toBe(false);
});

test('what does not load any more is forgotten', () => {
  const binding = new KafkaBinding(root, '115');
  binding.keep();
  binding.forget();
  expect(binding.isKept).toBe(false);
});

test('a Node of another ABI makes the packages due, another Node of the same does not', () => {
  const on = (modules: string) =>
    packagesFingerprint('lock', { versions: { modules }, platform: 'linux', arch: 'x64' });
  expect(on('137')).not.toBe(on('115'));
  expect(on('115')).toBe(on('115'));
});

function lock(version: string): void {
  write('package-lock.json', JSON.stringify({ packages: { [CLIENT]: { version } } }));
}

function install(version: string): void {
  write(`${CLIENT}/package.json`, JSON.stringify({ version }));
  write(BINDING, 'binding');
  write(LIBRARY, 'library');
  write(OBJECT, 'object');
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
