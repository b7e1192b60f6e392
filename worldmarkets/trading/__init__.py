"""Strategies at work: what they see of an exchange, and how their batches are carried out."""

from worldmarkets.trading.basis import BasisJob, BasisReader, BasisView
from worldmarkets.trading.executor import ClientExecutor
from worldmarkets.trading.files import BasisFile, MakerFile, StrategyFileError, read_file
from worldmarkets.trading.maker import MakerJob, MakerReader
from worldmarkets.trading.quotes import OwnQuotes
from worldmarkets.trading.snapshot import NotReadyError, Snapshot, terms_of

__all__ = [
    "BasisFile",
    "BasisJob",
    "BasisReader",
    "BasisView",
    "ClientExecutor",
    "MakerFile",
    "MakerJob",
    "MakerReader",
    "NotReadyError",
    "OwnQuotes",
    "Snapshot",
    "StrategyFileError",
    "read_file",
    "terms_of",
]
