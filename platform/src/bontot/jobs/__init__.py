"""Work done outside a request.

The record of work to do is an outbox row committed with its cause; RQ only wakes a worker and carries ids. Whatever RQ
loses is found by the sweeper, whatever it repeats is refused by the claim.
"""
