"""Search policies by name. A policy is a function of the tree and a seeded generator.

Pending expansions count as children that have not come back yet (virtual loss), so that every
policy keeps many workers busy on different things.
"""

POLICIES = {
    "greedy": "search.policies.greedy:Greedy",
    "chain": "search.policies.chain:Chain",
    "best_of_n": "search.policies.best_of_n:BestOfN",
}
