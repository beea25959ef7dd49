#pragma once

#include <string_view>

namespace everbit::backtest::report {

inline constexpr std::string_view kStyle = R"css(
:root{color-scheme:light dark;--back:#fff;--text:#1b1f24;--dim:#5b6472;--edge:#d8dee6;--card:#f5f7fa;
--line:#1f6feb;--fall:#c5352b;--rise:#0a7d4f;--band:#9db2cc}
@media (prefers-color-scheme:dark){:root{--back:#0f1318;--text:#e6eaf0;--dim:#9aa5b4;--edge:#2b323c;
--card:#171c23;--line:#6aa6ff;--fall:#ff7b72;--rise:#3fd08f;--band:#45566e}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1100px;padding:16px;background:var(--back);color:var(--text);
font:15px/1.5 system-ui,"Apple SD Gothic Neo","Malgun Gothic","Noto Sans KR",sans-serif;
font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
h1{font-size:1.5rem;margin:.2em 0}h2{font-size:1.1rem;margin:2em 0 .6em}
.en,.dim{color:var(--dim)}.en{font-weight:400}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:8px;margin:1em 0;padding:0}
.cards div{background:var(--card);border:1px solid var(--edge);border-radius:8px;padding:8px 10px}
.cards dt{font-size:.8rem;color:var(--dim)}.cards dd{margin:0;font-size:1.1rem;font-weight:600}
.rise{color:var(--rise)}.fall{color:var(--fall)}
.chart{margin:0}.plot{position:relative;height:clamp(190px,34vw,300px);margin-right:92px}
.plot svg{width:100%;height:100%;display:block;overflow:visible}
.plot path{fill:none;vector-effect:non-scaling-stroke;stroke-linejoin:round}
.plot .grid{stroke:var(--edge);stroke-width:1}.plot .line{stroke:var(--line);stroke-width:1.6}
.plot .loss{fill:var(--fall);fill-opacity:.25;stroke:var(--fall);stroke-width:1}
.plot .band{stroke:var(--band);stroke-width:2}.plot .close{stroke:var(--dim);stroke-width:1}
.plot .buy{stroke:var(--rise);stroke-width:9;stroke-linecap:round}
.plot .sell{stroke:var(--fall);stroke-width:7;stroke-linecap:square}
.values{position:absolute;inset:0 -92px 0 auto;width:86px;font-size:.72rem;color:var(--dim)}
.values span{position:absolute;transform:translateY(-50%);white-space:nowrap}
.dates{display:flex;justify-content:space-between;margin-right:92px;font-size:.72rem;color:var(--dim)}
.legend{font-size:.85rem;color:var(--dim)}
.dot{display:inline-block;width:9px;height:9px;border-radius:50%;background:var(--rise)}
.dot.out{border-radius:0;background:var(--fall)}
.scroll{overflow-x:auto;border:1px solid var(--edge);border-radius:8px}
table{border-collapse:collapse;width:100%;font-size:.85rem}
th,td{padding:6px 9px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--edge)}
th{background:var(--card);font-weight:600}
th:first-child,td:first-child,.text{text-align:left}tr:last-child td{border-bottom:0}
@media (max-width:560px){body{padding:10px}.dates span:nth-child(even){display:none}
.plot,.dates{margin-right:72px}.values{inset:0 -72px 0 auto;width:68px}}
@media print{body{max-width:none}.scroll{overflow:visible}}
)css";

}  // namespace everbit::backtest::report
