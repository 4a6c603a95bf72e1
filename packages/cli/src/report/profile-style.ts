/** What a profile needs besides the style sheet of reports. */
export const profileStyle = `
nav.columns { display:flex; flex-wrap:wrap; gap:4px 12px; margin:10px 0 16px; font-size:13px } nav.columns a { text-decoration:none; overflow-wrap:anywhere }
.cards { display:grid; grid-template-columns:repeat(auto-fill, minmax(min(300px, 100%), 1fr)); gap:14px } .card { border:1px solid var(--line); border-radius:8px; padding:12px 16px 14px; min-width:0; scroll-margin-top:12px }
.card h2 { font-size:16px; margin:0 } .card h3 { font-size:12px; font-weight:600; color:var(--soft); margin:10px 0 4px } .card > p.soft { margin:0; font-size:13px } .card table { font-size:12px }
dl { display:flex; flex-wrap:wrap; gap:4px 18px; margin:8px 0 } dl div { min-width:0 } dt { color:var(--soft); font-size:12px } dd { margin:0; font-variant-numeric:tabular-nums; overflow-wrap:anywhere }
.missing { height:5px; border-radius:3px; background:var(--line); overflow:hidden; margin:4px 0 8px } .missing i { display:block; height:100%; min-width:2px; background:var(--doubt) }
svg.histogram { display:block; width:100%; height:110px; margin-top:6px } svg.histogram .axis { stroke:var(--line); stroke-width:1 } .range { display:flex; justify-content:space-between; gap:12px; margin:2px 0 0; font-size:12px; color:var(--soft); font-variant-numeric:tabular-nums }
ul.bars { list-style:none; margin:0; padding:0; font-size:13px } ul.bars li { position:relative; display:flex; justify-content:space-between; gap:10px; padding:2px 6px; margin:2px 0 } ul.bars i { position:absolute; inset:0 auto 0 0; background:var(--candidate); opacity:.16; border-radius:3px } ul.bars span { position:relative; overflow-wrap:anywhere; min-width:0; white-space:pre-wrap } ul.bars b { position:relative; font-weight:500; white-space:nowrap; font-variant-numeric:tabular-nums }
table.matrix { font-size:12px } table.matrix th { font-weight:500; padding:3px 6px } td.r { text-align:right; padding:3px 6px; font-variant-numeric:tabular-nums } td.r.plus { background:color-mix(in srgb, var(--candidate) calc(var(--r) * 55%), transparent) } td.r.minus { background:color-mix(in srgb, var(--bad) calc(var(--r) * 55%), transparent) }
`;
