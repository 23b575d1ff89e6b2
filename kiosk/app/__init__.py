"""The program that members meet, its demonstration, and how its parts are put together."""
