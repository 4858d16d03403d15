"""The steps from one shape of the store to the next, in the order of their numbers. A published one is never changed."""
