import type { RunRecord } from '../lab/record.ts';
import { circumstances } from './html/circumstances.ts';
import { h, htmlText, raw } from './html/escape.ts';
import { explainSection } from './html/explain.ts';
import { eventSection } from './html/events.ts';
import { checkSection, clientSection, faultSection, finalSection } from './html/facts.ts';
import { header, keyFigures } from './html/head.ts';
import { latencySection } from './html/latency.ts';
import { script } from './html/script.ts';
import { stallSections } from './html/stalls.ts';
import { style } from './html/style.ts';
import { shownVerdict } from './verdict.ts';

const policy =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** One page that needs nothing beside it: no network, and everything but the filters works without JavaScript. */
export function renderHtml(record: RunRecord): string {
  return htmlText(h`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${shownVerdict(record)}: ${record.scenario} on ${record.stack}</title>
<style>${raw(style)}</style>
</head>
<body>
${header(record)}
<main>
${keyFigures(record)}
${stallSections(record.windows)}
${explainSection(record)}
${latencySection(record)}
${eventSection(record)}
${checkSection(record)}
${clientSection(record)}
${faultSection(record)}
${finalSection(record)}
${circumstances(record)}
</main>
<footer class="note"><p>Run ${record.id}, record schema ${record.schema}.</p></footer>
<script>${raw(script)}</script>
</body>
</html>
`);
}
