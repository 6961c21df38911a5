"""The code at a shop's door: which merchant and which of its stores, for whoever wants to look up a balance.

Text that any scanner shows, `prepaid:store/1/<chain id>/<merchant>/<store>`. It proves nothing and moves
nothing: what is shown after scanning comes from the chain and from the scanning consumer's own cards.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from wallet.address import parse_address
from wallet.exchange.documents import invalid
from wallet.exchange.qr import read_code, write_code

_FORM = re.compile(r"prepaid:store/1/([1-9][0-9]{0,18})/(0x[0-9a-fA-F]{40})/([0-9]{1,6})")


@dataclass(frozen=True, slots=True)
class StoreSign:
    """One store of one merchant on one chain; store 0 is the merchant as a whole."""

    chain_id: int
    merchant: str
    store: int = 0

    @property
    def text(self) -> str:
        return f"prepaid:store/1/{self.chain_id}/{self.merchant}/{self.store}"

    @classmethod
    def parse(cls, text: str, *, where: str = "code") -> Self:
        """Read a sign's text; InvalidInput `invalid-document` if it is none."""
        match = _FORM.fullmatch(text)
        if match is None:
            raise invalid(where, "this is not the code of a store")
        merchant = parse_address(match[2], where=where, checksum_required=True)
        return cls(int(match[1]), merchant, int(match[3]))

    def write_png(self, path: Path) -> None:
        """A PNG of the code. Raises FileUnwritable."""
        write_code(path, self.text.encode())

    @classmethod
    def read_png(cls, path: Path) -> Self:
        """The sign in a picture; errors as in `wallet.exchange.qr.read_qr`."""
        try:
            text = read_code(path).decode("ascii")
        except UnicodeDecodeError:
            raise invalid(str(path), "this is not the code of a store") from None
        return cls.parse(text, where=str(path))
