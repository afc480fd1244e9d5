import type { Explanation, ExplainedWindow } from '../explain.ts';
import { printable } from '../figures.ts';
import { hanging, painter, verdictStyle, wrap } from '../terminal/text.ts';
import type { Paint } from '../terminal/text.ts';

/** Headings of the lists of sentences of a window, in the order in which they are shown. */
export const topics = [
  ['budget', 'What the settings allowed'],
  ['prediction', 'Predicted and measured'],
  ['clients', 'The other clients'],
  ['errors', 'Errors instead of waiting'],
  ['network', 'On the wire'],
  ['host', 'Kept from the processor'],
  ['advice', 'What could be changed'],
] as const;

export const throughoutTitle = 'Through the whole run';

/** An explanation for a terminal, or a file: kept within the width, colours only where allowed. */
export function renderExplanation(
  explanation: Explanation,
  options: { colour: boolean; width: number },
): string {
  const paint = painter(options.colour);
  const width = Math.max(40, options.width);
  const { verdict, scenario, stack, run, summary, conditions, throughout, windows } = explanation;
  const head = [
    `${paint(verdictStyle[verdict], verdict.toUpperCase())}  ${paint('bold', printable(`${scenario} on ${stack}`))}`,
    ...wrap(run, width),
    ...wrap(summary, width),
    ...conditions.flatMap((sentence) => wrap(sentence, width)),
  ];
  const whole =
    throughout.length === 0
      ? []
      : [
          [
            paint('bold', throughoutTitle),
            ...throughout.flatMap((sentence) => hanging('  - ', sentence, width)),
          ],
        ];
  return `${[head, ...windows.map((window) => windowLines(window, width, paint)), ...whole].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function windowLines(window: ExplainedWindow, width: number, paint: Paint): string[] {
  return [
    paint('bold', printable(`${window.name}: ${window.title}`)),
    ...hanging('  ', window.lead, width),
    ...window.parts.flatMap(({ sentence, evidence }) => [
      ...hanging('  - ', sentence, width),
      ...(evidence === '' ? [] : hanging('    ', evidence, width).map((line) => paint('dim', line))),
    ]),
    ...topics.flatMap(([topic, title]) =>
      window[topic].length === 0
        ? []
        : [
            `  ${paint('bold', title)}`,
            ...window[topic].flatMap((sentence) => hanging('  - ', sentence, width)),
          ],
    ),
  ];
}
