"""Random documents within their bounds."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.eip712.strategies import addresses, words
from wallet.exchange import Document
from wallet.exchange.documents import Kind
from wallet.exchange.statements import DOCUMENTS

_visible = st.characters(categories=["L", "M", "N", "P", "S", "Zs"])
_texts = st.text(_visible, max_size=10)
_OF_KIND: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.ADDRESS: addresses,
    Kind.HASH: words,
    Kind.SALT: st.binary(min_size=16, max_size=16),
    Kind.AMOUNT: st.integers(0, 2**48 - 1),
    Kind.NUMBER: st.integers(0, 2**64 - 1),
    Kind.TEXT: _texts.filter(lambda text: len(text.encode()) <= 30),
    Kind.WORDS: st.text(_visible, max_size=90).filter(lambda text: len(text.encode()) <= 150),
    Kind.SIGNATURE: st.binary(min_size=1, max_size=512),
}
_SHORT = {**_OF_KIND, Kind.SIGNATURE: st.binary(min_size=64, max_size=65)}


def documents(*, fits_qr: bool = False) -> st.SearchStrategy[Document]:
    """Any document; with `fits_qr` signatures are those of keys."""
    table = _SHORT if fits_qr else _OF_KIND
    return st.one_of(
        [st.builds(kind, **{name: table[field] for name, field in kind.LAYOUT}) for kind in DOCUMENTS]
    )
