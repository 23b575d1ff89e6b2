"""What we measure and shake the kiosk with; none of it is part of the product."""
