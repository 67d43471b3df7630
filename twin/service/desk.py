"""The service without HTTP: bodies in, bodies out. One thread works here, so that nothing needs a lock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic

from twin.domain.errors import Problem
from twin.domain.network import Network
from twin.policies.contract import DecisionMessage, DecisionRequest, canonical
from twin.policies.routing.roles import RoutingPolicy
from twin.policies.snapshot import Snapshot
from twin.service.answers import Answers
from twin.service.audit import AuditLog
from twin.service.contracts import Contract, Reader
from twin.service.decisions import Decider
from twin.service.messages import ChangeMessage, DecisionBatch, PictureMessage, RequestBatch
from twin.service.pictures import Pictures, refuse_strangers
from twin.service.problems import TOO_LARGE, Refused
from twin.service.settings import Settings


class Desk:
    """Reads what is asked, has it decided, writes it down, and keeps the pictures of the network."""

    def __init__(
        self,
        policy: RoutingPolicy,
        policy_name: str,
        network: Network,
        settings: Settings,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        limits = settings.limits
        self._network, self._limits = network, limits
        self._contract = Contract(network, limits)
        self._decider = Decider(policy, policy_name, network)
        self.policy = canonical(self._decider.policy())
        self._audit = AuditLog(settings.audit_log)
        self._pictures = Pictures(network, limits.pictures, clock)
        self.answers = Answers(limits.answers, limits.answer_bytes)
        self._requests, self._batches = Reader(DecisionRequest), Reader(RequestBatch)
        self._wholes, self._changes = Reader(PictureMessage), Reader(ChangeMessage)

    def decide(self, body: bytes, owner: str) -> bytes:
        """Decide one order."""
        request = self._requests.read(body)
        self._contract.refuse_unless_kept(request)
        decision = self._decider.decide(request, self._picture(request, "body"))
        self._audit.write(owner, [request], [decision])
        return canonical(decision)

    def decide_batch(self, body: bytes, owner: str) -> bytes:
        """Decide many orders; where one cannot be decided, none is."""
        requests = self._batches.read(body).requests
        if len(requests) > self._limits.batch_orders:
            problem = Problem(
                "body, requests", f"{len(requests)}", f"at most {self._limits.batch_orders}", "divide the batch"
            )
            raise Refused(TOO_LARGE, problem)
        for number, request in enumerate(requests):
            self._contract.refuse_unless_kept(request, f"body, requests[{number}]")
        decisions = self._decided(requests)
        self._audit.write(owner, list(requests), decisions)
        return canonical(DecisionBatch(tuple(decisions)))

    def put_picture(self, name: str, body: bytes) -> bytes:
        """Store a whole picture of the network."""
        return canonical(self._pictures.put(name, self._wholes.read(body)))

    def change_picture(self, name: str, body: bytes) -> bytes:
        """Bring a picture of the network up to date."""
        return canonical(self._pictures.change(name, self._changes.read(body)))

    def picture_status(self, name: str) -> bytes:
        """Tell how far a picture of the network is."""
        return canonical(self._pictures.status(name))

    def delete_picture(self, name: str) -> bytes:
        """Forget a picture of the network."""
        self._pictures.delete(name)
        return b""

    def _decided(self, requests: Sequence[DecisionRequest]) -> list[DecisionMessage]:
        """Decide the requests of each stored picture together, those with a picture of their own one by one."""
        found: dict[int, DecisionMessage] = {}
        of_picture: dict[str, list[int]] = {}
        for number, request in enumerate(requests):
            if request.snapshot_id is not None:
                of_picture.setdefault(request.snapshot_id, []).append(number)
            else:
                found[number] = self._decider.decide(request, self._picture(request, f"body, requests[{number}]"))
        for name, numbers in of_picture.items():
            snapshot = self._pictures.get(name).snapshot
            told = self._decider.decide_together([requests[number] for number in numbers], snapshot)
            found.update(zip(numbers, told, strict=True))
        return [found[number] for number in range(len(requests))]

    def _picture(self, request: DecisionRequest, where: str) -> Snapshot:
        """Return the picture that a request brings or names."""
        if request.snapshot is not None:
            refuse_strangers(request.snapshot.nodes, self._network, f"{where}, snapshot", whole=True)
            return request.snapshot
        assert request.snapshot_id is not None, "the contract asks for one of the two"
        return self._pictures.get(request.snapshot_id).snapshot
