"""Keepers: what somebody has to do for an exchange again and again, and anybody may."""

from worldmarkets.keepers.bidding import Options as LiquidationOptions
from worldmarkets.keepers.funding import FundingJob, FundingRules
from worldmarkets.keepers.job import Action, Job, Leaver, Round
from worldmarkets.keepers.liquidating import LiquidatingRules
from worldmarkets.keepers.liquidationjob import LiquidationJob
from worldmarkets.keepers.liquidationview import LiquidationView
from worldmarkets.keepers.meters import Meters
from worldmarkets.keepers.posting import FeedPoster, Poster, RolePoster
from worldmarkets.keepers.pricejob import PriceJob
from worldmarkets.keepers.pricing import KnownPrice, Need, PriceRules, need
from worldmarkets.keepers.reportbox import FolderBox, MemoryBox, ReportBox
from worldmarkets.keepers.runner import Pace, Runner
from worldmarkets.keepers.sending import KeySending, Sending
from worldmarkets.keepers.settlejob import SettleJob, settleable
from worldmarkets.keepers.settling import PerpPool, Settling, SettlingRules, Unsettled, plan
from worldmarkets.keepers.signing import SignedPoster
from worldmarkets.keepers.sources import (
    AggregatorSource,
    CallableSource,
    FeedSource,
    PriceSource,
    ReplaySource,
    SourceError,
    SourcePrice,
)

__all__ = [
    "Action",
    "AggregatorSource",
    "CallableSource",
    "FeedPoster",
    "FeedSource",
    "FolderBox",
    "FundingJob",
    "FundingRules",
    "Job",
    "KeySending",
    "KnownPrice",
    "Leaver",
    "LiquidatingRules",
    "LiquidationJob",
    "LiquidationOptions",
    "LiquidationView",
    "MemoryBox",
    "Meters",
    "Need",
    "Pace",
    "PerpPool",
    "Poster",
    "PriceJob",
    "PriceRules",
    "PriceSource",
    "ReplaySource",
    "ReportBox",
    "RolePoster",
    "Round",
    "Runner",
    "Sending",
    "SettleJob",
    "Settling",
    "SettlingRules",
    "SignedPoster",
    "SourceError",
    "SourcePrice",
    "Unsettled",
    "need",
    "plan",
    "settleable",
]
