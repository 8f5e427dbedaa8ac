import type { DescMessage, Message, MessageShape } from '@bufbuild/protobuf';

/** Every message of a kind that is in another one, however deep. */
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
