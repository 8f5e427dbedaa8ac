/**
 * What `listen` of a server takes. The host `::` stands for every address of the machine. Without a
 * host Node listens on `::`, which takes IPv4 as well, or on 0.0.0.0 where there is no IPv6.
 */
export function listenOptions(port: number, host: string): { readonly port: number; readonly host?: string } {
  return host === '::' ? { port } : { port, host };
}
