/** The style sheet of report.html: dark and light by the reader's preference, one column on a phone, ink on paper. */
export const reportStyle = `
:root { color-scheme: light dark; --ink: #1b1f24; --muted: #5a6370; --page: #ffffff; --card: #f5f6f8; --line: #dfe3e8; --good: #1a7f4b; --bad: #b93a12; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ee; --muted: #9aa4b2; --page: #14171c; --card: #1d2229; --line: #323943; --good: #4cc38a; --bad: #ff8a5c; }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif; }
main, header, footer { max-width: 60rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1.75rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
p { margin: .4rem 0; }
.muted, figcaption small { color: var(--muted); }
.status { font-size: .85rem; font-weight: 600; padding: .1rem .6rem; border-radius: 1rem; border: 1.5px solid currentColor; vertical-align: .2em; white-space: nowrap; }
.good { color: var(--good); } .bad { color: var(--bad); }
nav { display: flex; flex-wrap: wrap; gap: .2rem 1rem; margin: .9rem 0 0; font-size: .9rem; }
a { color: inherit; text-decoration-color: var(--muted); text-underline-offset: .2em; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: .6rem; margin: 1.25rem 0 0; padding: 0; }
.cards div { background: var(--card); border-radius: .5rem; padding: .55rem .8rem; }
.cards dt { color: var(--muted); font-size: .82rem; }
.cards dd { margin: 0; font-size: 1.3rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.cards dd small { display: block; line-height: 1.3; padding-bottom: .2rem; font-size: .8rem; font-weight: 400; color: var(--muted); }
.scroll { overflow-x: auto; margin: .6rem 0; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { color: var(--muted); font-weight: 500; vertical-align: bottom; }
table.outcomes { width: 100%; } .outcomes th:first-child { width: 7.5rem; } .outcomes th:nth-child(2) { width: 35%; } .outcomes p { margin: 0; } .outcomes td:first-child { font-weight: 600; } .outcomes td:last-child { overflow-wrap: anywhere; }
.facts { display: grid; grid-template-columns: fit-content(45%) minmax(0, 1fr); margin: .6rem 0; font-size: .9rem; font-variant-numeric: tabular-nums; }
.facts dt, .facts dd { padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); margin: 0; overflow-wrap: anywhere; }
.facts dt { font-weight: 500; color: var(--muted); }
.inset { margin-left: 1rem; }
pre { background: var(--card); border-radius: .5rem; padding: .8rem 1rem; overflow-x: auto; font: .85rem/1.5 ui-monospace, "DejaVu Sans Mono", monospace; }
figure { margin: 1.5rem 0 2rem; break-inside: avoid; }
figcaption { font-weight: 600; margin-bottom: .5rem; } figcaption small { display: block; font-weight: 400; font-size: .85rem; }
.plot { width: 100%; min-height: 4rem; overflow: hidden; }
div.plot.vega-embed.has-actions { display: block; padding-right: 0; }
.plot svg.marks { max-width: 100%; height: auto; display: block; }
.plot details { opacity: .35; } .plot details:hover { opacity: 1; }
#vg-tooltip-element.vg-tooltip { background: var(--card); color: var(--ink); border: 1px solid var(--line); font-family: inherit; }
#vg-tooltip-element.vg-tooltip td.key { color: var(--muted); }
footer { margin-top: 3rem; padding-bottom: 2rem; font-size: .85rem; color: var(--muted); }
@media (max-width: 30rem) { main, header, footer { padding-left: .8rem; padding-right: .8rem; } h1 { font-size: 1.3rem; } .cards { grid-template-columns: 1fr 1fr; } }
@media print {
  :root { color-scheme: light; --ink: #000; --muted: #444; --page: #fff; --card: #f5f6f8; --line: #ccc; --good: #1a7f4b; --bad: #b93a12; }
  body { font-size: 10.5pt; } main, header, footer { max-width: none; padding: 0; } nav, .plot details { display: none; }
  h2, h3 { break-after: avoid; } table, pre { break-inside: avoid; } .scroll { overflow: visible; }
}
`;
