"""How the page looks, and its words."""

STYLE = """
:root { color-scheme: light dark; --ink: #1d2733; --soft: #5d6b7a; --paper: #fff; --edge: #d9e0e7; --bar: #2f6fb5;
  --panel: #f5f7fa }
@media (prefers-color-scheme: dark) { :root { --ink: #e3e9ef; --soft: #94a3b3; --paper: #14191f; --edge: #2c3642;
  --bar: #5b9bdf; --panel: #1b222b } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 62rem; padding: 2rem 1.5rem; background: var(--paper); color: var(--ink);
  font: 15px/1.55 system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC",
  sans-serif }
h1 { font-size: 1.6rem; margin: 0 } header p { color: var(--soft); margin: .2rem 0 1.4rem }
h2 { font-size: 1.15rem; margin: 0 0 .2rem } h3 { font-size: 1rem; margin: 1.2rem 0 .3rem }
section { margin: 0 0 2.2rem } section > p { color: var(--soft); margin: 0 0 .7rem }
.figures { display: flex; flex-wrap: wrap; gap: .8rem }
.figures div { flex: 1 1 8rem; border: 1px solid var(--edge); border-radius: .5rem; padding: .7rem 1rem;
  background: var(--panel) }
.figures b { display: block; font-size: 1.7rem; line-height: 1.2; font-variant-numeric: tabular-nums }
.figures span { color: var(--soft) }
svg { display: block; width: 100%; max-width: 670px; height: auto; font-size: 13px }
svg text { fill: var(--ink) } svg .count { fill: var(--soft); font-variant-numeric: tabular-nums }
svg rect { fill: var(--bar) }
.standings { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; margin: .5rem 0 0; font-size: .9rem }
.standings .s1, .standings .s2, .standings .s3 { font-style: italic }
.wide { overflow-x: auto } table { border-collapse: collapse; width: 100%; font-size: .9rem }
th, td { text-align: left; padding: .35rem .7rem .35rem 0; border-bottom: 1px solid var(--edge); vertical-align: top }
th { font-weight: 600; color: var(--soft) } .n { text-align: right; font-variant-numeric: tabular-nums }
ul { margin: .5rem 0; padding-left: 1.2rem; color: var(--soft) }
footer { color: var(--soft); font-size: .85rem; border-top: 1px solid var(--edge); padding-top: .7rem }
@media print { body { max-width: none; padding: 0 } section { break-inside: avoid } }
"""

WORDS = {
    "en": {
        "title": "Customers",
        "as of": "as of ",
        "customers": "customers",
        "rejected": "rows that can't be read",
        "overdue": "overdue",
        "soon": "due within 30 days",
        "findings": "findings in the data",
        "other": "other values",
        "total": "total ",
        "least": "least ",
        "greatest": "greatest ",
        "between": ", ",
        "due": "Due first",
        "by class": "Customers by class",
        "open": "not decided",
        "first": "The first {count} customers.",
        "quality": "Data quality",
        "checks": "check|field|rows|share|first rows",
        "sound": "Nothing fails the checks of the vocabulary.",
        "missing": "Missing values",
        "fields": "field|rows|share",
        "never": "Rules that never applied",
        "overruled": "Rules that matched, but another rule decided",
        "made by": "Made by rulelang; fingerprint of the rules",
    },
    "zh": {
        "title": "客户",
        "as of": "基准日",
        "customers": "客户",
        "rejected": "读不了的行",
        "overdue": "已逾期",
        "soon": "30天内到期",
        "findings": "数据问题",
        "other": "其他",
        "total": "合计",
        "least": "最小",
        "greatest": "最大",
        "between": "，",
        "due": "最先到期",
        "by class": "各类客户",
        "open": "尚未确定",
        "first": "仅列前{count}位客户。",
        "quality": "数据质量",
        "checks": "检查|字段|行数|占比|前几行",
        "sound": "数据符合词汇的全部要求。",
        "missing": "缺失的值",
        "fields": "字段|行数|占比",
        "never": "从未用到的规则",
        "overruled": "条件成立、但由别的规则决定的规则",
        "made by": "由rulelang生成；规则指纹",
    },
}
