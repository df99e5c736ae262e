/** The style of a report's page: one column on a phone, room for tables on a desk, light and dark. */
export const STYLE = `
:root { color-scheme: light dark; --paper: #fff; --soft: #f4f5f7; --ink: #1c2330; --dim: #5b6472; --line: #d5d9e0;
  --pass: #23753f; --fail: #b3261e; --row: #2c5fb0; --open: #7a6a1a; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171c; --soft: #1e232b; --ink: #e4e8ee; --dim: #9aa4b2;
  --line: #363d48; --pass: #5fc383; --fail: #ff8a80; --row: #86b1f5; --open: #d9c767; } }
* { box-sizing: border-box; }
body { font: 16px/1.55 system-ui, sans-serif; margin: 0 auto; padding: 1.2rem; max-width: 72rem; background: var(--paper);
  color: var(--ink); overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: .3rem 0 1rem; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; padding-top: .6rem; border-top: 1px solid var(--line); }
p { max-width: 46rem; margin: .5rem 0; }
.dim, .legend { color: var(--dim); font-size: .9rem; }
.wide { overflow-x: auto; border: 1px solid var(--line); border-radius: .4rem; }
table { border-collapse: collapse; font-size: .88rem; width: 100%; overflow-wrap: normal; }
th, td { padding: .4rem .6rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); min-width: 4.5rem; }
td:first-child { min-width: 6.5rem; }
tr:last-child td { border-bottom: 0; } th { background: var(--soft); font-weight: 600; white-space: nowrap; }
td { overflow-wrap: anywhere; } td code { font-size: .85em; }
.good { color: var(--pass); font-weight: 600; } .bad { color: var(--fail); font-weight: 600; }
.verdict { border-left: .4rem solid var(--open); background: var(--soft); padding: .7rem 1rem; border-radius: .3rem;
  max-width: none; } .verdict strong { text-transform: uppercase; letter-spacing: .04em; }
.verdict.supported { border-color: var(--pass); } .verdict.falsified, .verdict.invalid { border-color: var(--fail); }
.flow { display: flex; flex-wrap: wrap; gap: .4rem; align-items: center; list-style: none; padding: 0; margin: .6rem 0; }
.flow li { border: 2px solid var(--line); border-radius: .4rem; padding: .35rem .7rem; background: var(--soft);
  font-size: .9rem; line-height: 1.3; } .flow small { display: block; color: var(--dim); }
.flow li.good { border-color: var(--pass); color: inherit; font-weight: 400; }
.flow li.bad { border-color: var(--fail); color: inherit; font-weight: 400; } .flow li.missed { opacity: .55; }
.flow li.arrow { border: 0; background: none; padding: 0; color: var(--dim); }
svg { display: block; min-width: 46rem; width: 100%; font-size: 12px; }
svg text { fill: var(--ink); } svg .axis { stroke: var(--line); } svg text.axis { fill: var(--dim); stroke: none; }
svg .band { fill: var(--soft); } svg .pass { fill: var(--pass); } svg .fail { fill: var(--fail); } svg .row { fill: var(--row); }
svg .step { fill: var(--dim); opacity: .55; } svg .life { fill: var(--row); opacity: .18; } svg .life.bad { fill: var(--fail); }
details { margin-top: .6rem; } summary { cursor: pointer; color: var(--dim); font-size: .9rem; padding: .3rem 0; }
@media (max-width: 40rem) { body { padding: .8rem; font-size: 15px; } h1 { font-size: 1.35rem; }
  .flow { gap: .25rem; } .flow li { padding: .25rem .45rem; font-size: .82rem; }
  thead { display: none; } tr { display: block; padding: .4rem .6rem; border-bottom: 1px solid var(--line); }
  tr:last-child { border-bottom: 0; } tr:nth-child(odd) { background: var(--soft); }
  td { display: grid; grid-template-columns: 6rem 1fr; border: 0; padding: .1rem 0; min-width: 0; }
  td:first-child { min-width: 0; } td::before { content: attr(data-label); color: var(--dim); font-weight: 400; } }
`;
