/** The part of the npm package `webhdfs` (1.2.0, untyped) that the tests use. */
declare module 'webhdfs' {
  interface Client {
    readdir(
      path: string,
      done: (
        error: Error | null,
        files?: readonly { pathSuffix: string; type: string; length: number }[],
      ) => void,
    ): void;
    readFile(path: string, done: (error: Error | null, content?: Buffer) => void): void;
  }

  const WebHDFS: {
    createClient(options: { user: string; host: string; port: number; path: string }): Client;
  };
  export default WebHDFS;
}
