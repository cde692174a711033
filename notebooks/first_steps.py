# %% [markdown]
# # First steps
#
# One run of a small invented world: what happened, to whom, and why. Everything runs in this process; nothing reaches
# a network. Change a number and run the cells again.

# %%
from sandbox.report.study import run

week = run("classroom", sets=["clock.horizon=16d", "clock.warm_up=3d", "clock.cool_down=3d"], seed=7)
week

# %% [markdown]
# The table above is by the rail of a payment's last attempt. Which endings do payments come to, and by when?

# %%
week.chart("incidence")

# %%
week.table("incidence")

# %% [markdown]
# Any payment tells its story: each wait, the rule behind it, the dated value and its source, the proof on the chain.

# %%
week.story("P-00042")

# %% [markdown]
# The journal is the only product of a run, and it answers SQL. Every number of the report can be found there.

# %%
week.opened.rows("select count(*) as records, count(distinct payment) as payments from journal")

# %%
week.metric("fail_rate_n")
