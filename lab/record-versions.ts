import { z } from 'zod';

const Version1 = z.looseObject({
  schema: z.literal(1),
  windows: z.array(z.looseObject({})),
});

/**
 * The JSON of a record of an older schema in the shape of this one. What the older one did not hold is null, which means
 * that it was not observed. Anything else comes back as it is.
 *
 * 1 to 2: `blow`, `load` and the `prediction` of each window are new; `shorten` of phases and `phases` of budget terms are
 * optional.
 */
export function withNewerFields(json: unknown, schema: number): unknown {
  const old = Version1.safeParse(json);
  if (!old.success) return json;
  const windows = old.data.windows.map((window) => ({ ...window, prediction: null }));
  return { ...old.data, schema, windows, blow: null, load: null };
}
