"""Scripts in another interpreter: what crosses to it and back, how they run there, and that they are confined."""
