"""What the screens of the terminal client are made of."""
