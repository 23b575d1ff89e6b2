"""One visit of a member or a manager: where it stands, what it may do, what it waits for."""
