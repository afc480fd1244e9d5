/** What the page of a night has beyond the sheet of all pages (reports/html/style.ts). Colours are that sheet's. */
export const nightStyle = `
.skip{position:absolute;left:1rem;top:-4rem;padding:.5rem 1rem;background:var(--card);color:var(--accent);border:1px solid var(--strong);border-radius:.35rem;z-index:2}
.skip:focus{top:.5rem}
.unseen-text{position:absolute;clip-path:inset(50%);height:1px;width:1px;overflow:hidden;white-space:nowrap}
a{color:var(--accent);text-underline-offset:.15em}
:target{outline:2px solid var(--accent);outline-offset:3px;border-radius:.35rem}
.badge.regressed{color:var(--fail);background:var(--fail-tint)}
.badge.improved,.badge.unchanged{color:var(--pass);background:var(--pass-tint)}
.badge.unknown,.badge.not-run,.badge.incomplete{color:var(--unknown);background:var(--unknown-tint)}
.badge.first-night{color:var(--accent);background:var(--page);box-shadow:inset 0 0 0 1px var(--accent)}
.matrix{border-collapse:separate;border-spacing:2px}
.matrix th,.matrix td{padding:.5rem .6rem;border:0}
.matrix tbody th{position:sticky;left:0;background:var(--page);z-index:1;min-width:8rem;max-width:13rem;overflow-wrap:anywhere}
.matrix .cell{min-width:7.5rem;background:var(--card);box-shadow:inset 0 0 0 1px var(--line);border-radius:.35rem;position:relative;-webkit-print-color-adjust:exact;print-color-adjust:exact}
.matrix .regressed{background:var(--fail-tint);box-shadow:inset 0 0 0 2px var(--fail)}
.matrix .improved{background:var(--pass-tint);box-shadow:inset 0 0 0 1px var(--pass)}
.matrix .unknown,.matrix .not-run{background:var(--unknown-tint);box-shadow:inset 0 0 0 1px var(--unknown)}
.matrix .first-night{box-shadow:inset 0 0 0 1px var(--accent)}
.matrix .none{color:var(--soft);text-align:center;vertical-align:middle}
.matrix a{color:inherit;text-decoration:none;display:block}
.matrix a::after{content:"";position:absolute;inset:0}
.matrix a:focus-visible{outline:0}
.matrix .cell:focus-within{outline:2px solid var(--accent);outline-offset:1px}
.matrix a:hover .word{text-decoration:underline}
.matrix b{font-size:1rem;font-weight:650;white-space:nowrap}
.change{white-space:nowrap}
.word{display:block;font-size:.8125rem;white-space:nowrap}
.regressed .word{color:var(--fail);font-weight:650}
.improved .word{color:var(--pass)}
.unknown .word,.not-run .word{color:var(--unknown)}
.first-night .word{color:var(--accent)}
.unchanged .word,.rate{color:var(--soft)}
.rate{display:block;font-size:.8125rem}
.spark{position:relative;display:block;height:1.6rem;max-width:10rem;margin-top:.3rem}
.trend{stroke:var(--soft);stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round}
.worse{stroke:var(--fail);stroke-width:5;stroke-linecap:square}
.tonight{stroke:var(--ink);stroke-width:6;stroke-linecap:round}
.regressed .spark .tonight{stroke:var(--fail)}
.finding h3{font-size:1.125rem;display:flex;flex-wrap:wrap;gap:.3rem .6rem;align-items:center}
.finding h4{font-size:.9375rem;font-weight:600;margin:1.4rem 0 .4rem}
.finding .note{font-size:.875rem}
.told li{display:flex;gap:.6rem;align-items:baseline;margin:.35rem 0}
.told .tag{flex:none}
.tag.regression,.tag.grown{color:var(--fail);border-color:var(--fail)}
.tag.improvement{color:var(--pass);border-color:var(--pass)}
.strip{margin-top:1.1rem}
.strip .plot{height:3rem;border-bottom:0}
.strip .row:nth-child(2) .plot{border-bottom:1px solid var(--strong)}
.strip .label{align-self:center}
.strip .dots{stroke-width:8;stroke-opacity:.6}
.strip .dots.tonight{stroke:var(--ink);stroke-opacity:.85}
.finding.regressed .strip .dots.tonight{stroke:var(--fail)}
svg .median{stroke:var(--ink);stroke-width:2}
.tick.middle,.tick.middle:first-child{transform:translateX(-50%)}
.bars{margin-top:.3rem}
.bars .label{align-self:center}
.bars .bar{margin-top:0;height:2.1rem;min-width:2rem}
.bars .note{margin:0}
.suspects{list-style:disc;padding-left:1.2rem}
.suspects li{margin:.2rem 0}
.runs li{margin:.15rem 0}
.runs .badge{font-size:.75rem}
.cells td{white-space:nowrap}
.cells td:last-child{white-space:normal;width:40%}
@media (max-width:46rem){
:root{--gutter:5.6rem}
.matrix,.matrix tbody,.cells,.cells tbody{display:block}
.matrix thead,.cells thead{position:absolute;clip-path:inset(50%);height:1px;overflow:hidden}
.matrix tr{display:grid;grid-template-columns:1fr 1fr;gap:.35rem;margin-bottom:1.4rem}
.matrix tbody th{grid-column:1/-1;position:static;max-width:none;padding:0 0 .1rem;font-size:1rem}
.matrix .cell{min-width:0}
.matrix .cell::before{content:attr(data-scenario);display:block;font-size:.8125rem;color:var(--soft);overflow-wrap:anywhere}
.matrix .none{display:none}
.spark{max-width:none}
.strip .dots{stroke-width:5}
.cells td>*{justify-self:start}
.phase-table,.phase-table tbody,.phase-table thead{display:block}
.phase-table tr{display:grid;grid-template-columns:minmax(0,1fr) repeat(3,4.4rem);padding:.4rem 0;border-bottom:1px solid var(--line)}
.phase-table tr>*{border:0;padding:0}
.phase-table thead .governed{display:none}
.phase-table .governed{grid-column:1/-1;padding-left:1.9rem}
.phase-table .governed:empty{display:none}
.told li{display:block}
.cells tr{display:grid;grid-template-columns:auto 1fr;gap:.1rem .9rem;padding:.7rem 0;border-bottom:1px solid var(--line)}
.cells tr>*{border:0;padding:0}
.cells th{grid-column:1/-1}
.cells td{display:contents;white-space:normal}
.cells td::before{content:attr(data-name);color:var(--soft);font-size:.875rem}
}
@media print{
.skip{display:none}
.matrix{font-size:.75rem}
.matrix b{font-size:.875rem}
.matrix .cell{min-width:0}
.matrix tbody th{position:static;min-width:0}
.word,.matrix b,.change{white-space:normal}
.matrix th,.matrix td{padding:.25rem .35rem}
:target{outline:0}
.finding{break-inside:auto}
.strip,.bars,.told li{break-inside:avoid}
}
`;
