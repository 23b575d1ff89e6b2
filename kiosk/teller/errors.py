"""What can be missing before a payment is asked for."""


class NoBankList(Exception):
    """The list cannot be had, or has no bank in it."""


class GatewayAway(Exception):
    """The gateway did not say what is needed before a payment can be asked for."""
