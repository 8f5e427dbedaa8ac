import type { DescMessage, Message, MessageShape } from '@bufbuild/protobuf';

/** Every message of the wanted type inside a message, at any depth. */
export function* messagesIn<Wanted extends DescMessage>(
  schema: DescMessage,
  message: Message,
  wanted: Wanted,
): Generator<MessageShape<Wanted>> {
  for (const field of schema.fields) {
    if (field.message === undefined) continue;
    const value = (message as unknown as Record<string, Message | Message[] | undefined>)[field.localName];
    for (const part of [value ?? []].flat()) {
      if (field.message.typeName === wanted.typeName) yield part as MessageShape<Wanted>;
      yield* messagesIn(field.message, part, wanted);
    }
  }
}
