import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DescEnum, DescField, DescFile, DescMessage, FileRegistry } from '@bufbuild/protobuf';
import { nestedTypes } from '@bufbuild/protobuf/reflect';
import {
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt';
import { beforeAll, expect, test } from 'vitest';
import { root } from '../../../infra/local/process/root.ts';
import { hadoopDescriptors } from './hadoop-descriptors.ts';
import { FIELD_NAMES, OWN_VALUES, TYPE_NAMES, VALUE_NAMES } from './hadoop-names.ts';

let hadoop: FileRegistry;
let files: readonly DescFile[];
beforeAll(async () => {
  [hadoop, files] = await Promise.all([hadoopDescriptors(), ourFiles()]);
});

/** The descriptors of all files that are generated from `sink/hdfs/protocol`. */
async function ourFiles(): Promise<DescFile[]> {
  const folder = join(root, 'sink/hdfs/generated');
  const modules = await Promise.all((await readdir(folder)).map((name) => import(join(folder, name))));
  return modules.flatMap((exported) =>
    Object.values(exported).filter((value) => (value as DescFile).kind === 'file'),
  ) as DescFile[];
}

const ours = <Kind extends 'message' | 'enum' | 'service'>(kind: Kind) =>
  files.flatMap((file) => [...nestedTypes(file)]).filter((type) => type.kind === kind) as Extract<
    ReturnType<typeof nestedTypes> extends Iterable<infer Each> ? Each : never,
    { kind: Kind }
  >[];

const typeName = (type: DescMessage | DescEnum) => TYPE_NAMES[type.typeName] ?? `${type.typeName}Proto`;

function theirs(message: DescMessage): DescMessage {
  const found = hadoop.getMessage(typeName(message));
  if (!found) throw new Error(`Hadoop has no ${typeName(message)}`);
  return found;
}

test('each message is one of Hadoop’s, and each field has its name, number, type and label', () => {
  const described = ours('message').map((message) => ({
    [message.name]: message.fields.map((field) => ourField(message, field)),
  }));
  const expected = ours('message').map((message) => ({
    [message.name]: message.fields.map(({ number }) => hadoopField(theirs(message), number)),
  }));
  expect(described.length).toBeGreaterThan(60);
  expect(described).toEqual(expected);
});

function ourField(message: DescMessage, { name, number, proto, ...field }: DescField) {
  const type = field.message ?? field.enum;
  return {
    number,
    name: spelt(FIELD_NAMES[`${message.name}.${name}`] ?? FIELD_NAMES[name] ?? name),
    label: Label[proto.label],
    type: type === undefined ? Type[proto.type] : typeName(type),
  };
}

function hadoopField({ fields }: DescMessage, wanted: number) {
  const field = fields.find(({ number }) => number === wanted);
  if (!field) return { number: wanted, name: 'none' };
  const { name, proto } = field;
  const type = field.message ?? field.enum;
  return {
    number: wanted,
    name: spelt(name),
    label: Label[proto.label],
    type: type?.typeName ?? Type[proto.type],
  };
}

/** Hadoop mixes camel case and snake case. */
const spelt = (name: string) => name.replaceAll('_', '').toLowerCase();

test('no field that Hadoop requires is missing', () => {
  const missing = ours('message').flatMap((message) =>
    theirs(message)
      .fields.filter(({ proto }) => proto.label === Label.REQUIRED)
      .filter(({ number }) => !message.fields.some((field) => field.number === number))
      .map(({ name }) => `${message.name}.${name}`),
  );
  expect(missing).toEqual([]);
});

test('each default is the default of Hadoop', () => {
  const stated = ours('message').flatMap((message) =>
    message.fields
      .filter(({ proto }) => proto.defaultValue !== '')
      .map(({ name, number, proto }) => ({ message, name, number, value: proto.defaultValue })),
  );
  expect(stated.length).toBeGreaterThan(2);
  for (const { message, name, number, value } of stated) {
    const field = theirs(message).fields.find((candidate) => candidate.number === number);
    expect({ name, value }).toEqual({ name, value: field?.proto.defaultValue });
  }
});

test('each value of an enum has Hadoop’s number', () => {
  for (const type of ours('enum')) {
    const values = hadoop.getEnum(typeName(type))?.values ?? [];
    for (const { name, number } of type.values) {
      const full = `${type.name}.${name}`;
      const expected = OWN_VALUES.includes(full) ? undefined : (VALUE_NAMES[full] ?? name);
      expect({ full, name: values.find((value) => value.number === number)?.name }).toEqual({
        full,
        name: expected,
      });
    }
  }
});

test('each call is one of Hadoop’s, with its request and its response', () => {
  for (const service of ours('service')) {
    const methods = hadoop.getService(service.typeName)?.methods ?? [];
    for (const { name, input, output } of service.methods) {
      const method = methods.find((candidate) => candidate.name === name);
      expect([name, method?.input.typeName, method?.output.typeName]).toEqual([
        name,
        typeName(input),
        typeName(output),
      ]);
    }
  }
});
