"""A payment gateway, PSE's portal and a bank on one loopback address. No money moves.

Speaks one gateway's API (`checkout_api`, `wompi_api`) and serves the pages a payer sees
(`pages`); what was asked and what became of it is in the book (`book`).
"""
