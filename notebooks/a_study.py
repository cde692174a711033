# %% [markdown]
# # A study, from question to answer
#
# **Question.** Do six confirmations on the bitcoin rail in place of one cost importers time, and what else changes?
#
# **Design.** Two worlds that differ in one lever, several replications of each, the same luck in both: whatever differs
# is the lever's. The hypothesis, written before the run: payments over bitcoin take longer; nothing else changes
# detectably.

# %%
from pathlib import Path
from tempfile import mkdtemp

from sandbox.report.study import compare

folder = Path(mkdtemp(prefix="study-"))
common = """
schema: 1
extends: classroom.yaml
title: {{en: {confirmations} confirmations, ru: "Подтверждений: {confirmations}"}}
question: {{en: What do confirmations cost and save?, ru: "Чего стоят и что дают подтверждения?"}}
clock: {{start: 2025-03-03, horizon: 16d, warm_up: 3d, cool_down: 3d}}
population: {{payments_per_business_day: 10}}
rails: {{btc: {{confirmations: {confirmations}}}}}
"""
for confirmations in (1, 6):
    text = common.format(confirmations=confirmations)
    (folder / f"btc-{confirmations}.yaml").write_text(text, encoding="utf-8")

# %%
study = compare(folder / "btc-1.yaml", folder / "btc-6.yaml", reps=2, seed=7, folder=folder / "runs")
study

# %% [markdown]
# Each difference has an interval; where it holds zero, the runs cannot tell the worlds apart, and the table says so.

# %%
study.chart("differences")

# %% [markdown]
# Over all rails the worlds may be hard to tell apart; the question was about one rail.

# %%
[row for row in study.table("policy").rows if row[0].endswith("BTC")]

# %% [markdown]
# An answer rests on its assumptions. Every dated value stands here with its source and a letter of confidence.

# %%
study.table("assumptions").rows[:5]

# %% [markdown]
# With two replications intervals are wide. `compare(..., reps=30)` narrows them; so does a question about a rail that
# more payments take.
