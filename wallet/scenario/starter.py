"""The scenario that `prepaid scenario new` writes: short, commented, and it passes."""

from __future__ import annotations

from typing import Final

STARTER: Final = """\
# yaml-language-server: $schema=scenario.schema.json
# The line above lets an editor complete and check this file, once the schema lies beside it:
#   prepaid scenario schema --write scenario.schema.json
# Play it:
#   prepaid scenario run FILE
scenario: Anna uses her card once and ends it
zh: 安娜用了一次就退卡
tags: [first]

# Texts to be used as $name further down.
variables: {price: ¥1000}

# Who takes part. Merchants are through the gate before the first step.
actors:
  anna: consumer
  clinic: {role: merchant, name: 示例口腔}

# What is on sale. The system (here: suzhou) brings the rules of custody and refund.
system: suzhou
products:
  card: {of: clinic, kind: stored-value, price: $price}

# Played once for each row; columns are variables too.
examples:
- {used: ¥30, back: ¥970}
- {used: ¥400, back: ¥600}

steps:
- buy: {by: anna, product: card, as: a}
  expect:
    changes: {anna: -$price, wallet of anna: +$price}
    cards: {a: {status: open, held: $price}}

- use: {card: a, amount: $used}

- terminate: {card: a}
  expect:
    # Since the step began; `others` is everybody who is not named.
    changes: {anna: +$back, wallet of anna: any, others: any}
    cards: {a: {entitled: 0}}

# What must be refused says so, and must change nothing.
- use: {card: a, amount: $used}
  fails: card-not-open
"""
