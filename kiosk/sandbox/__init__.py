"""Servers that play the core and the gateways: for the demonstration, the tests and whoever integrates."""
