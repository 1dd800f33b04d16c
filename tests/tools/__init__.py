"""What independent tools say of the product: other browsers, and later other readers of its papers."""
