"""A run written down for others: JUnit's XML for CI, and one HTML file for people.

Both are made from a `RunResult` alone, so a report can be written anywhere, any time, and twice the same.
"""
