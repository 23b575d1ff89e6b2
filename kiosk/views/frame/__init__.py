"""The one window around every page."""
