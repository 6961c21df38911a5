"""The JSON form of a document, and its files.

Reading refuses what writing would not produce: unknown, missing or repeated keys, wrong types, addresses
whose checksum fails, numbers with a fraction. Each refusal names the file, the line and the key.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NoReturn

from wallet.errors import EnvironmentFault, InvalidInput
from wallet.exchange.binary import MAGIC, from_bytes
from wallet.exchange.documents import (
    LIMITS,
    TEXTS,
    Authorisation,
    ChargeRequest,
    Document,
    Kind,
    check_field,
    invalid,
)
from wallet.exchange.statements import DOCUMENTS, SignedCertificate, Statement
from wallet.home import write_atomic

MAX_FILE_BYTES = 16_384
MAX_BRACKETS = 200

_BY_SCHEMA = {kind.SCHEMA: kind for kind in DOCUMENTS}
_HEX = re.compile(r"0x([0-9a-f]{2})*")


def to_json(document: Document) -> str:
    """Indented JSON text with the schema first. A charge also shows the hash it signs, for readers.

    Raises InvalidInput (`invalid-document`) if a field is out of its bounds.
    """
    document.check()
    fields: dict[str, Any] = {"schema": document.SCHEMA}
    for name, _ in document.LAYOUT:
        value = getattr(document, name)
        fields[name] = "0x" + value.hex() if isinstance(value, bytes) else value
    if isinstance(document, ChargeRequest):
        fields["charge"] = "0x" + document.reference.hash.hex()
    return json.dumps(fields, indent=2, ensure_ascii=False) + "\n"


def from_json(text: str, *, where: str = "document") -> Document:
    """Read the JSON form. Raises InvalidInput (`invalid-document`) naming `where`, line and key."""
    # The documents are flat, and the parser's own guard against deep nesting depends on the interpreter.
    if text.count("[") + text.count("{") > MAX_BRACKETS:
        raise _at(where, 1, "JSON", "nested too deeply")
    try:
        fields = json.loads(text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise _at(where, error.lineno, "JSON", error.msg) from None
    except InvalidInput as error:
        raise _in_text(where, text, error, last=True) from None
    except ValueError as error:  # a number of thousands of digits
        raise _at(where, 1, "JSON", str(error)) from None
    try:
        return _document(fields)
    except InvalidInput as error:
        raise _in_text(where, text, error) from None


def read_document(path: Path) -> Document:
    """A document from a JSON or binary file.

    Raises InvalidInput (`invalid-document`) naming the file, EnvironmentFault (`file-unreadable`).
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise EnvironmentFault(
            f"{path} cannot be read: {error.strerror}",
            hint="give the path of the file you received",
            code="file-unreadable",
            file=str(path),
        ) from error
    where = str(path)
    if len(data) > MAX_FILE_BYTES:
        raise invalid(where, f"longer than {MAX_FILE_BYTES} bytes, which no such document is")
    if data.startswith(MAGIC):
        return from_bytes(data, where=where)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise invalid(where, "neither JSON in UTF-8 nor the compact form") from None
    return from_json(text, where=where)


def write_document(path: Path, document: Document) -> None:
    """Write the JSON file whole or not at all, for its owner only: it names a treatment. FileUnwritable."""
    write_atomic(path, to_json(document))


def require_charge(document: Document, *, where: str = "document") -> ChargeRequest:
    """The document if it is a charge; InvalidInput (`invalid-document`) otherwise."""
    if isinstance(document, ChargeRequest):
        return document
    raise invalid(where, f"this is a {document.SCHEMA}, not a {ChargeRequest.SCHEMA}")


def require_certificate(document: Document, *, where: str = "document") -> SignedCertificate:
    """The document if it is a certificate; InvalidInput (`invalid-document`) otherwise."""
    if isinstance(document, SignedCertificate):
        return document
    raise invalid(where, f"this is a {document.SCHEMA}, not a {SignedCertificate.SCHEMA}")


def require_statement(document: Document, *, where: str = "document") -> Statement:
    """The document if it holds a dispute's words; InvalidInput (`invalid-document`) otherwise."""
    if isinstance(document, Statement):
        return document
    raise invalid(where, f"this is a {document.SCHEMA}, not a {Statement.SCHEMA}")


def require_authorisation(document: Document, *, where: str = "document") -> Authorisation:
    """The document if it authorises one charge; InvalidInput (`invalid-document`) otherwise."""
    if isinstance(document, Authorisation):
        return document
    raise invalid(where, f"this is a {document.SCHEMA}, not a {Authorisation.SCHEMA}")


def _document(fields: object) -> Document:
    if not isinstance(fields, dict):
        raise invalid("JSON", "not an object")
    schema = fields.get("schema")
    kind = _BY_SCHEMA.get(schema) if isinstance(schema, str) else None
    if kind is None:
        raise invalid("schema", f"{schema!r} is not one of {', '.join(_BY_SCHEMA)}")
    known = {"schema", *(name for name, _ in kind.LAYOUT)}
    if kind is ChargeRequest:
        known.add("charge")
    for name in fields:
        if name not in known:
            raise invalid(name, "unknown key")
    for name in sorted(known - set(fields)):
        raise invalid(name, "missing")
    values = {name: _value(name, field, fields[name]) for name, field in kind.LAYOUT}
    document = kind(**values)
    document.check()
    if isinstance(document, ChargeRequest) and fields["charge"] != "0x" + document.reference.hash.hex():
        raise invalid("charge", "it is not the hash of this salt and these words")
    return document


def _value(name: str, kind: Kind, value: object) -> object:
    if kind not in LIMITS and kind not in TEXTS and kind is not Kind.ADDRESS:
        if not isinstance(value, str) or _HEX.fullmatch(value) is None:
            raise invalid(name, f"{value!r} is not lower-case hexadecimal with 0x")
        value = bytes.fromhex(value[2:])
    check_field(name, kind, value)
    return value


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for name, value in pairs:
        if name in seen:
            raise invalid(name, "stands there twice")
        seen[name] = value
    return seen


def _no_constant(name: str) -> NoReturn:
    raise invalid("JSON", f"{name} is not a number")


def _at(where: str, line: int, field: str, reason: str) -> InvalidInput:
    return InvalidInput(
        f"{where}, line {line}: {field}: {reason}",
        hint="ask the sender for a new one",
        code="invalid-document",
        file=where,
        line=line,
        field=field,
    )


def _in_text(where: str, text: str, error: InvalidInput, *, last: bool = False) -> InvalidInput:
    """The same error with the line on which its key stands (the last such line for a repeated key)."""
    field, reason = str(error.values.get("field", "")), str(error.values.get("reason", error.message))
    if not field and ":" in error.message:  # an address says where it stands in its message
        field, _, reason = error.message.partition(": ")
    lines = [n for n, line in enumerate(text.split("\n"), 1) if f'"{field}"' in line]
    return _at(where, (lines[-1] if last else lines[0]) if lines else 1, field, reason)
