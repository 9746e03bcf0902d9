/** The documentation page's style sheet. Contrast is at least 4.5:1 in both schemes; nothing is fetched from elsewhere. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #fbfbf9; --panel: #ffffff; --ink: #1d2228; --soft: #57606a; --line: #d9dcd6;
  --accent: #1b5e8c; --get: #1f6b3a; --post: #8a4b08; --code: #f1f2ee; --bad: #a3262a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171a; --panel: #1b1f23; --ink: #e7e9e6; --soft: #a5adb5; --line: #343a40;
    --accent: #7cc0f0; --get: #7fd19a; --post: #f0b26c; --code: #23282d; --bad: #ff9a96;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
a { color: var(--accent); }
a:focus-visible, summary:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: 1rem; background: var(--panel); padding: .5rem 1rem; z-index: 1; }
.frame { display: grid; grid-template-columns: minmax(0, 1fr); max-width: 78rem; margin: 0 auto; padding: 0 1rem; }
nav { padding: 1rem 0; font-size: .92rem; }
nav .group { font-weight: 600; font-size: .8rem; margin: 1.1rem 0 .25rem; color: var(--soft); letter-spacing: .02em; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav a { display: inline-block; padding: .15rem 0; text-decoration: none; overflow-wrap: anywhere; }
nav a:hover { text-decoration: underline; }
main { padding: 1rem 0 6rem; min-width: 0; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: .5rem 0 1rem; }
h2 { font-size: 1.35rem; margin: 3rem 0 1rem; }
h3 { font-size: 1.1rem; margin: 0 0 .5rem; }
h4 { font-size: .9rem; margin: 1.2rem 0 .4rem; color: var(--soft); }
p { margin: .4rem 0 .8rem; max-width: 46rem; }
article { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 1.1rem 1.2rem; margin: 0 0 1.2rem; }
.route { font: 600 .92rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; margin: 0 0 .6rem; }
.verb { display: inline-block; min-width: 3.6em; }
.verb-get { color: var(--get); } .verb-post { color: var(--post); }
.note { color: var(--soft); font-size: .9rem; }
code, pre { font: .86rem/1.5 ui-monospace, monospace; }
code { background: var(--code); border-radius: 3px; padding: .1em .3em; overflow-wrap: anywhere; }
pre { background: var(--code); border-radius: 6px; padding: .8rem 1rem; margin: .4rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
pre code { background: none; padding: 0; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--soft); font-weight: 600; }
td { overflow-wrap: anywhere; }
td a { white-space: nowrap; }
td:first-child { min-width: 7rem; }
.status-bad { color: var(--bad); }
@media (min-width: 60rem) {
  .frame { grid-template-columns: 17rem minmax(0, 1fr); gap: 3rem; }
  nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
`;
