"""Chains behind one protocol. Import from `wallet.chain.base` for types; `open_chain` picks a backend."""
