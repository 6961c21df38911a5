"""Typed calls, events and errors of the contracts, generated from their ABIs.

Import the modules themselves (`wallet.bindings.sub_wallet`): nothing is loaded that is not used.
"""
