"""Calls whose outputs have every key that commands print for programs: (the schema, the call)."""

from __future__ import annotations

from pathlib import Path

RULESETS = Path(__file__).resolve().parents[2] / "rulesets"

FILES = {
    "fee.rules": """field id: text
field income: money, required, at least 0
field phone: text, personal
field joined: date
field orders: list of order (amount: money, paid_on: date)
threshold rich = CNY 1000
outcome fee: money, else 0
outcome level: low < high
outcome order.alert: yes or no
rule "Rich" ("富裕"): if income > rich then fee = income * 0.5%, level = high because "earns {income}"
rule "New": if joined within the last 90 days then level = low
rule "Buyer": if count of orders where (amount > 10) >= 2 then level = high
for each order:
  if amount > 50 then alert = yes otherwise alert = no
""",
    "fee2.rules": """field id: text
field income: money, at least 0
outcome fee: money, else 0
outcome level: low < high
if income > 2000 then fee = income * 0.6%, level = high
""",
    "small.rules": """threshold line = CNY 1000
field income: money, at least 0, changeable
field age: whole number
outcome level: low < high
if income > line then level = high
if income <= line and age > 60 then level = high
""",
    "small2.rules": """field income: money, at least 0
field age: whole number
outcome level: low < high
if income > 1200 then level = high
if income <= 1200 and age > 60 then level = high
""",
    "gap.rules": "field x: number\noutcome o: one of a, b\nif x > 5 then o = a\nif x > 7 then o = b\n",
    "fee.samples.csv": "name,income,expect level\nA,5000,high\nB,10,high\n",
    "top.rules": "field v: number\noutcome top: yes or no\nif v in the top 50% then top = yes otherwise top = no\n",
    "c.csv": (
        "id,income,phone,joined,color\n1,5000.5,123,2026-05-01,red\n2,abc,,2020-01-01,red\n3,,,2030-01-01,\n"
        "4,-5,,,\n5,10,,2026-06-20,\n"
    ),
    "o.csv": "id,amount,paid_on\n1,20,2026-01-01\n1,60,2026-02-01\n9,5,2026-03-01\n1,x,2026-03-01\n",
    "s.csv": "income,age\n5000,30\n,70\n900,\n900,65\n1100,20\n",
    "v.csv": "v\n1\n2\n3\n",
}

AS_OF = "--as-of 2026-06-30"
LISTS = "--with orders=o.csv --key id"

CALLS: tuple[tuple[str, str], ...] = (
    ("run", f"run fee.rules c.csv {LISTS} {AS_OF} --each orders=each.csv -o decided.csv --rejects bad.csv --why"),
    ("run", "run top.rules v.csv"),
    ("run", f"run fee.rules c.csv --quality strict --findings f.csv {AS_OF}"),
    ("test", "test fee.rules --coverage"),
    ("test", "test small.rules --mutate --budget 1"),
    ("check", "check gap.rules small.rules fee.rules"),
    ("explain", f"explain fee.rules c.csv --row 2 {LISTS} {AS_OF} --each orders --margins"),
    ("explain", f"explain fee.rules c.csv --row 4 {LISTS} {AS_OF}"),
    ("explain", "explain small.rules income=900 age=20 --why-not high --margins"),
    ("explain", "explain small.rules income=900 --outcome level --why-not high"),
    ("worth-asking", "explain small.rules s.csv --worth-asking"),
    ("diff", "diff small.rules small2.rules"),
    ("diff", "diff small.rules small.rules"),
    ("diff-data", "diff small.rules small2.rules s.csv --limit any<=1%"),
    ("diff-data", "diff small.rules s.csv --set line=1 --limit any<=50%"),
    ("diff-data", f"diff fee.rules fee2.rules c.csv --key id {AS_OF}"),
    ("diff-history", f"diff fee2.rules --decisions decided.csv --key id {AS_OF}"),
    ("calendar", f'calendar fee.rules c.csv {AS_OF} --key id --within "90 days"'),
    ("verify", "verify kept.json small.rules"),
    ("verify", "verify kept.json small2.rules"),
    ("plugins", "plugins"),
    ("groups", f"groups value {RULESETS}/value/customers.csv --by spend_12m --by orders_12m --groups 3"),
    ("allocate", f"allocate allocation {RULESETS}/allocation/customers.csv --to {RULESETS}/allocation/managers.csv"),
    ("show", "show fee.rules"),
    ("show", "show aml/patterns"),
    ("show", "show lifecycle"),
    ("doctor", "doctor small.rules s.csv"),
    ("pack", "pack small.rules -o small.rulepack"),
    ("sql", "sql small.rules --dialect duckdb"),
    ("failure", "run nowhere.rules c.csv"),
    ("failure", "check small.rules --formt json"),
)
