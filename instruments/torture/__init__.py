"""Power cuts, lost answers and wrong clocks against the real payment path, and an audit of three books.

`cashier` is the program under torture: journal, driver, checkout, sonda and core client as in a kiosk,
in a process of its own. `arena` is its world: the sandboxes as processes, the wires to them
(`wires`), the payers (`payers`) and the one who cuts the power. `audit` says what came of it.
"""
