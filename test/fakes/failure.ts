/** What the work threw. @throws Error when it did not throw */
export async function failureOf(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
  throw new Error('it was expected to fail');
}

/** Looks every few milliseconds until it holds. @throws Error after eight seconds, before mocha gives the test up */
export async function eventually(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 8000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`not within 8 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
