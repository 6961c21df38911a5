"""The standard typed-data JSON of a message, for wallets that are not ours, and strict reading back.

Numbers are decimal strings, since JSON numbers lose digits above 2**53 in JavaScript wallets.
"""

from __future__ import annotations

from typing import Any

from wallet.address import parse_address
from wallet.eip712 import messages
from wallet.eip712.domain import DOMAIN_FIELDS, Domain
from wallet.eip712.schema import Message, Value
from wallet.errors import InvalidInput


def _types() -> dict[str, type[Message]]:
    from wallet.terms import Terms

    known: tuple[type[Message], ...] = (
        Terms,
        messages.Consume,
        messages.Voucher,
        messages.Terminate,
        messages.BumpEpoch,
        messages.Redirect,
        messages.Transfer,
        messages.Charge,
        messages.Certificate,
        messages.DisputeStep,
        messages.Permit,
        messages.ReceiveWithAuthorization,
    )
    return {kind.SCHEMA.name: kind for kind in known}


def _write(value: Value) -> str:
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return str(value)


def _pairs(fields: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"name": name, "type": kind} for name, kind in fields]


def to_typed_data(message: Message, domain: Domain) -> dict[str, Any]:
    """The document `eth_signTypedData_v4` takes: types, primaryType, domain, message."""
    schema = message.SCHEMA
    return {
        "types": {"EIP712Domain": _pairs(DOMAIN_FIELDS), schema.name: _pairs(schema.fields)},
        "primaryType": schema.name,
        "domain": {
            "name": domain.name,
            "version": domain.version,
            "chainId": domain.chain_id,
            "verifyingContract": domain.verifying_contract,
        },
        "message": {
            name: _write(value) for (name, _), value in zip(schema.fields, message.values(), strict=True)
        },
    }


def _bad(where: str, reason: str) -> InvalidInput:
    return InvalidInput(f"typed data: {where}: {reason}", code="invalid-message", field=where)


def _read(where: str, kind: str, value: object) -> Value:
    if kind == "address":
        return parse_address(value, where=where)
    if kind == "bytes32":
        if not isinstance(value, str) or len(value) != 66 or not value.startswith("0x"):
            raise _bad(where, f"{value!r} is not 32 bytes in hexadecimal")
        try:
            return bytes.fromhex(value[2:])
        except ValueError:
            raise _bad(where, f"{value!r} is not hexadecimal") from None
    number = value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 78:
        number = int(value)
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 1 << 256:
        raise _bad(where, f"{value!r} is not a whole number below 2**256")
    return number


def from_typed_data(document: dict[str, Any]) -> tuple[Message, Domain]:
    """Read a typed-data document of one of our messages.

    Its types must be exactly ours: a document that renames or reorders a field would be signed as something
    else. Raises InvalidInput (`invalid-message`) naming the field.
    """
    try:
        name, types = document["primaryType"], document["types"]
        domain, body = document["domain"], document["message"]
        chain = int(domain["chainId"])
        where_for = Domain(domain["name"], domain["version"], chain, domain["verifyingContract"])
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise _bad("document", f"{error!r}") from None
    kinds = _types()
    if name not in kinds:
        raise _bad("primaryType", f"{name!r} is not one of {', '.join(sorted(kinds))}")
    schema = kinds[name].SCHEMA
    if types != {"EIP712Domain": _pairs(DOMAIN_FIELDS), name: _pairs(schema.fields)}:
        raise _bad("types", f"they differ from {schema.type_string}")
    if not isinstance(body, dict) or set(body) != {field for field, _ in schema.fields}:
        raise _bad("message", f"its fields are not those of {schema.type_string}")
    values = [_read(field, kind, body[field]) for field, kind in schema.fields]
    return kinds[name](**dict(zip(schema.attributes, values, strict=True))), where_for
