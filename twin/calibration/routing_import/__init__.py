"""Routing configurations of production systems become policies of the twin."""

from twin.calibration.routing_import.importing import SYSTEMS, Imported, import_routing, read_routing, summary
from twin.calibration.routing_import.reading import LeftOut

__all__ = ["SYSTEMS", "Imported", "LeftOut", "import_routing", "read_routing", "summary"]
