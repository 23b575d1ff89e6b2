"""PSE payments through a gateway: the protocol every driver keeps, and the drivers."""
