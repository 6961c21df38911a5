"""A run as it could have been: Suzhou's card told to its end, and one case of every other outcome.

Made by hand from the rules (a use of u at face value f costs ⌊u·p/f⌋ cumulatively), so that reports can be
tested without a chain. `hostile()` says the same in words that attack whoever shows them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from wallet.scenario.result import (
    CardLook,
    CaseResult,
    Event,
    Failure,
    Look,
    Mismatch,
    Problem,
    RunResult,
    Sent,
    Signed,
    StepResult,
)

NOON = int(datetime(2030, 1, 1, 4, tzinfo=UTC).timestamp())
DAY = 86_400
PRICE, FACE = 100_000, 130_000
FILE = "scripts/scenarios/exit/after-one-visit.scenario.yaml"


@dataclass
class Telling:
    """Money and one card, told step by step."""

    file: str = FILE
    custody: int = 10_000
    at: int = NOON
    balances: dict[str, int] = field(
        default_factory=lambda: {"anna": 150_000, "示例口腔": 0, "platform": 0, "wallet of anna": 0}
    )
    cards: dict[str, CardLook] = field(default_factory=dict)
    merchants: dict[str, str] = field(default_factory=lambda: {"示例口腔": "approved"})
    steps: list[StepResult] = field(default_factory=list)

    def look(self) -> Look:
        return Look(self.at, dict(self.balances), dict(self.cards), dict(self.merchants))

    def move(self, source: str, target: str, fen: int) -> None:
        self.balances[source] -= fen
        self.balances[target] = self.balances.get(target, 0) + fen

    def step(self, verb: str, title: tuple[str, str], before: Look, **more: Any) -> None:
        number = len(self.steps) + 1
        ok = more.pop("ok", True)
        self.steps.append(
            StepResult(number, self.file, 14 + 3 * number, verb, title, ok, before, self.look(), **more)
        )

    def sent(self, by: str, to: str, purpose: str, gas: int, error: str = "") -> Sent:
        return Sent(f"0x{len(self.steps):02x}{gas:062x}", by, to, purpose, gas, not error, error)

    def buy(self) -> None:
        before = self.look()
        held = PRICE * self.custody // 10_000
        self.move("anna", "wallet of anna", PRICE)
        self.move("wallet of anna", "示例口腔", PRICE - held)
        self.cards["a"] = CardLook("open", "fen", PRICE, 0, 0, PRICE - held, held, PRICE, PRICE - held, 0, 0)
        self.step(
            "buy",
            ("anna buys product card, as a", "anna 购买产品 card，记作 a"),
            before,
            signed=(
                Signed("anna", "Purchase", "a", {"price": PRICE, "face": FACE}),
                Signed("anna", "ReceiveWithAuthorization", "", {"value": PRICE}),
            ),
            sent=(
                self.sent("relay", "SubWalletFactory.create", "create", 96_412),
                self.sent("relay", "wallet of anna.open", "buy", 143_207),
            ),
            events=(
                Event("wallet of anna", "Opened", {"card": "a", "merchant": "示例口腔", "principal": PRICE}),
            ),
            gives={"card": "a", "frozen": held},
        )

    def use(self, fen: int, days: int = 0) -> None:
        if days:
            self.advance(days)
        before = self.look()
        card = self.cards["a"]
        used = card.used + fen
        earned = used * PRICE // FACE
        pay = min(card.held, max(0, earned - card.released))
        self.move("wallet of anna", "示例口腔", pay)
        entitled = PRICE - earned
        held = card.held - pay
        self.cards["a"] = replace(
            card, used=used, listed=used, released=card.released + pay, held=held, entitled=entitled,
            shortfall=max(0, entitled - held),
        )  # fmt: skip
        self.step(
            "use",
            (f"anna uses {fen / 100:.2f} yuan of card a", f"anna 使用卡 a 的 {fen / 100:.2f} 元"),
            before,
            signed=(
                Signed("示例口腔", "Charge", "a", {"usedAfter": used}),
                Signed("anna", "Consume", "a", {"usedAfter": used, "maxPay": pay}),
            ),
            sent=(self.sent("示例口腔", "wallet of anna.consume", "consume", 71_330 + fen % 977),),
            events=(Event("wallet of anna", "Consumed", {"card": "a", "used": used, "paid": pay}),),
        )

    def advance(self, days: int) -> None:
        before = self.look()
        self.at += days * DAY
        self.step("advance", (f"{days} day{'s' * (days > 1)} go by", f"过去 {days} 天"), before)

    def refused_charge(self) -> None:
        before = self.look()
        self.step(
            "use",
            ("anna uses 2,000.00 yuan of card a", "anna 使用卡 a 的 2,000.00 元"),
            before,
            signed=(Signed("示例口腔", "Charge", "a", {"usedAfter": 311_650}),),
            error=Problem(
                "card-balance",
                "2000.00 yuan are asked of card a, 1183.50 are left",
                "charge at most 1183.50",
                {"card": "a", "asked": 200_000, "left": 118_350},
            ),
        )

    def terminate(self, **more: Any) -> None:
        before = self.look()
        card = self.cards["a"]
        self.move("wallet of anna", "anna", card.held)
        self.cards["a"] = replace(
            card,
            status="short" if card.shortfall else "closed",
            held=0,
            entitled=card.shortfall,
            epoch=1,
        )
        self.step(
            "terminate",
            ("anna ends card a", "anna 退卡 a"),
            before,
            signed=(Signed("anna", "Terminate", "a", {"minRefund": card.held}),),
            sent=(self.sent("relay", "wallet of anna.terminate", "terminate", 64_981),),
            events=(
                Event(
                    "digital yuan", "Transfer", {"from": "wallet of anna", "to": "anna", "value": card.held}
                ),
                Event("wallet of anna", "Ended", {"card": "a", "refund": card.held}),
            ),
            gives={"refund": card.held},
            **more,
        )

    def consume_old(self) -> None:
        before = self.look()
        self.step(
            "consume",
            ("示例口腔 carries an old document of card a", "示例口腔 提交卡 a 的旧单据"),
            before,
            sent=(
                self.sent("示例口腔", "wallet of anna.consume", "consume", 33_118, "SubWallet_CardNotOpen"),
            ),
            error=Problem(
                "sub-wallet-card-not-open",
                "card a is not open (closed)",
                "prepaid card show a",
                {"card": "a"},
            ),
        )


def passed() -> CaseResult:
    """Bought, used three times, a charge too large, ended, an old document refused."""
    told = Telling()
    told.buy()
    told.use(3_000)
    told.use(8_650, days=3)
    told.refused_charge()
    told.use(2_600, days=27)
    told.terminate()
    told.consume_old()
    return CaseResult(
        "anna-ends-her-card-after-three-visits",
        ("Anna ends her card after three visits", "安娜用过三次后退卡"),
        FILE, 1, ("exit", "stored-value", "suzhou"), ("row 8", "row 10", "pitfall terminate-against-consume"),
        "suzhou", "revm", 1, "passed", tuple(told.steps), seconds=0.412,
    )  # fmt: skip


def failed() -> CaseResult:
    """The refund is 23.07 yuan other than written."""
    told = Telling(file="scripts/scenarios/exit/wrong.scenario.yaml")
    told.buy()
    told.use(3_000, days=1)
    told.terminate(ok=False)
    last = told.steps[-1]
    failure = Failure(
        last.file, 27, "step 4: terminate {card: a}",
        (
            Mismatch("gives.refund", "¥1,000.00", "¥976.93", 25),
            Mismatch("balances.anna", "¥1,500.00", "¥1,476.93", 27),
        ),
        None, told.at, last.before, last.after, last.events,
        "relay\n└─ wallet of anna (SubWallet).terminate(terms, 0, 97693, …)  64,981 gas\n"
        "   ├─ StoredValue.entitlement(terms, usage, consumer) → 97693\n"
        "   ├─ MerchantRegistry.statusOf(示例口腔) → approved\n"
        "   └─ DigitalYuan.transfer(anna, 97693) → true",
        "prepaid scenario run scripts/scenarios/exit/wrong.scenario.yaml::anna-ends-her-card --seed 1",
    )  # fmt: skip
    return CaseResult(
        "anna-ends-her-card", ("Anna gets everything back after one visit", "安娜用过一次仍全额退款"),
        told.file, 1, ("exit", "suzhou"), ("row 8",), "suzhou", "revm", 1, "failed", tuple(told.steps),
        failure, seconds=0.287,
    )  # fmt: skip


def short() -> CaseResult:
    """Seven tenths in custody: what is held falls behind what is owed."""
    told = Telling(file="scripts/scenarios/guarantee/runaway.scenario.yaml", custody=7_000)
    told.buy()
    for days in (12, 20, 31, 40):
        told.use(5_200, days=days)
    told.advance(17)
    told.merchants["示例口腔"] = "stopped"
    told.terminate()
    return CaseResult(
        "a-runaway-leaves-a-gap", ("A runaway leaves a gap that the pool pays", "商户跑路，缺口由保险池代偿"),
        told.file, 3, ("guarantee", "stored-value"), ("row 21",), "chengdu/insured", "revm", 1, "passed",
        tuple(told.steps), seconds=0.655,
    )  # fmt: skip


def broken() -> CaseResult:
    """The file asks for an actor that is not there."""
    file = "scripts/scenarios/exit/unknown.scenario.yaml"
    problem = Problem(
        "scenario-name",
        f"{file}:19: nobody is called 'ann'",
        "known are anna, clinic, relay",
        {"name": "ann"},
    )
    failure = Failure(
        file, 19, "step 2: use {card: a, by: ann}", (), problem, NOON, None, None, (), "",
        f"prepaid scenario run {file}:19 --seed 1",
    )  # fmt: skip
    told = Telling(file=file)
    told.buy()
    return CaseResult(
        "nobody-by-that-name", ("Nobody by that name", "查无此人"),
        file, 2, ("exit",), (), "suzhou", "revm", 1, "broken", tuple(told.steps), failure, seconds=0.051,
    )  # fmt: skip


def skipped() -> CaseResult:
    """This chain cannot forget blocks."""
    return CaseResult(
        "the-chain-changes-its-mind", ("The chain changes its mind", "链发生重组"),
        "scripts/scenarios/faults/reorganisation.scenario.yaml", 2, ("faults",), (), "suzhou", "revm", 1,
        "skipped", reason="revm cannot reorganise: play it on anvil",
    )  # fmt: skip


def run() -> RunResult:
    """One of each."""
    return RunResult("revm", 1, (passed(), short(), failed(), broken(), skipped()), 1.6)


def many(count: int = 100) -> RunResult:
    """As many as the shipped set, most of them well."""
    kinds = [passed(), short(), passed(), short(), skipped(), passed(), failed()]
    cases = tuple(
        replace(kinds[i % len(kinds)], name=f"case-{i}", system=f"system-{i % 25}") for i in range(count)
    )
    return RunResult("revm", 1, cases, 24.0)


ATTACKS = (
    "</script><script>document.title='taken'</script>",
    '"><img src=x onerror="document.title=\'taken\'">',
    "</style><style>*{display:none}</style>",
    "price \u202e00.1¥ is \u2066¥1.00\u2069",
    "]]>&amp;<!--{{ 7*7 }}{% raw %}",
    "javascript:document.title='taken'",
    "' onmouseover='document.title=1' x='",
    "\x00\x07\x1b[31m\r\n\ud800\ufffe",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3,
    "预付费卡" * 60,
    "مرحبا بالعالم",
    "e\u0301\u0302\u0303" * 30,
)


def hostile() -> RunResult:
    """Every text of a run replaced by an attack, in turn."""
    turn = iter(range(10**9))

    def worse(value: Any) -> Any:
        if isinstance(value, str):
            return ATTACKS[next(turn) % len(ATTACKS)] if value else value
        if isinstance(value, tuple):
            return tuple(worse(one) for one in value)
        if isinstance(value, dict):
            return {f"{worse(key)}{i}": worse(one) for i, (key, one) in enumerate(value.items())}
        if hasattr(value, "__dataclass_fields__"):
            kept = {"status"} if isinstance(value, CaseResult) else set()
            names = [name for name in value.__dataclass_fields__ if name not in kept]
            return replace(value, **{name: worse(getattr(value, name)) for name in names})
        return value

    result: RunResult = worse(run())
    return result
