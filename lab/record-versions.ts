import { z } from 'zod';

const Version1 = z.looseObject({
  schema: z.literal(1),
  windows: z.array(z.looseObject({})),
});
const Version2 = z.looseObject({ schema: z.literal(2) });
const Version3 = z.looseObject({ schema: z.literal(3), load: z.looseObject({}).nullable() });
const Version4 = z.looseObject({ schema: z.literal(4) });

/**
 * The JSON of a record of an older schema in the shape of this one. What the older one did not hold is null, which means
 * that it was not observed. Anything else comes back as it is.
 *
 * 1 to 2: `blow`, `load` and the `prediction` of each window are new; `shorten` of phases and `phases` of budget terms are
 * optional.
 * 2 to 3: `locks` is new; `mac` of events and tenures is optional, and tenures have two more senses.
 * 3 to 4: `load.others` is new.
 * 4 to 5: `cutOff` of what was read back is optional.
 */
export function withNewerFields(json: unknown): unknown {
  return version5(version4(version3(version2(json))));
}

function version2(json: unknown): unknown {
  const old = Version1.safeParse(json);
  if (!old.success) return json;
  const windows = old.data.windows.map((window) => ({ ...window, prediction: null }));
  return { ...old.data, schema: 2, windows, blow: null, load: null };
}

function version3(json: unknown): unknown {
  const old = Version2.safeParse(json);
  return old.success ? { ...old.data, schema: 3, locks: null } : json;
}

function version4(json: unknown): unknown {
  const old = Version3.safeParse(json);
  if (!old.success) return json;
  const load = old.data.load === null ? null : { ...old.data.load, others: null };
  return { ...old.data, schema: 4, load };
}

function version5(json: unknown): unknown {
  const old = Version4.safeParse(json);
  return old.success ? { ...old.data, schema: 5 } : json;
}
