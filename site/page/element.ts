/** The element of this kind at this place of the document. @throws where there is none */
export function element<E extends Element>(selector: string, kind: new () => E): E {
  const found = document.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`the page has no ${selector}`);
  return found;
}

/** The producer's address, which whoever hosts the page may write into its head. */
export function producerAddress(): string {
  return element('meta[name="producer"]', HTMLMetaElement).content;
}
