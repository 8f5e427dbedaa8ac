/**
 * Turns the error of a call into the error for the caller.
 *
 * @param call the method and the paths that it was called with, such as `rename /a /b`
 */
export type Translate = (error: unknown, call: string) => unknown;

/**
 * The same object, but each promise of its methods rejects with a translated error. Calls that
 * `target` makes to itself are not translated. Errors that a method throws at once are not, either.
 */
export function translateErrors<Target extends object>(target: Target, translate: Translate): Target {
  return new Proxy(target, {
    get(object, name) {
      // The object itself is the receiver: a proxy has none of its private fields.
      const member: unknown = Reflect.get(object, name, object);
      if (typeof member !== 'function') return member;
      return (...args: readonly unknown[]): unknown => {
        const result: unknown = member.apply(object, args);
        if (!(result instanceof Promise)) return result;
        return result.catch((error: unknown) => {
          throw translate(error, [String(name), ...args.flatMap(pathsIn)].join(' '));
        });
      };
    },
  });
}

/** A path stands alone, or as the `path` of an options object. */
function pathsIn(argument: unknown): string[] {
  if (typeof argument === 'string') return [argument];
  const isObject = typeof argument === 'object' && argument !== null;
  return isObject && 'path' in argument ? pathsIn(argument.path) : [];
}
