"""Decisions that production systems took become a decision log of the twin."""

from twin.calibration.decision_import.importing import (
    ImportedDecisions,
    Sources,
    import_decisions,
    read_decisions,
    summary,
)
from twin.calibration.decision_import.orders import ProductionOrder, production_orders
from twin.calibration.decision_import.reading import SYSTEMS
from twin.calibration.decision_import.tables import line_skus

__all__ = [
    "SYSTEMS",
    "ImportedDecisions",
    "ProductionOrder",
    "Sources",
    "import_decisions",
    "line_skus",
    "production_orders",
    "read_decisions",
    "summary",
]
