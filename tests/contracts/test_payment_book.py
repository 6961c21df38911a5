"""Payments that say what they are for: `payment_book.tree`."""

from __future__ import annotations

from tests.contracts.harness import World, raises

WHAT, ABOUT = b"refund interest".ljust(32, b"\0"), b"\x07" * 32


def test_payment_book_pays_and_enters_what_the_payment_was_for(world: World) -> None:
    book = world.deploy("PaymentBook")
    world.fund(world.shop, 500)
    world.yuan.approve(book, 500, sender=world.shop)
    had = world.balance(world.alice)
    book.pay(world.yuan, world.alice, 152, WHAT, ABOUT, sender=world.shop)
    (event,) = world.named("PaymentEntered")
    assert event.args == {
        "what": WHAT, "about": ABOUT, "from": world.shop.address, "to": world.alice.address,
        "token": world.yuan.address, "amount": 152,
    }  # fmt: skip
    assert (world.balance(world.alice) - had, world.balance(world.shop)) == (152, 348)


def test_payment_book_moves_nobody_elses_money(world: World) -> None:
    """An allowance to the book serves the one who gave it, whoever else asks."""
    book = world.deploy("PaymentBook")
    world.yuan.approve(book, 500, sender=world.alice)
    with raises("ERC20InsufficientAllowance"):
        book.pay(world.yuan, world.stranger, 500, WHAT, ABOUT, sender=world.stranger)


def test_payment_book_refuses_a_payment_of_nothing(world: World) -> None:
    book = world.deploy("PaymentBook")
    with raises("PaymentBook_NothingPaid"):
        book.pay(world.yuan, world.alice, 0, WHAT, ABOUT, sender=world.shop)
