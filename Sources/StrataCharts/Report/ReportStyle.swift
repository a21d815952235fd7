/// The look of a report: the type and the two themes of the pictures.
///
/// Each picture stands three times in the page, laid out for three widths, and a media query shows the one that
/// fits: text in pictures keeps its size on a telephone, and no script is needed.
enum ReportStyle {
  static let text = """
    :root{--ground:#ffffff;--raised:#f5f7f9;--ink:#1b2026;--quiet:#59636e;--line:#dde2e7;--link:#005a8c;--mark:#d55e00}
    @media (prefers-color-scheme:dark){:root{--ground:#14181c;--raised:#1c2127;--ink:#e8ebee;--quiet:#a0a9b2;--line:#343b43;--link:#7cc4f0;--mark:#f58b4c}}
    @media print{:root{--ground:#ffffff;--raised:#f5f7f9;--ink:#1b2026;--quiet:#59636e;--line:#dde2e7;--link:#005a8c;--mark:#d55e00}}
    *{box-sizing:border-box}
    html{background:var(--ground);color:var(--ink);font:16px/1.55 \(TextMetrics.fontFamily);-webkit-text-size-adjust:100%}
    body{margin:0}
    main{max-width:968px;margin:0 auto;padding:24px}
    h1{font-size:1.75rem;line-height:1.2;margin:.4em 0 .2em;overflow-wrap:anywhere}
    h2{font-size:1.25rem;line-height:1.3;margin:2.2em 0 .6em;padding-top:.5em;border-top:1px solid var(--line);overflow-wrap:anywhere}
    p,li{max-width:70ch;overflow-wrap:anywhere}
    p{margin:.6em 0}
    a{color:var(--link)}
    .subtitle,footer,figcaption,caption{color:var(--quiet)}
    nav ul{display:flex;flex-wrap:wrap;gap:.2em 1.2em;padding:0;list-style:none;font-size:.9rem}
    pre,.table{overflow:auto;border:1px solid var(--line);border-radius:6px;margin:1em 0}
    pre{background:var(--raised);padding:12px 16px;font:13px/1.5 ui-monospace,Menlo,Consolas,'Liberation Mono',monospace}
    .table.long{max-height:560px}
    table{border-collapse:collapse;width:100%;font-size:.84rem;font-variant-numeric:tabular-nums}
    caption{text-align:left;padding:8px 12px}
    th,td{padding:5px 12px;text-align:left;white-space:nowrap}
    thead th{position:sticky;top:0;background:var(--raised);border-bottom:1px solid var(--line);font-weight:700}
    tbody th{font-weight:400}
    tbody tr+tr>*{border-top:1px solid var(--line)}
    .number{text-align:right}
    .notice{border-left:4px solid var(--mark);background:var(--raised);padding:8px 14px;border-radius:0 4px 4px 0}
    figure{margin:1.4em 0}
    figure>div{margin:0 -14px}
    figure svg{display:block;width:100%;height:auto}
    figcaption{font-size:.88rem;max-width:75ch;margin-top:.4em}
    footer{margin-top:3em;font-size:.84rem}
    .middle,.wide{display:none}
    @media (min-width:520px){.narrow{display:none}.middle{display:block}}
    @media (min-width:840px){.middle{display:none}.wide{display:block}}
    @media print{.narrow,.wide{display:none}.middle{display:block}section,figure{break-inside:avoid}.table.long{max-height:none}}

    """
}
