"""Everything that stands between a person and a signature.

accounts (keystore files), dev (well-known keys, local chains only), signer and transaction (the act itself),
policy (what the owner allows), checks (what must be true of a charge), sentence (what is shown before).
It asks no questions itself: passwords and answers come in through functions the caller passes.
"""
