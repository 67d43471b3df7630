"""Reads a condition of HotWax Commerce: a field, an operator and a value that filter, or a field to sort by."""

from __future__ import annotations

from dataclasses import dataclass

from twin.calibration.routing_import.parts import Part
from twin.calibration.routing_import.reading import Reader

CONDITION_NAMES = ("conditionSeqId", "orderRoutingId", "routingRuleId", "createdDate", "lastUpdatedStamp")
FILTER, SORT = "ENTCT_FILTER", "ENTCT_SORT_BY"
EXCLUDED = "_excluded"
EXCLUDING = ("not-equals", "not-in")
IS = ("", "equals")
LISTING = (*IS, "in", *EXCLUDING)
UNKNOWN_FIELD = "the twin does not know a condition of this type on this field"


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of a routing or of an inventory rule."""

    reader: Reader
    field: str
    operator: str
    sorts: bool
    excludes: bool

    def put(self, made: Part, key: str, value: object) -> str:
        """Put a value into a part; return why it cannot be, or nothing."""
        if key in made:
            return f"{key} is given already by a condition before this one"
        made[key] = value
        return ""

    def put_list(self, made: Part, key: str, values: list[str]) -> str:
        """Put names into a part, as those let in or as those kept out; return why they cannot be, or nothing."""
        if self.operator not in LISTING:
            return f"names can be let in or kept out, not {self.operator!r}"
        if not values:
            return "the condition names nothing"
        return self.put(made, f"except_{key}" if self.excludes else key, values)


def condition_of(reader: Reader) -> Condition:
    """Read a condition, its value left to whoever knows the field."""
    reader.pass_over(*CONDITION_NAMES, "sequenceNum", "fieldValue")
    field, operator = reader.text("fieldName"), reader.text("operator")
    kind = reader.text("conditionTypeEnumId", FILTER)
    if not field:
        reader.problem("fieldName", "the name of a field", "export the group again")
    excludes = field.endswith(EXCLUDED) or operator in EXCLUDING
    known = kind in (FILTER, SORT)
    return Condition(reader, field.removesuffix(EXCLUDED) if known else "", operator, kind == SORT, excludes)
