/** What the live page adds to the style sheet of reports. */
export const liveStyle = `
header { display:flex; flex-wrap:wrap; gap:2px 14px; align-items:baseline } header p { margin:0 } main { padding-top:18px } section { margin:0 0 6px; min-height:24px }
#lost { position:sticky; top:0; z-index:1; margin:0 0 8px; padding:8px 14px; border-radius:4px; background:var(--bad); color:var(--paper); font-weight:600 } #lost[hidden] { display:none }
.now { font-size:16px; background:var(--panel); border-left:4px solid var(--champion); border-radius:3px; padding:8px 14px; margin:10px 0; overflow-wrap:anywhere } .now.busy { border-color:var(--candidate) } .now.hindered { border-color:var(--doubt) }
.route { display:flex; flex-wrap:wrap; gap:8px 0; list-style:none; margin:10px 0; padding:0 } .route li { display:flex; align-items:center } .route li + li::before { content:"→"; color:var(--soft); margin:0 10px }
.stop { border:1.5px solid var(--line); border-radius:14px; padding:2px 12px; background:var(--panel) } .stop.good { border-color:var(--good) } .stop.bad { border-color:var(--bad) } .stop.doubt { border-color:var(--doubt) } .stop.busy { border-color:var(--candidate); border-style:dashed } .stop small { margin-left:6px }
td.good { color:var(--good) } td.bad { color:var(--bad) } td.doubt { color:var(--doubt) } td.busy { color:var(--candidate) }
.log { font:13px/1.5 ui-monospace, SFMono-Regular, Menlo, monospace; list-style:none; margin:8px 0; padding:0 } .log li { padding:1px 0; overflow-wrap:anywhere } .log time { color:var(--soft); margin-right:10px } .log .trouble { color:var(--bad) }
.monitor { border-top:1px solid var(--line); padding:8px 0 } .monitor h3 { margin:4px 0 } svg.bars { display:block; width:300px; height:150px }
@media (prefers-reduced-motion: no-preference) { .stop.busy { animation:breathe 1.6s ease-in-out infinite alternate } @keyframes breathe { to { background:var(--paper) } } }
`;
