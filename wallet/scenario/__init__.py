"""Scenario scripts: what should happen, written in a file, played on any local chain, answered with a report.

`load` reads files into cases, `run` plays them through the same services as every command, `result` holds
what came of it as plain values, `report` writes those down. What a step may say stands in `verbs`.
"""
