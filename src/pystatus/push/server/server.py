"""A push notification server (push-notifications.md §9): what it answers to registrations, queries and requests.

What comes in is unwrapped already; what goes out is wrapped, for the partitioned topic of whoever asked, outside of the
encryption layer. The server keeps nothing of who asks: no key, no contact.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from pystatus.crypto.ciphers import equal
from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.errors import RemoteError
from pystatus.payloads.codec import WirePayload
from pystatus.payloads.contacts import PushNotificationQueryInfo
from pystatus.payloads.kinds import PayloadType
from pystatus.payloads.wrapper import ApplicationMessage, wrap
from pystatus.push.hashing import shake256
from pystatus.push.messages import (
    PushNotification,
    PushNotificationQuery,
    PushNotificationQueryResponse,
    PushNotificationRegistration,
    PushNotificationRegistrationResponse,
    PushNotificationReport,
    PushNotificationRequest,
    PushNotificationResponse,
    RegistrationError,
    ReportError,
)
from pystatus.push.server.counting import Allowance, Counts
from pystatus.push.server.filtering import KNOWN_TYPES, is_wanted
from pystatus.push.server.gateway import Call, Gateway, GatewayError, body
from pystatus.push.server.judging import (
    NotRegistered,
    check_contents,
    check_identity,
    check_version,
    open_registration,
)
from pystatus.push.server.limits import (
    MAX_ANSWER,
    MAX_DEVICE_COUNTS,
    MAX_QUERIED,
    MAX_SENDERS,
    MAX_UNDER_WAY,
    ServerLimits,
)
from pystatus.push.server.registrations import Registrations, RegistrationsError, Row, Stored
from pystatus.transport.channels import Channel, partitioned

REGISTRATION = PayloadType.PUSH_NOTIFICATION_REGISTRATION
QUERY = PayloadType.PUSH_NOTIFICATION_QUERY
REQUEST = PayloadType.PUSH_NOTIFICATION_REQUEST


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server says, and to whom."""

    to: PublicKey
    """Perhaps an ephemeral key."""
    wrapped: bytes
    """What an envelope carries: nothing is between it and Waku."""
    joined: bytes | None = None
    """The hash of the key at whose query topic to listen from now on."""

    @property
    def channel(self) -> Channel:
        """Where the answer goes.

        Implements: PN-7
        """
        return partitioned(self.to)


