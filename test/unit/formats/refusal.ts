import { ElectionFileError } from '../../../loadtest/replay/formats/index.ts';

/** The error with which a file was refused; fails when it was read, or when anything else was thrown. */
export async function refusal(reading: Promise<unknown> | (() => unknown)): Promise<ElectionFileError> {
  try {
    await (typeof reading === 'function' ? reading() : reading);
  } catch (error) {
    if (error instanceof ElectionFileError) return error;
    throw error;
  }
  throw new Error('the file was not refused');
}
