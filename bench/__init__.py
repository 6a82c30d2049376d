"""How fast the model is, measured; ``python -m bench`` prints it."""