class PushServer:
    """One server. All of :meth:`receive` may run at the same time."""

    def __init__(
        self,
        key: PrivateKey,
        registrations: Registrations,
        gateway: Gateway,
        now: float,
        limits: ServerLimits | None = None,
    ) -> None:
        """
        :param now: Unix seconds, here as below.
        """
        limits = limits or ServerLimits()
        self.counters: Counter[str] = Counter()
        """What has been done so far, by a word of :data:`COUNTED`."""
        self._key = key
        self._registrations = registrations
        self._gateway = gateway
        self._allowances: dict[int, Allowance] = {
            REGISTRATION: Allowance(limits.registrations_of_one, limits.registrations, MAX_SENDERS, now),
            QUERY: Allowance(limits.queries_of_one, limits.queries, MAX_SENDERS, now),
            REQUEST: Allowance(limits.requests_of_one, limits.requests, MAX_SENDERS, now),
        }
        self._notified = Counts(limits.notifications_of_device, MAX_DEVICE_COUNTS)
        self._under_way: set[bytes] = set()
        self._busy = 0

    async def receive(self, message: ApplicationMessage, now: float) -> Answer | None:
        """Take what somebody has sent. ``None``: it is not answered. What is no message for a server, or is so
        malformed that nobody can be told, is passed over.

        :raises RegistrationsError: what is stored cannot be read, and whoever asked is not told.
        """
        allowance = self._allowances.get(message.type)
        if allowance is None:
            return None
        if self._busy >= MAX_UNDER_WAY or not allowance.take(message.author, now):
            self.counters["limited"] += 1
            return None
        self._busy += 1
        try:
            if message.type == REGISTRATION:
                return await self._register(message, now)
            if message.type == QUERY:
                return await self._query(message)
            return await self._request(message, now)
        except RemoteError:
            self.counters["malformed"] += 1
            return None
        finally:
            self._busy -= 1

    async def _register(self, message: ApplicationMessage, now: float) -> Answer:
        """
        :raises RemoteError: it was not sealed for us.

        Implements: PN-6, PN-8, PN-10
        """
        joined: bytes | None = None
        try:
            joined = await self._store(message, now)
            response = PushNotificationRegistrationResponse(success=True)
        except NotRegistered as refused:
            self.counters["refused registrations"] += 1
            response = PushNotificationRegistrationResponse(error=refused.error)
        response = replace(response, request_id=shake256(message.payload))
        answer = self._answer(message, PayloadType.PUSH_NOTIFICATION_REGISTRATION_RESPONSE, response)
        return replace(answer, joined=joined)

    async def _store(self, message: ApplicationMessage, now: float) -> bytes:
        """Store a registration; whose it is.

        :raises NotRegistered: it is refused.
        """
        opened = open_registration(self._key, message.author, message.payload)
        told, row = opened.registration, opened.row
        check_identity(told)
        try:
            check_version(told, await self._registrations.version(row.key_hash, row.installation_id))
            check_contents(told, message.author, self._key.public_key)
            stored = await self._registrations.store(row, now)
        except RegistrationsError as error:
            raise NotRegistered(RegistrationError.INTERNAL_ERROR) from error
        if stored is not Stored.STORED:
            was_older = stored is Stored.OLDER
            raise NotRegistered(RegistrationError.VERSION_MISMATCH if was_older else RegistrationError.INTERNAL_ERROR)
        self.counters["unregistered" if told.unregister else "registered"] += 1
        return row.key_hash

    async def _query(self, message: ApplicationMessage) -> Answer | None:
        """
        :raises RemoteError: it is no query.

        Implements: PN-10, PN-16
        """
        query = PushNotificationQuery.decode(message.payload)
        wanted = tuple(dict.fromkeys(query.public_keys))
        if not 0 < len(wanted) <= MAX_QUERIED:
            raise RemoteError(f"a query is for one to {MAX_QUERIED} people")
        rows = await self._registrations.of_keys(wanted)
        infos: list[PushNotificationQueryInfo] = []
        room = MAX_ANSWER
        for row in rows:
            room -= len(row.registration or b"")
            if room < 0 or len(infos) == PushNotificationQueryResponse.MOST_ENTRIES:
                break
            infos.append(_info(row))
        self.counters["queries"] += 1
        if not infos:
            return None
        response = PushNotificationQueryResponse(tuple(infos), message.id, success=True)
        return self._answer(message, PayloadType.PUSH_NOTIFICATION_QUERY_RESPONSE, response)

    async def _request(self, message: ApplicationMessage, now: float) -> Answer | None:
        """
        :raises RemoteError: it is no request.

        Implements: PN-23
        """
        request = PushNotificationRequest.decode(message.payload)
        if message.id in self._under_way or await self._registrations.is_answered(message.id):
            self.counters["repeated requests"] += 1
            return None
        self._under_way.add(message.id)
        try:
            return await self._notify(message, request, now)
        finally:
            self._under_way.discard(message.id)

    async def _notify(self, message: ApplicationMessage, request: PushNotificationRequest, now: float) -> Answer | None:
        """Notify the devices of a request. It counts as answered only when the gateway has taken it: otherwise it would
        be lost, whoever repeats it."""
        calls: list[Call] = []
        reports: list[PushNotificationReport] = []
        for asked in request.requests if request.message_id else ():
            if asked.type not in KNOWN_TYPES:
                continue
            report, call = await self._judge(asked, now)
            reports.append(report)
            if call is not None:
                calls.append(call)
        if calls:
            try:
                await self._gateway.notify(body(calls))
            except GatewayError:
                self.counters["gateway failures"] += 1
                return None
        self.counters["notifications"] += len(calls)
        await self._registrations.answered(message.id, now)
        if not request.message_id:
            return None
        response = PushNotificationResponse(request.message_id, tuple(reports))
        return self._answer(message, PayloadType.PUSH_NOTIFICATION_RESPONSE, response)

    async def _judge(self, asked: PushNotification, now: float) -> tuple[PushNotificationReport, Call | None]:
        """What to report of a notification, and whether to notify. What a device does not want looks like success, and
        so does what is too much for it.

        Implements: PN-23, PN-25
        """
        report = PushNotificationReport(public_key=asked.public_key, installation_id=asked.installation_id)
        stored = await self._registrations.find(asked.public_key, asked.installation_id)
        if stored is None:
            return replace(report, error=ReportError.NOT_REGISTERED), None
        told = PushNotificationRegistration.decode(stored)
        if not equal(told.access_token.encode(), asked.access_token.encode()):
            return replace(report, error=ReportError.WRONG_TOKEN), None
        report = replace(report, success=True)
        if not is_wanted(asked, told):
            self.counters["filtered"] += 1
            return report, None
        if not self._notified.take((asked.public_key, asked.installation_id), now):
            self.counters["limited"] += 1
            return report, None
        return report, Call(asked, told)

    def _answer(self, message: ApplicationMessage, kind: PayloadType, response: WirePayload) -> Answer:
        return Answer(message.author, wrap(response.encode(), kind, self._key))


COUNTED = (
    "registered",
    "unregistered",
    "refused registrations",
    "queries",
    "notifications",
    "filtered",
    "limited",
    "repeated requests",
    "gateway failures",
    "malformed",
)
"""What :attr:`PushServer.counters` counts."""


def _info(row: Row) -> PushNotificationQueryInfo:
    """What others are told of a device: the token, or what only contacts can read it from.

    Implements: PN-17
    """
    assert row.registration is not None  # the port gives none that is unregistered
    told = PushNotificationRegistration.decode(row.registration)
    restricted = told.allow_from_contacts_only
    return PushNotificationQueryInfo(
        access_token="" if restricted else told.access_token,
        installation_id=told.installation_id,
        public_key=row.key_hash,
        allowed_key_list=told.allowed_key_list if restricted else (),
        grant=told.grant,
        version=told.version,
    )
