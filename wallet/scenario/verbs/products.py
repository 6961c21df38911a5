"""What merchants offer: listed, taken off the list, under terms of the system or of their own."""

from __future__ import annotations

from typing import Any, ClassVar

from wallet.scenario.cast import put_on_sale
from wallet.scenario.values import Name, Words
from wallet.scenario.verb import Verb
from wallet.scenario.world import World
from wallet.services.form import register_form
from wallet.services.publish import withdraw


class Publish(Verb):
    """A merchant lists a product of this file that was not on sale yet, or lists it again."""

    word: ClassVar[str] = "publish"
    short: ClassVar[str] = "product"
    product: Name

    def title(self) -> tuple[str, str]:
        return f"{self.product} is listed", f"上架 {self.product}"

    def play(self, world: World) -> Any:
        return put_on_sale(world, self.product)


class Withdraw(Verb):
    """A product is taken off the list; cards already sold go on."""

    word: ClassVar[str] = "withdraw"
    short: ClassVar[str] = "product"
    product: Name
    by: Name | None = None
    """Somebody else than its merchant."""

    def title(self) -> tuple[str, str]:
        return f"{self.product} is taken off the list", f"下架 {self.product}"

    def play(self, world: World) -> Any:
        listing = world.product(self.product)
        by = world.signer(self.by or world.name_of(listing.terms.merchant))
        return withdraw(world.context, by, "0x" + listing.key.hex())


class RegisterForm(Verb):
    """An operator registers a standard form; clauses that are banned are refused."""

    word: ClassVar[str] = "register-form"
    text: Words
    heading: Words = "form"
    by: Name = "operator"

    def title(self) -> tuple[str, str]:
        return f"the form {self.heading} is registered", f"登记格式条款 {self.heading}"

    def play(self, world: World) -> Any:
        return register_form(world.context, world.signer(self.by), self.text, self.heading)
