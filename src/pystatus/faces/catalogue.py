"""All texts that faces show, a method for each: made of ``texts/en.json`` by ``tools/texts.py``."""

from __future__ import annotations

from functools import cache

from pystatus.faces.language import DEFAULT, Texts


@cache
def texts_in(code: str = DEFAULT.code) -> Catalogue:
    """The texts of a language, ``en`` or ``de``.

    :raises LocalError: there are none in this language.
    """
    return Catalogue(code)


class Catalogue(Texts):
    """The texts of one language."""

    def audience_left(self) -> str:
        return self._text("audience.left")

    def audience_members(self, *, n: int) -> str:
        return self._text("audience.members", n=n)

    def audience_members_and_invited(self, *, n: int, invited: int) -> str:
        return self._text("audience.members_and_invited", n=n, invited=invited)

    def audience_no_member(self) -> str:
        return self._text("audience.no_member")

    def audience_nobody(self) -> str:
        return self._text("audience.nobody")

    def audience_not_joined(self) -> str:
        return self._text("audience.not_joined")

    def audience_person(self, *, name: str) -> str:
        return self._text("audience.person", name=name)

    def audience_person_not_secret(self, *, name: str) -> str:
        return self._text("audience.person_not_secret", name=name)

    def audience_person_secret(self, *, name: str) -> str:
        return self._text("audience.person_secret", name=name)

    def audience_profile_of_other(self) -> str:
        return self._text("audience.profile_of_other")

    def audience_public(self) -> str:
        return self._text("audience.public")

    def chat_described(self, *, title: str, remarks: str) -> str:
        return self._text("chat.described", title=title, remarks=remarks)

    def chat_draft(self) -> str:
        return self._text("chat.draft")

    def chat_group(self, *, name: str) -> str:
        return self._text("chat.group", name=name)

    def chat_left(self) -> str:
        return self._text("chat.left")

    def chat_mentions(self, *, n: int) -> str:
        return self._text("chat.mentions", n=n)

    def chat_muted(self) -> str:
        return self._text("chat.muted")

    def chat_preview(self, *, person: str, text: str) -> str:
        return self._text("chat.preview", person=person, text=text)

    def chat_preview_own(self, *, text: str) -> str:
        return self._text("chat.preview_own", text=text)

    def chat_profile(self, *, name: str) -> str:
        return self._text("chat.profile", name=name)

    def chat_title(self) -> str:
        return self._text("chat.title")

    def chat_title_unread(self, *, n: int) -> str:
        return self._text("chat.title_unread", n=n)

    def chat_unread(self, *, n: int) -> str:
        return self._text("chat.unread", n=n)

    def command_unknown(self, *, name: str) -> str:
        return self._text("command.unknown", name=name)

    def command_usage(self, *, usage: str) -> str:
        return self._text("command.usage", usage=usage)

    def composer_left(self, *, n: int) -> str:
        return self._text("composer.left", n=n)

    def composer_too_many(self, *, n: int) -> str:
        return self._text("composer.too_many", n=n)

    def date_day(self, *, weekday: str, day: str, month: str, year: str) -> str:
        return self._text("date.day", weekday=weekday, day=day, month=month, year=year)

    def date_friday(self) -> str:
        return self._text("date.friday")

    def date_monday(self) -> str:
        return self._text("date.monday")

    def date_month_01(self) -> str:
        return self._text("date.month_01")

    def date_month_02(self) -> str:
        return self._text("date.month_02")

    def date_month_03(self) -> str:
        return self._text("date.month_03")

    def date_month_04(self) -> str:
        return self._text("date.month_04")

    def date_month_05(self) -> str:
        return self._text("date.month_05")

    def date_month_06(self) -> str:
        return self._text("date.month_06")

    def date_month_07(self) -> str:
        return self._text("date.month_07")

    def date_month_08(self) -> str:
        return self._text("date.month_08")

    def date_month_09(self) -> str:
        return self._text("date.month_09")

    def date_month_10(self) -> str:
        return self._text("date.month_10")

    def date_month_11(self) -> str:
        return self._text("date.month_11")

    def date_month_12(self) -> str:
        return self._text("date.month_12")

    def date_saturday(self) -> str:
        return self._text("date.saturday")

    def date_sunday(self) -> str:
        return self._text("date.sunday")

    def date_thursday(self) -> str:
        return self._text("date.thursday")

    def date_today(self) -> str:
        return self._text("date.today")

    def date_tuesday(self) -> str:
        return self._text("date.tuesday")

    def date_wednesday(self) -> str:
        return self._text("date.wednesday")

    def date_with_time(self, *, day: str, time: str) -> str:
        return self._text("date.with_time", day=day, time=time)

    def date_yesterday(self) -> str:
        return self._text("date.yesterday")

    def delivery_archived(self) -> str:
        return self._text("delivery.archived")

    def delivery_delivered(self) -> str:
        return self._text("delivery.delivered")

    def delivery_failed(self) -> str:
        return self._text("delivery.failed")

    def delivery_in_group(self, *, n: int, members: int) -> str:
        return self._text("delivery.in_group", n=n, members=members)

    def delivery_seen(self) -> str:
        return self._text("delivery.seen")

    def delivery_sending(self) -> str:
        return self._text("delivery.sending")

    def delivery_sent(self) -> str:
        return self._text("delivery.sent")

    def delivery_unconfirmed(self) -> str:
        return self._text("delivery.unconfirmed")

    def device_nameless(self, *, id: str) -> str:
        return self._text("device.nameless", id=id)

    def device_new(self, *, seen: str) -> str:
        return self._text("device.new", seen=seen)

    def device_question(self) -> str:
        return self._text("device.question")

    def device_silent(self, *, seen: str) -> str:
        return self._text("device.silent", seen=seen)

    def device_step_enable(self) -> str:
        return self._text("device.step_enable")

    def device_step_enable_there(self) -> str:
        return self._text("device.step_enable_there")

    def device_step_full(self) -> str:
        return self._text("device.step_full")

    def device_step_name(self) -> str:
        return self._text("device.step_name")

    def device_step_open_there(self) -> str:
        return self._text("device.step_open_there")

    def device_step_pair_there(self) -> str:
        return self._text("device.step_pair_there")

    def device_stolen_do_not_enable(self) -> str:
        return self._text("device.stolen_do_not_enable")

    def device_stolen_means(self) -> str:
        return self._text("device.stolen_means")

    def device_stolen_new_account(self) -> str:
        return self._text("device.stolen_new_account")

    def device_stolen_tell(self) -> str:
        return self._text("device.stolen_tell")

    def device_syncing(self, *, n: int, seen: str) -> str:
        return self._text("device.syncing", n=n, seen=seen)

    def device_this(self) -> str:
        return self._text("device.this")

    def device_up_to_date(self, *, seen: str) -> str:
        return self._text("device.up_to_date", seen=seen)

    def explain_again(self) -> str:
        return self._text("explain.again")

    def explain_archived(self) -> str:
        return self._text("explain.archived")

    def explain_delivered(self) -> str:
        return self._text("explain.delivered")

    def explain_failed(self) -> str:
        return self._text("explain.failed")

    def explain_members(self, *, n: int, members: int) -> str:
        return self._text("explain.members", n=n, members=members)

    def explain_missing(self, *, names: str) -> str:
        return self._text("explain.missing", names=names)

    def explain_not_secret(self) -> str:
        return self._text("explain.not_secret")

    def explain_received(self, *, written: str, received: str) -> str:
        return self._text("explain.received", written=written, received=received)

    def explain_secret(self) -> str:
        return self._text("explain.secret")

    def explain_seen(self) -> str:
        return self._text("explain.seen")

    def explain_sending(self) -> str:
        return self._text("explain.sending")

    def explain_sent(self) -> str:
        return self._text("explain.sent")

    def explain_unconfirmed(self) -> str:
        return self._text("explain.unconfirmed")

    def explain_waiting(self) -> str:
        return self._text("explain.waiting")

    def explain_written(self, *, written: str) -> str:
        return self._text("explain.written", written=written)

    def group_admin(self) -> str:
        return self._text("group.admin")

    def group_invited(self) -> str:
        return self._text("group.invited")

    def group_member(self) -> str:
        return self._text("group.member")

    def group_nameless(self) -> str:
        return self._text("group.nameless")

    def group_no_member(self) -> str:
        return self._text("group.no_member")

    def group_role_admin(self) -> str:
        return self._text("group.role_admin")

    def group_role_invited(self) -> str:
        return self._text("group.role_invited")

    def group_role_you(self) -> str:
        return self._text("group.role_you")

    def group_summary(self, *, n: int, joined: int) -> str:
        return self._text("group.summary", n=n, joined=joined)

    def link_inside(self) -> str:
        return self._text("link.inside")

    def link_ip_address(self) -> str:
        return self._text("link.ip_address")

    def link_leads_to(self, *, host: str) -> str:
        return self._text("link.leads_to", host=host)

    def link_mixed_scripts(self) -> str:
        return self._text("link.mixed_scripts")

    def link_other_scheme(self) -> str:
        return self._text("link.other_scheme")

    def link_punycode(self, *, name: str) -> str:
        return self._text("link.punycode", name=name)

    def link_shown_differs(self) -> str:
        return self._text("link.shown_differs")

    def link_unreadable(self) -> str:
        return self._text("link.unreadable")

    def link_userinfo(self) -> str:
        return self._text("link.userinfo")

    def media_frames(self, *, looks: str, frames: str) -> str:
        return self._text("media.frames", looks=looks, frames=frames)

    def media_image(self) -> str:
        return self._text("media.image")

    def media_image_looks(self, *, type: str, width: str, height: str) -> str:
        return self._text("media.image_looks", type=type, width=width, height=height)

    def media_not_kept(self, *, what: str, size: str, problem: str) -> str:
        return self._text("media.not_kept", what=what, size=size, problem=problem)

    def media_note(self, *, what: str, looks: str, size: str, id: str) -> str:
        return self._text("media.note", what=what, looks=looks, size=size, id=id)

    def media_sound(self) -> str:
        return self._text("media.sound")

    def media_sound_looks(self, *, type: str, seconds: str) -> str:
        return self._text("media.sound_looks", type=type, seconds=seconds)

    def media_sticker(self, *, hash: str, pack: str) -> str:
        return self._text("media.sticker", hash=hash, pack=pack)

    def network_complete(self, *, span: str) -> str:
        return self._text("network.complete", span=span)

    def network_connecting(self) -> str:
        return self._text("network.connecting")

    def network_connecting_of(self, *, n: int, wanted: int) -> str:
        return self._text("network.connecting_of", n=n, wanted=wanted)

    def network_history(self, *, percent: int) -> str:
        return self._text("network.history", percent=percent)

    def network_kept(self) -> str:
        return self._text("network.kept")

    def network_mailservers(self, *, n: int) -> str:
        return self._text("network.mailservers", n=n)

    def network_no_relay(self, *, n: int, last: str) -> str:
        return self._text("network.no_relay", n=n, last=last)

    def network_no_relay_known(self) -> str:
        return self._text("network.no_relay_known")

    def network_offline(self) -> str:
        return self._text("network.offline")

    def network_online(self, *, n: int) -> str:
        return self._text("network.online", n=n)

    def network_relay_connected(self) -> str:
        return self._text("network.relay_connected")

    def network_relay_dialled(self) -> str:
        return self._text("network.relay_dialled")

    def network_relay_left(self, *, reason: str) -> str:
        return self._text("network.relay_left", reason=reason)

    def network_relay_unreachable(self, *, n: int, reason: str) -> str:
        return self._text("network.relay_unreachable", n=n, reason=reason)

    def network_remedy_no_answer(self) -> str:
        return self._text("network.remedy_no_answer")

    def network_remedy_no_name(self) -> str:
        return self._text("network.remedy_no_name")

    def network_remedy_no_route(self) -> str:
        return self._text("network.remedy_no_route")

    def network_remedy_nobody_known(self) -> str:
        return self._text("network.remedy_nobody_known")

    def network_remedy_other(self) -> str:
        return self._text("network.remedy_other")

    def network_remedy_refused(self) -> str:
        return self._text("network.remedy_refused")

    def network_waiting(self, *, n: int) -> str:
        return self._text("network.waiting", n=n)

    def notice_a_group(self) -> str:
        return self._text("notice.a_group")

    def notice_added_to_group(self, *, group: str) -> str:
        return self._text("notice.added_to_group", group=group)

    def notice_contact_request(self) -> str:
        return self._text("notice.contact_request")

    def notice_copy(self) -> str:
        return self._text("notice.copy")

    def notice_device(self) -> str:
        return self._text("notice.device")

    def notice_failed(self, *, reason: str) -> str:
        return self._text("notice.failed", reason=reason)

    def notice_in_chat(self, *, person: str, chat: str) -> str:
        return self._text("notice.in_chat", person=person, chat=chat)

    def notice_join_request(self) -> str:
        return self._text("notice.join_request")

    def notice_message(self) -> str:
        return self._text("notice.message")

    def notice_several(self, *, n: int) -> str:
        return self._text("notice.several", n=n)

    def notice_somebody(self) -> str:
        return self._text("notice.somebody")

    def paste_as_code(self) -> str:
        return self._text("paste.as_code")

    def paste_as_file(self) -> str:
        return self._text("paste.as_file")

    def paste_as_is(self) -> str:
        return self._text("paste.as_is")

    def paste_cancel(self) -> str:
        return self._text("paste.cancel")

    def paste_joined(self) -> str:
        return self._text("paste.joined")

    def paste_lines(self, *, n: int) -> str:
        return self._text("paste.lines", n=n)

    def paste_too_long(self, *, size: str) -> str:
        return self._text("paste.too_long", size=size)

    def person_added(self) -> str:
        return self._text("person.added")

    def person_blocked(self) -> str:
        return self._text("person.blocked")

    def person_claims(self, *, name: str) -> str:
        return self._text("person.claims", name=name)

    def person_has_added(self) -> str:
        return self._text("person.has_added")

    def person_imitates(self, *, name: str) -> str:
        return self._text("person.imitates", name=name)

    def person_neither(self) -> str:
        return self._text("person.neither")

    def person_waits(self) -> str:
        return self._text("person.waits")

    def search_day(self, *, what: str) -> str:
        return self._text("search.day", what=what)

    def search_has(self, *, what: str) -> str:
        return self._text("search.has", what=what)

    def size_bytes(self, *, n: int) -> str:
        return self._text("size.bytes", n=n)

    def size_kilobytes(self, *, size: str) -> str:
        return self._text("size.kilobytes", size=size)

    def size_megabytes(self, *, size: str) -> str:
        return self._text("size.megabytes", size=size)

    def time_days(self, *, n: int) -> str:
        return self._text("time.days", n=n)

    def time_hours(self, *, n: int) -> str:
        return self._text("time.hours", n=n)

    def time_minutes(self, *, n: int) -> str:
        return self._text("time.minutes", n=n)

    def time_seconds(self, *, n: int) -> str:
        return self._text("time.seconds", n=n)

    def timeline_beginning(self) -> str:
        return self._text("timeline.beginning")

    def timeline_gap(self, *, span: str) -> str:
        return self._text("timeline.gap", span=span)

    def timeline_new(self, *, n: int) -> str:
        return self._text("timeline.new", n=n)

    def transaction_announced(self, *, hash: str, state: str) -> str:
        return self._text("transaction.announced", hash=hash, state=state)

    def transaction_answered(self, *, about: str) -> str:
        return self._text("transaction.answered", about=about)

    def transaction_doubted(self, *, problem: str) -> str:
        return self._text("transaction.doubted", problem=problem)

    def transaction_hash(self, *, about: str, hash: str) -> str:
        return self._text("transaction.hash", about=about, hash=hash)

    def transaction_note(self, *, about: str) -> str:
        return self._text("transaction.note", about=about)

    def transaction_of_token(self, *, amount: str, token: str) -> str:
        return self._text("transaction.of_token", amount=amount, token=token)

    def transaction_other_amount(self, *, about: str) -> str:
        return self._text("transaction.other_amount", about=about)

    def transaction_received(self) -> str:
        return self._text("transaction.received")

    def transaction_refused(self, *, problem: str) -> str:
        return self._text("transaction.refused", problem=problem)

    def transaction_to(self, *, amount: str, address: str) -> str:
        return self._text("transaction.to", amount=amount, address=address)

    def transaction_unknown(self) -> str:
        return self._text("transaction.unknown")

    def transaction_unknown_of_token(self, *, token: str) -> str:
        return self._text("transaction.unknown_of_token", token=token)

    def transaction_unverified(self) -> str:
        return self._text("transaction.unverified")

    def transaction_wei(self, *, amount: str) -> str:
        return self._text("transaction.wei", amount=amount)
