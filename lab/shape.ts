import { z } from 'zod';
import { didYouMean } from './nearest.ts';

/** A zod object that takes no other keys; an unknown one is told with the nearest known. */
export function strictShape<Shape extends z.ZodRawShape>(shape: Shape) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys
            .map((key) => `${JSON.stringify(key)} is not known here; ${didYouMean(key, known)}`)
            .join('; ')
        : undefined,
  });
}

/** A zod enum whose complaint names the nearest allowed value. */
export function oneOf<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.enum(values, {
    error: ({ input }) =>
      typeof input === 'string'
        ? `${JSON.stringify(input)} is not allowed; ${didYouMean(input, values)}`
        : `expected one of ${values.join(', ')}`,
  });
}

/** Every complaint on its own line, each begun with its path: `nodes[1].memoryMib: Too small ...`. */
export function complaints(error: z.ZodError): string[] {
  return error.issues.map((issue) => {
    const path = z.core.toDotPath(issue.path);
    return path === '' ? issue.message : `${path}: ${issue.message}`;
  });
}
