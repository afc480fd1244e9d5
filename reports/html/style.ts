/**
 * The page's style sheet. Colours are variables; dark ones apply to screens only, so print is always light. Phase colours
 * are Paul Tol's "light" scheme (personal.sron.nl/~pault), made for dark text on them and safe for the colour-blind;
 * every phase carries its number as well.
 */
export const style = `
:root{color-scheme:light;--page:#fbfbfa;--card:#fff;--ink:#1b1f24;--soft:#5a636e;--line:#dfe2e6;--strong:#868f99;
--pass:#15703f;--pass-tint:#e3f3e9;--fail:#b3261e;--fail-tint:#fdeae8;--unknown:#7a5200;--unknown-tint:#fbf0d9;
--accent:#1f5fa8;--dot:#1f5fa8;--fault:rgba(179,38,30,.07);--stall:rgba(179,38,30,.13);--hatch:#8b949e;--gutter:7.25rem}
@media screen and (prefers-color-scheme:dark){:root{color-scheme:dark;--page:#14171b;--card:#1b1f24;--ink:#e6e9ec;--soft:#9fa9b4;
--line:#31373e;--strong:#6b7580;--pass:#6fd39b;--pass-tint:#173526;--fail:#ff9a90;--fail-tint:#43201d;--unknown:#f0c466;
--unknown-tint:#3a2e12;--accent:#85b8f2;--dot:#85b8f2;--fault:rgba(255,154,144,.07);--stall:rgba(255,154,144,.15);--hatch:#7d8792}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0 auto;padding:2.5rem 1.5rem 4rem;max-width:74rem;background:var(--page);color:var(--ink);
font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:break-word}
h1{font-size:clamp(1.375rem,1rem + 1.5vw,1.875rem);line-height:1.25;letter-spacing:-.012em;font-weight:650;margin:.6rem 0 .75rem;max-width:52rem;text-wrap:balance}
h2{font-size:1.25rem;line-height:1.3;font-weight:650;letter-spacing:-.006em;margin:0 0 1rem}
h3{font-size:1rem;font-weight:600;margin:0}
section{margin-top:3rem}
.keep,.note .keep{white-space:nowrap}
main>section:first-child{margin-top:1.75rem}
p{margin:.4rem 0}
code{font:.9em/1.4 ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
ul{margin:0;padding:0;list-style:none}
em{font-style:normal}
.note,.meta,figcaption{color:var(--soft);font-size:.875rem}
.note{font-weight:400}
.what{margin:0;display:flex;flex-wrap:wrap;align-items:center;gap:.15rem .45rem}
.what b{font-weight:600}
.what .badge{margin-right:.3rem}
.badge{display:inline-block;padding:.08em .6em .1em;border-radius:1em;font-size:.8125rem;font-weight:650;white-space:nowrap}
.badge.pass{color:var(--pass);background:var(--pass-tint)}
.badge.fail{color:var(--fail);background:var(--fail-tint)}
.badge.unknown{color:var(--unknown);background:var(--unknown-tint)}
.against{margin:0 0 1rem}
.more{margin:0 0 1rem;padding:.8rem 1rem;background:var(--card);border:1px solid var(--line);border-radius:.6rem;overflow-x:auto;font:.8125rem/1.5 ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
.against li{display:flex;gap:.6rem;align-items:baseline;margin:.3rem 0}
.bad{color:var(--fail)}
.tag{border:1px solid var(--strong);border-radius:.25rem;padding:0 .3em;font-size:.8125rem;white-space:nowrap}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));margin:0;border:1px solid var(--line);border-radius:.6rem;overflow:hidden}
.figures>div{background:var(--card);box-shadow:0 0 0 .5px var(--line);padding:.85rem 1rem .9rem}
.figures dt{font-size:.8125rem;color:var(--soft)}
.figures dd{margin:0}
.figures b{display:block;font-size:1.625rem;line-height:1.3;font-weight:600;letter-spacing:-.015em}
.figures span{font-size:.8125rem;color:var(--soft)}
.figures .fail b{color:var(--fail)}
.figures .unknown b{color:var(--unknown)}
article{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:1.1rem 1.25rem 1.25rem;margin-top:1rem}
article h3 .name::first-letter{text-transform:uppercase}
article h3 .name::after{content:" ·";color:var(--soft)}
article h3 .name{display:inline-block}
.stall b{font-size:1.25rem;font-weight:600}
.bar{display:flex;gap:2px;height:2.75rem;margin-top:.75rem}
.part{min-width:3px;flex-basis:0;overflow:hidden;container-type:inline-size;display:flex;align-items:center;border-radius:2px;color:#14171b;
box-shadow:inset 0 0 0 1px rgba(0,0,0,.28);-webkit-print-color-adjust:exact;print-color-adjust:exact}
.part b,.part i{display:none;font-size:.8125rem;font-style:normal;white-space:nowrap}
.part b{padding-left:.35rem}
.part i{padding-left:.35rem;overflow:hidden;text-overflow:ellipsis;padding-right:.25rem}
@container (min-width:1.1rem){.part b{display:block}}
@container (min-width:4.75rem){.part i{display:block}}
.p1{background:#77aadd}.p2{background:#eedd88}.p3{background:#ee8866}.p4{background:#44bb99}
.p5{background:#ffaabb}.p6{background:#bbcc33}.p7{background:#99ddff}.p8{background:#c9b7e8}
.unseen{background:repeating-linear-gradient(135deg,var(--hatch) 0 2px,var(--card) 2px 7px)}
.mixed{background-image:repeating-linear-gradient(135deg,#3c444d 0 1.5px,#fff 1.5px 5px);background-size:100% .6rem;background-position:bottom;background-repeat:no-repeat}
.part.unseen b,.part.unseen i{background:var(--card);color:var(--ink);padding:0 .3rem;margin-left:.25rem}
.ticks{position:relative;height:1.4rem;margin-top:.2rem;font-size:.75rem;color:var(--soft)}
.ticks span{position:absolute;transform:translateX(-50%);white-space:nowrap;padding-top:.25rem}
.ticks span::before{content:"";position:absolute;left:50%;top:0;height:.25rem;border-left:1px solid var(--strong)}
.ticks span:first-child{transform:none}
.ticks span:first-child::before{left:0}
.budget{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;gap:.1rem 1rem;align-items:center;margin:.75rem 0 .5rem;font-size:.875rem}
.budget p{margin:0}
.budget strong{color:var(--fail)}
.meter{position:relative;height:.5rem;border-radius:.25rem;background:var(--line);-webkit-print-color-adjust:exact;print-color-adjust:exact}
.meter span{position:absolute;inset:0 auto 0 0;border-radius:.25rem;background:var(--accent)}
.meter .over{background:var(--fail)}
.meter i{position:absolute;top:-.2rem;bottom:-.2rem;border-left:2px solid var(--ink);margin-left:-2px}
.predicted strong{color:var(--unknown)}
.predicted.note::first-letter{text-transform:uppercase}
.terms{grid-column:2}
.terms li{display:grid;grid-template-columns:3.75rem minmax(0,1fr)}
.terms b{font-weight:600;white-space:nowrap}
.scroll{overflow-x:auto;max-width:100%}
.tall{max-height:34rem;overflow-y:auto;border:1px solid var(--line);border-radius:.6rem;background:var(--card)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:.25rem}
table{border-collapse:collapse;width:100%;font-size:.875rem}
th,td{text-align:left;vertical-align:top;padding:.45rem 1.5rem .45rem 0;border-bottom:1px solid var(--line);font-weight:400}
tbody th{font-weight:600}
thead th{color:var(--soft);font-size:.8125rem;white-space:nowrap}
.num{text-align:right;white-space:nowrap}
td:last-child,th:last-child{padding-right:0}
tfoot th,tfoot td{font-weight:650;border-bottom:0}
.legend{margin-top:.25rem}
.legend tbody th{white-space:nowrap}
.key{display:inline-block;width:1.35rem;height:1.35rem;line-height:1.35rem;margin-right:.55rem;border-radius:.25rem;text-align:center;font-size:.75rem;font-weight:600;color:#14171b;
box-shadow:inset 0 0 0 1px rgba(0,0,0,.28);-webkit-print-color-adjust:exact;print-color-adjust:exact}
.key.unseen{color:var(--ink);text-shadow:0 0 3px var(--card),0 0 3px var(--card),0 0 3px var(--card)}
figure{margin:0}
figcaption{margin-top:.9rem;max-width:48rem}
figcaption ul{margin-top:.4rem}
.chart{position:relative}
.row{display:grid;grid-template-columns:var(--gutter) minmax(0,1fr)}
.label{position:relative;font-size:.8125rem;color:var(--soft);padding-right:.75rem}
.label b{color:var(--ink);font-size:.9375rem}
.level{position:absolute;right:.6rem;transform:translateY(-50%);font-size:.75rem;white-space:nowrap}
.panel{margin:1.1rem 0 .8rem}
.plot{position:relative;height:13rem;border-left:1px solid var(--strong);border-bottom:1px solid var(--strong)}
svg{position:absolute;inset:0;width:100%;height:100%;overflow:visible;-webkit-print-color-adjust:exact;print-color-adjust:exact}
svg path{fill:none;vector-effect:non-scaling-stroke}
.grid{stroke:var(--line);stroke-width:1}
.edge{stroke:var(--strong);stroke-width:1;stroke-dasharray:4 3}
.dots{stroke:var(--dot);stroke-width:3;stroke-linecap:round;stroke-opacity:.75}
.errors{stroke:var(--fail);stroke-width:6;stroke-linecap:square}
rect.fault{fill:var(--fault)}rect.stall{fill:var(--stall)}
.caption{position:absolute;top:.2rem;padding:0 .35rem;font-size:.75rem;font-weight:600;white-space:nowrap;color:var(--fail)}
.lane{margin-top:3px}
.lane .label{line-height:1.375rem}
.track{position:relative;height:1.375rem}
.span{position:absolute;top:0;bottom:0;overflow:hidden;border-radius:.2rem;font-size:.75rem;line-height:1.375rem;white-space:nowrap;min-width:2px;-webkit-print-color-adjust:exact;print-color-adjust:exact}
.span i{display:block;font-style:normal;padding:0 .4rem;overflow:hidden;text-overflow:ellipsis}
.span{container-type:inline-size}
@container (max-width:2.4rem){.span i{display:none}}
.span.fault{background:var(--fail-tint);color:var(--fail);box-shadow:inset 3px 0 0 var(--fail)}
.span.window{border:1px dashed var(--strong);line-height:1.25rem}
.span.failing{background:var(--fail);color:var(--card)}
.span.tenure{background:var(--line);box-shadow:inset 0 0 0 1px var(--strong)}
.axis .track{height:1.25rem}
.axis{margin-top:.35rem}
.tick{position:absolute;transform:translateX(-50%);font-size:.75rem;color:var(--soft)}
.tick:first-child{transform:none}
.tick.end{transform:translateX(-100%)}
td ul{min-width:15rem}
.cursor{position:absolute;top:0;bottom:1.5rem;border-left:1px solid var(--ink);pointer-events:none}
.readout{color:var(--soft);display:block;min-height:1.5em;margin:.4rem 0 0 var(--gutter);font-size:.875rem}
.filter{display:flex;flex-wrap:wrap;gap:.5rem 1.1rem;align-items:center;margin-bottom:.75rem;font-size:.875rem}
[hidden]{display:none}
.filter select,.filter input[type=search]{font:inherit;color:inherit;background:var(--card);border:1px solid var(--strong);border-radius:.35rem;padding:.25rem .5rem;margin-left:.3rem;max-width:12rem}
.filter output{color:var(--soft);margin-left:auto}
.events td,.events th{padding:.3rem .9rem}
.events .plus-minus{padding-left:0}
.events thead th{position:sticky;top:0;background:var(--card);box-shadow:0 1px 0 var(--line);border-bottom:0;padding:.5rem .9rem}
.events .text{width:100%;overflow-wrap:anywhere}
.events .log .text{color:var(--soft);font:.8125rem/1.5 ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
.events .source,.events .node{white-space:nowrap}
.subject{font-weight:600}
.words ul{list-style:disc;padding-left:1.2rem}
.words li{margin:.35rem 0;max-width:60rem}
.words li::marker{color:var(--strong)}
.words li .note{display:block}
.words h4{font-size:.9375rem;font-weight:600;margin:1rem 0 .2rem}
details{border-bottom:1px solid var(--line)}
summary{padding:.7rem 0;cursor:pointer}
summary h3{display:inline}
details>:not(summary){margin-bottom:1rem}
details tbody tr:last-child>*{border-bottom:0}
section>h3{margin:1.5rem 0 .5rem}
.files{columns:16rem}
@media (max-width:46rem){
:root{--gutter:3.1rem}
body{padding:1.25rem 1rem 3rem}
section{margin-top:2.25rem}
article{padding:.9rem 1rem 1rem}
.figures{grid-template-columns:repeat(2,1fr)}
.figures>div:last-child:nth-child(odd){grid-column:span 2}
.budget{grid-template-columns:1fr;gap:.4rem}
.terms{grid-column:1}
.legend,.legend tbody,.legend tfoot{display:block}
.legend thead{position:absolute;clip-path:inset(50%);height:1px;overflow:hidden}
.legend tr{display:grid;grid-template-columns:1fr auto;padding:.55rem 0;border-bottom:1px solid var(--line)}
.legend tfoot tr{border-bottom:0}
.legend tr>*{border:0;padding:0}
.legend .evidence,.legend .governed{grid-column:1/-1;padding:.15rem 0 0 1.9rem}
.legend tfoot td:empty,.legend .governed:empty{display:none}
.stacked,.stacked tbody{display:block}
.stacked thead{position:absolute;clip-path:inset(50%);height:1px;overflow:hidden}
.stacked tr{display:grid;grid-template-columns:1fr auto;gap:.1rem .75rem;padding:.55rem 0;border-bottom:1px solid var(--line)}
.stacked tr>*{border:0;padding:0}
.stacked td:last-child{grid-column:1/-1}
.plot{height:10rem}
.level{font-size:.6875rem;right:.35rem}
.panel .label b{position:absolute;left:calc(100% + .5rem);top:-1.4rem}
.panel{margin-top:1.9rem}
.lane:not(.axis) .label{grid-column:1/-1;padding-left:var(--gutter);line-height:1.4}
.lane:not(.axis) .label:empty{display:none}
.lane .track{grid-column:2}
.tick.odd{display:none}
.readout{margin-left:0}
th,td{padding-right:.9rem}
.filter output{margin-left:0;flex-basis:100%}
.filter{gap:.6rem}
.filter label{flex:1 1 8rem}
.filter select,.filter input[type=search]{display:block;width:100%;max-width:none;margin:.15rem 0 0;padding:.45rem .5rem}
.filter .tick-box{flex:0 0 auto;align-self:end;padding-bottom:.4rem}
.events,.events tbody{display:block}
.events thead{position:absolute;clip-path:inset(50%);height:1px;overflow:hidden}
.events tr{display:grid;grid-template-columns:auto 1fr auto auto;gap:0 .75rem;padding:.45rem .8rem;border-bottom:1px solid var(--line)}
.events tr[hidden]{display:none}
.events td{border:0;padding:0;text-align:left}
.events .source,.events .node{color:var(--soft)}
.events .text{grid-column:1/-1}
.tall{max-height:28rem}
}
@media print{
@page{margin:14mm}
:root{--page:#fff}
html{font-size:11.5px}
body{padding:0;max-width:none}
section{margin-top:1.8rem}
th,td{padding-top:.2rem;padding-bottom:.2rem}
.governed{min-width:14rem}
footer{break-before:avoid}
summary{padding:.4rem 0}
.filter,.readout,.cursor{display:none}
.scroll,.tall{overflow:visible;max-height:none;border:0}
.events thead th{position:static}
pre{white-space:pre-wrap}
article,.row,tr,.figures,.against li{break-inside:avoid}
h2,h3,summary{break-after:avoid}
thead{display:table-header-group}
.chart{break-inside:avoid}
.plot{height:9rem}
summary{list-style:none}
summary::-webkit-details-marker{display:none}
details::details-content{content-visibility:visible;height:auto}
td,th{overflow-wrap:anywhere}
}
`;
