import { FileSystemError } from '../../storage/errors.ts';

/** Resolves with the error of a request, or with undefined where the request succeeds. */
export async function refusalOf(request: Promise<unknown>): Promise<FileSystemError | undefined> {
  try {
    await request;
    return undefined;
  } catch (error) {
    if (error instanceof FileSystemError) return error;
    throw error;
  }
}
