"""A preset on this platform: its standard form registered, its products as terms that a merchant can list.

What the preset demands at the gate is `office.adopt`'s to put into force; nothing here checks it.
"""

from __future__ import annotations

from dataclasses import replace

from wallet.address import ZERO_ADDRESS
from wallet.bindings.runtime import ask
from wallet.errors import InvalidInput
from wallet.keccak import keccak256
from wallet.services.context import Context
from wallet.services.form import Form, register_form
from wallet.services.publish import terms_for
from wallet.signing.signer import Signer
from wallet.systems.form import form_of, title_of
from wallet.systems.load import Preset
from wallet.systems.model import Product, System
from wallet.systems.numbers import CONDITIONS, numbers_of
from wallet.terms import Terms


def register_preset_form(context: Context, operator: Signer, preset: Preset) -> Form:
    """Admit the preset's own standard form; nothing happens if it was before."""
    return register_form(context, operator, form_of(preset), title_of(preset), source=preset.file)


def form_hash(preset: Preset) -> bytes:
    """What the terms of the preset's products carry as `form`."""
    return keccak256(form_of(preset).encode())


def product_terms(
    context: Context,
    preset: Preset,
    system: System,
    product: Product,
    *,
    merchant: str,
    payee: str = ZERO_ADDRESS,
    certifier: str = ZERO_ADDRESS,
) -> Terms:
    """Terms of a product under `system`, the preset as it is in the product's sector (`Preset.product`).

    Raises InvalidInput: `form-missing` before the preset's form is registered, `certifier-missing` where the
    preset releases on conditions and nobody is named who certifies them, `invalid-product`.
    """
    form = form_hash(preset)
    if not ask(context.chain, context.catalogue.is_form(form)):
        raise InvalidInput(
            f"the standard form of {preset.label} is not registered here",
            hint=f"`prepaid system form {preset.label} --register`, by an operator",
            code="form-missing",
            system=preset.label,
        )
    made = numbers_of(system, product)
    if made.numbers["trigger"] == CONDITIONS and certifier == ZERO_ADDRESS:
        raise InvalidInput(
            f"{preset.label} releases on conditions, and nobody is named who certifies them",
            hint="name somebody who is neither merchant nor payee with --certifier",
            code="certifier-missing",
            system=preset.label,
        )
    numbers = dict(made.numbers)
    principal, params0, params1 = (numbers.pop(name, 0) for name in ("principal", "params0", "params1"))
    bare = terms_for(
        context,
        merchant=merchant,
        template=made.template,
        principal=principal,
        params0=params0 or 1,  # set below: `terms_for` would count sessions for itself
        params1=params1,
        form=form,
    )
    return replace(bare, params0=params0, payee=payee, certifier=certifier).change(**numbers)
