"""Standard forms: what consumers read, and the hash of it that contracts know.

One short form to start with; a platform registers its own, once the lint finds nothing banned in it. A form
is its text, to the byte: change one protected word and the hash is another, which no product may name.
"""

from __future__ import annotations

from dataclasses import dataclass

from wallet.bindings.events import FormRegistered
from wallet.bindings.runtime import ask
from wallet.errors import InvalidInput
from wallet.keccak import keccak256
from wallet.services.context import Context
from wallet.services.sending import send
from wallet.signing.signer import Signer

MAX_TITLE_BYTES = 100

TITLE = "预付式消费标准合同 (prepaid-consumption standard form) 1"

TEXT = """预付式消费标准合同(实验用)

一、预付款冻结在消费者本人的子钱包中，未经消费者签名，不付给商户。
二、每次消费按消费者签名的金额付给商户；签名只能用一次，过期作废。
三、消费者可以随时终止合同，余款当即退回；退款算法见产品条款。
四、商户停业、迁址或者不能履行的，按有利于消费者的算法退款。
五、本合同条款以链上登记的十二项产品条款为准。

Prepaid-consumption standard form (laboratory)

1. What is prepaid is frozen in the consumer's own sub-wallet; without the consumer's signature none of it
   goes to the merchant.
2. Each consumption moves what the consumer signed for; a signature works once and lapses.
3. The consumer may end the contract at any time, and the rest comes back at once, by the product's formula.
4. If the merchant stops, moves away or cannot perform, the formula that is better for the consumer applies.
5. The twelve product terms on the chain are the contract.
"""

HASH = keccak256(TEXT.encode())
"""What `Terms.form` holds."""


@dataclass(frozen=True, slots=True)
class Form:
    """A registered form; `form` is the hash of its text (0x…), `new` false if it was known before."""

    form: str
    title: str
    new: bool = False
    transaction: str = ""


def register_form(context: Context, operator: Signer, text: str, title: str, *, source: str = "form") -> Form:
    """Admit a form by its hash. `source` names the file in errors.

    Raises InvalidInput `form-banned` where the lint finds a banned clause or misses a required one.
    """
    from wallet.forms import lint  # its patterns take longer to compile than most commands run

    if not 0 < len(title.encode()) <= MAX_TITLE_BYTES:
        raise InvalidInput(
            f"form title: {title!r} is empty or longer than {MAX_TITLE_BYTES} bytes",
            hint="use the title consumers read",
            code="invalid-name",
            value=title,
            most=MAX_TITLE_BYTES,
        )
    report = lint(text)
    if not report.ok:
        where = ", ".join(f"{source}:{one.line} ({one.kind})" for one in report.findings)
        where = where or f"{source} (no refund for a consumer who leaves)"
        raise InvalidInput(
            f"the form may not be used: {where}",
            hint="`prepaid form lint FILE` shows each clause and what to write instead",
            code="form-banned",
            where=where,
        )
    key = keccak256(text.encode())
    if ask(context.chain, context.catalogue.is_form(key)):
        return Form("0x" + key.hex(), title)
    receipt = send(
        context, operator, context.catalogue.register_form(key, title), f"register form {title}"
    ).receipt
    return Form("0x" + key.hex(), title, True, "0x" + receipt.tx_hash.hex())


def list_forms(context: Context) -> list[Form]:
    """Every form that was ever registered, oldest first."""
    logs = context.chain.logs(context.platform.catalogue, [FormRegistered.TOPIC], context.platform.block)
    return [Form("0x" + event.form.hex(), event.title) for event in map(FormRegistered.decode, logs)]


def find_form(context: Context, wanted: str) -> Form:
    """The registered form with this hash, start of a hash (0x…) or exact title.

    Raises InvalidInput `unknown-form`: a text of which one word was changed has another hash.
    """
    known = {one.form: one for one in list_forms(context)}
    hits = [one for one in known.values() if one.title == wanted]
    start = wanted.lower().removeprefix("0x")
    hits = hits or [one for key, one in known.items() if len(start) >= 4 and key[2:].startswith(start)]
    if len(hits) != 1:
        raise InvalidInput(
            f"form: {wanted!r} " + ("fits several forms" if hits else "is not registered"),
            hint="`prepaid form list` shows titles and hashes; `prepaid form register` admits a text",
            code="unknown-form",
            value=wanted,
        )
    return hits[0]
