"""What the service is sent and sends besides single orders and decisions: batches, pictures and their changes."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from twin.policies.contract import DecisionMessage, DecisionRequest
from twin.policies.decision import Reason
from twin.policies.snapshot import Snapshot, StockState


class RequestBatch(Struct, frozen=True, forbid_unknown_fields=True):
    """Orders to decide in their order; those that name the same picture are together promised no unit twice."""

    requests: tuple[DecisionRequest, ...]


class DecisionBatch(Struct, frozen=True):
    """One decision for each request of a batch, in the same order."""

    decisions: tuple[DecisionMessage, ...]


class PictureMessage(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole picture of the network, and its number in the sequence of pictures and changes."""

    sequence: int
    snapshot: Snapshot


class NodeChange(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What has changed at a node; what is not said stays, a product or service that is null goes."""

    stock: dict[str, StockState | None] = {}
    arrives_at: dict[str, dict[str, float] | None] = {}
    closed_because: Reason | UnsetType | None = UNSET
    backlog_hours: float | UnsetType = UNSET
    orders_left: float | UnsetType | None = UNSET


class ChangeMessage(Struct, frozen=True, forbid_unknown_fields=True):
    """What has changed since the sequence number before, as of an instant."""

    sequence: int
    taken_at: float
    nodes: dict[str, NodeChange] = {}


class PictureStatus(Struct, frozen=True):
    """How far a picture is, and how many seconds ago it came or last changed."""

    snapshot_id: str
    sequence: int
    taken_at: float
    age_seconds: float


class Capabilities(Struct, frozen=True):
    """Whether a policy decides batches as a whole, remembers anything, and always answers alike."""

    batch: bool
    stateful: bool
    deterministic: bool


class PolicyMessage(Struct, frozen=True):
    """Which policy decides: its name, the version of its code and a hash of its parameters."""

    id: str
    version: str
    config_hash: str
    capabilities: Capabilities


class HealthMessage(Struct, frozen=True):
    """The service is there."""

    status: str = "ok"
