"""What public law and a programme's own rules demand, as plain data and pure functions.

Nothing here reads a file, a chain or a clock; every figure carries its public source, and what no source
confirms is marked `unverified` and never presented as law.
"""
