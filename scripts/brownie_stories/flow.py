"""The flow of benchmarks/flow.scenario.yaml, Brownie's way, as often as told: its time, for `make bench`.

`brownie run brownie_stories/flow main 10 FILE` writes the seconds of each to FILE; undone by Brownie's own
snapshot each time.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

from brownie import chain, run
from brownie.test.managers.runner import RevertContextManager

PRICE, USED = 100_000, 3_000


def main(times: str = "3", out: str = "") -> None:
    """Deploy once, then play."""
    here = run("deploy")
    sub_wallet = here.sub_wallet()
    seconds = []
    for number in range(int(times)):
        began = time.perf_counter()
        chain.snapshot()
        before = here.yuan.balanceOf(here.consumer)
        terms = here.terms(PRICE, salt=number + 1)
        here.yuan.approve(sub_wallet, PRICE, {"from": here.consumer})
        card = bytes(sub_wallet.open(terms.values(), {"from": here.consumer}).return_value)
        assert here.yuan.balanceOf(sub_wallet) == PRICE

        message = here.consumption(card, USED, USED, "C-17")
        here.consume(terms, message)
        assert here.yuan.balanceOf(here.merchant) == USED
        with RevertContextManager(revert_pattern="SubWallet_TotalsNotGrowing.*"):
            here.consume(terms, message)

        chain.sleep(20 * 86_400)
        chain.mine()
        sub_wallet.terminate(terms.values(), PRICE - USED, {"from": here.consumer})
        assert here.yuan.balanceOf(here.consumer) == before - USED
        assert here.yuan.balanceOf(sub_wallet) == 0
        chain.revert()
        seconds.append(time.perf_counter() - began)
    print(f"{int(times)} times, {sum(seconds) / len(seconds):.2f} s each")
    if out:
        Path(out).write_text(json.dumps(seconds), "utf-8")
