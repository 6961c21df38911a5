"""Command line of the prepaid-contract laboratory: parse, call one service, print."""
