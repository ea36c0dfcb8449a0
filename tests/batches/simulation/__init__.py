"""A batch on many workers, simulated: what would break first, and what that costs.

Nothing runs here but a clock. What an item costs comes from measurements of the real thing, what an account allows from
its documented limits.

account     a storage account: so many requests a second, and 503 for the others
cluster     workers, a scheduler and a coordinator, as events in time
"""
