"""The sandbox of the cooperative's core: the Member Core API over a SQLite file, invented members.

`guide` needs no web server: the welcome page of the demonstration reads it.
"""
