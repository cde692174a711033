# %% [markdown]
# # Writing a rail
#
# A rail promises two things: `quote`, which is pure, and `settle`, which takes simulated time and ends only when the
# payment is final, returned or lost. Here is a payment agent whose losses a bank guarantees, for half a point more.

# %%
from sandbox.rails.agent import AgentRail, Fate
from sandbox.payments import Payment, Quote


class GuaranteedAgentRail(AgentRail):
    """An agent with a bank's guarantee: dearer, and no money is lost."""

    guarantee_points = 0.5

    def fee_share(self, country: str = "") -> float:
        """The market's fee and the guarantee."""
        return super().fee_share(country) + self.guarantee_points / 100

    def quote(self, payment: Payment) -> Quote:
        """The same time; the risk of loss is the guarantor's now."""
        told = super().quote(payment)
        lost = self._ground.number("agent.agent_fraud_loss")
        return told._replace(failure=told.failure - lost)

    def fate(self, payment: Payment) -> Fate:
        """What would have been lost is delivered."""
        fate = super().fate(payment)
        return "delivers" if fate == "loses" else fate


# %% [markdown]
# In the package a rail is a file in `sandbox/rails` and a method of `RailMaker` (see ARCHITECTURE.md). In a notebook it
# can stand in for the rail it resembles. First the suite that any rail must pass: it runs the rail in a world of its
# own, under the audit.

# %%
from sandbox.testing import RailConformance
from sandbox.world import rails as making


def guaranteed(maker):
    """What the world is given in place of its agents."""
    return GuaranteedAgentRail(
        maker.ground,
        maker.market,
        maker.pressure,
        maker.office,
        maker.clients.account,
        maker.suppliers.account,
    )


class TestGuaranteed(RailConformance):
    """The promises of every rail, asked of ours."""

    rail = "agent"
    seeds = (1,)

    def scenario(self):
        """A month of the suite's own scenario is enough to see an ending."""
        return super().scenario() | {
            "clock": {"start": "2025-03-03", "horizon": "30d", "warm_up": "5d", "cool_down": "5d"}
        }


ordinary = making.RailMaker._agent
making.RailMaker._agent = guaranteed
suite = TestGuaranteed()
promises = [name for name in dir(RailConformance) if name.startswith("test_")]
for promise in promises:
    getattr(suite, promise)()
f"{len(promises)} promises kept"

# %% [markdown]
# Then the same week with it and without it, on the same luck.

# %%
from sandbox.report.study import run

week = [
    "clock.horizon=14d",
    "clock.warm_up=3d",
    "clock.cool_down=3d",
    "population.payments_per_business_day=15",
]
with_guarantee = run("classroom", sets=week, seed=7)
making.RailMaker._agent = ordinary
without = run("classroom", sets=week, seed=7)

[
    (name, result.metric("cost_pct_charges", rail="agent"), result.metric("payments", rail="agent"))
    for name, result in (("ordinary", without), ("guaranteed", with_guarantee))
]

# %%
with_guarantee.table("policy")
