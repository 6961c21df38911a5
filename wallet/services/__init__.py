"""What people do with the laboratory, one use case a file, from deploying to ending a card.

A service takes a `Context` and signers, returns a frozen dataclass of plain values, and raises a
`PrepaidError`. It prints nothing and asks nothing: where a person must agree first, there is a `preview_…`
that says what would happen, and the act takes that preview. Every transaction is simulated before it is
sent and journalled before it leaves.
"""
