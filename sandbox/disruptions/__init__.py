"""Dated events of a scenario's timeline. One file each; the union below is what YAML may say."""

from typing import Annotated

from pydantic import Field

from sandbox.disruptions.admission import AdmissionWave, Revocation
from sandbox.disruptions.agent_rule import AgentRule
from sandbox.disruptions.announcement import Announcement
from sandbox.disruptions.chain import ChainHalt, Reorg
from sandbox.disruptions.export_rule import ExportRule
from sandbox.disruptions.issuer import Freeze, Pause, Unfreeze
from sandbox.disruptions.market_regime import MarketRegime
from sandbox.disruptions.mining import MiningCapacity
from sandbox.disruptions.permanence import PermanenceReview
from sandbox.disruptions.pressure import Pressure
from sandbox.disruptions.rail_bridge import RailBridge
from sandbox.disruptions.rail_permit import RailPermit
from sandbox.disruptions.regime_open import RegimeOpen
from sandbox.disruptions.staffing import Staffing
from sandbox.disruptions.warning import WarningToBank

Disruption = Annotated[
    Pressure
    | Announcement
    | AdmissionWave
    | Revocation
    | PermanenceReview
    | Staffing
    | Freeze
    | Unfreeze
    | Pause
    | Reorg
    | ChainHalt
    | ExportRule
    | RailPermit
    | MarketRegime
    | RailBridge
    | WarningToBank
    | AgentRule
    | MiningCapacity
    | RegimeOpen,
    Field(discriminator="kind"),
]

__all__ = ["Disruption"]
