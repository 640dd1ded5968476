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

    def browser_no_invitation(self) -> str:
        return self._text("browser.no_invitation")

    def browser_ports(self, *, ports: str) -> str:
        return self._text("browser.ports", ports=ports)

    def browser_reach_local(self, *, host: str) -> str:
        return self._text("browser.reach_local", host=host)

    def browser_reach_name(self, *, host: str) -> str:
        return self._text("browser.reach_name", host=host)

    def browser_reach_nobody(self, *, host: str) -> str:
        return self._text("browser.reach_nobody", host=host)

    def browser_reach_public(self, *, host: str) -> str:
        return self._text("browser.reach_public", host=host)

    def browser_wrong_password(self, *, name: str) -> str:
        return self._text("browser.wrong_password", name=name)

    def chat_archived(self) -> str:
        return self._text("chat.archived")

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

    def chat_pinned(self) -> str:
        return self._text("chat.pinned")

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

    def command_other_name(self, *, name: str, usage: str) -> str:
        return self._text("command.other_name", name=name, usage=usage)

    def command_unknown(self, *, name: str, help: str) -> str:
        return self._text("command.unknown", name=name, help=help)

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

    def explain_withdraw(self) -> str:
        return self._text("explain.withdraw")

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

    def keys_conflict(self, *, typed: str, one: str, other: str) -> str:
        return self._text("keys.conflict", typed=typed, one=one, other=other)

    def keys_is_written(self, *, typed: str, name: str) -> str:
        return self._text("keys.is_written", typed=typed, name=name)

    def keys_needed(self, *, name: str) -> str:
        return self._text("keys.needed", name=name)

    def keys_no_key(self, *, typed: str, name: str) -> str:
        return self._text("keys.no_key", typed=typed, name=name)

    def keys_no_list(self, *, name: str) -> str:
        return self._text("keys.no_list", name=name)

    def keys_no_preset(self, *, name: str, names: str) -> str:
        return self._text("keys.no_preset", name=name, names=names)

    def keys_no_section(self, *, name: str, names: str) -> str:
        return self._text("keys.no_section", name=name, names=names)

    def keys_same(self, *, typed: str, name: str, other: str) -> str:
        return self._text("keys.same", typed=typed, name=name, other=other)

    def keys_too_long(self, *, file: str, n: int) -> str:
        return self._text("keys.too_long", file=file, n=n)

    def keys_unknown(self, *, section: str, name: str, names: str) -> str:
        return self._text("keys.unknown", section=section, name=name, names=names)

    def keys_unknown_near(self, *, section: str, name: str, near: str) -> str:
        return self._text("keys.unknown_near", section=section, name=name, near=near)

    def keys_unreadable(self, *, file: str, problem: str) -> str:
        return self._text("keys.unreadable", file=file, problem=problem)

    def keys_wrong(self, *, file: str, faults: str) -> str:
        return self._text("keys.wrong", file=file, faults=faults)

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

    def meant_no_chat(self, *, name: str) -> str:
        return self._text("meant.no_chat", name=name)

    def meant_nobody(self, *, name: str) -> str:
        return self._text("meant.nobody", name=name)

    def meant_several_chats(self, *, name: str, names: str) -> str:
        return self._text("meant.several_chats", name=name, names=names)

    def meant_several_people(self, *, name: str, names: str) -> str:
        return self._text("meant.several_people", name=name, names=names)

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

    def media_plain(self, *, what: str, looks: str, size: str, n: int) -> str:
        return self._text("media.plain", what=what, looks=looks, size=size, n=n)

    def media_row(self, *, what: str, looks: str, size: str) -> str:
        return self._text("media.row", what=what, looks=looks, size=size)

    def media_sound(self) -> str:
        return self._text("media.sound")

    def media_sound_looks(self, *, type: str, seconds: str) -> str:
        return self._text("media.sound_looks", type=type, seconds=seconds)

    def media_sticker(self, *, hash: str, pack: str) -> str:
        return self._text("media.sticker", hash=hash, pack=pack)

    def names_act_add(self) -> str:
        return self._text("names.act_add")

    def names_act_connect(self) -> str:
        return self._text("names.act_connect")

    def names_act_forget(self) -> str:
        return self._text("names.act_forget")

    def names_act_prefer(self) -> str:
        return self._text("names.act_prefer")

    def names_act_register(self) -> str:
        return self._text("names.act_register")

    def names_act_release(self) -> str:
        return self._text("names.act_release")

    def names_act_reserve_slash(self) -> str:
        return self._text("names.act_reserve_slash")

    def names_act_set_address(self) -> str:
        return self._text("names.act_set_address")

    def names_act_set_content(self) -> str:
        return self._text("names.act_set_content")

    def names_act_slash(self) -> str:
        return self._text("names.act_slash")

    def names_act_take_over(self) -> str:
        return self._text("names.act_take_over")

    def names_added(self, *, name: str) -> str:
        return self._text("names.added", name=name)

    def names_ask_address(self) -> str:
        return self._text("names.ask_address")

    def names_ask_connect(self, *, account: str, name: str) -> str:
        return self._text("names.ask_connect", account=account, name=name)

    def names_ask_content(self) -> str:
        return self._text("names.ask_content")

    def names_ask_no_content(self, *, account: str, name: str) -> str:
        return self._text("names.ask_no_content", account=account, name=name)

    def names_ask_register(self, *, account: str, name: str, price: str) -> str:
        return self._text("names.ask_register", account=account, name=name, price=price)

    def names_ask_release(self, *, account: str, name: str) -> str:
        return self._text("names.ask_release", account=account, name=name)

    def names_ask_reserve_slash(self, *, account: str, name: str) -> str:
        return self._text("names.ask_reserve_slash", account=account, name=name)

    def names_ask_set_address(self, *, account: str, name: str, value: str) -> str:
        return self._text("names.ask_set_address", account=account, name=name, value=value)

    def names_ask_set_content(self, *, account: str, name: str, value: str) -> str:
        return self._text("names.ask_set_content", account=account, name=name, value=value)

    def names_ask_slash(self, *, account: str, name: str) -> str:
        return self._text("names.ask_slash", account=account, name=name)

    def names_ask_take_over(self, *, account: str, name: str) -> str:
        return self._text("names.ask_take_over", account=account, name=name)

    def names_change(self, *, action: str, name: str) -> str:
        return self._text("names.change", action=action, name=name)

    def names_changes(self) -> str:
        return self._text("names.changes")

    def names_changes_empty(self) -> str:
        return self._text("names.changes_empty")

    def names_content(self, *, content: str) -> str:
        return self._text("names.content", content=content)

    def names_empty(self) -> str:
        return self._text("names.empty")

    def names_forget_question(self, *, name: str) -> str:
        return self._text("names.forget_question", name=name)

    def names_not_preferred(self) -> str:
        return self._text("names.not_preferred")

    def names_note(self) -> str:
        return self._text("names.note")

    def names_owner(self, *, owner: str) -> str:
        return self._text("names.owner", owner=owner)

    def names_pays(self, *, address: str) -> str:
        return self._text("names.pays", address=address)

    def names_preferred(self) -> str:
        return self._text("names.preferred")

    def names_releasable(self, *, moment: str) -> str:
        return self._text("names.releasable", moment=moment)

    def names_search(self) -> str:
        return self._text("names.search")

    def names_search_question(self) -> str:
        return self._text("names.search_question")

    def names_state_connected(self, *, name: str) -> str:
        return self._text("names.state_connected", name=name)

    def names_state_free(self, *, name: str, price: str, balance: str) -> str:
        return self._text("names.state_free", name=name, price=price, balance=balance)

    def names_state_other_key(self, *, name: str) -> str:
        return self._text("names.state_other_key", name=name)

    def names_state_owned(self, *, name: str) -> str:
        return self._text("names.state_owned", name=name)

    def names_state_refused(self, *, name: str) -> str:
        return self._text("names.state_refused", name=name)

    def names_state_taken(self, *, name: str) -> str:
        return self._text("names.state_taken", name=name)

    def names_title(self) -> str:
        return self._text("names.title")

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

    def reaction_angry(self) -> str:
        return self._text("reaction.angry")

    def reaction_laugh(self) -> str:
        return self._text("reaction.laugh")

    def reaction_love(self) -> str:
        return self._text("reaction.love")

    def reaction_other(self) -> str:
        return self._text("reaction.other")

    def reaction_sad(self) -> str:
        return self._text("reaction.sad")

    def reaction_thumbs_down(self) -> str:
        return self._text("reaction.thumbs_down")

    def reaction_thumbs_up(self) -> str:
        return self._text("reaction.thumbs_up")

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

    def terminal_act_accept(self) -> str:
        return self._text("terminal.act_accept")

    def terminal_act_account(self) -> str:
        return self._text("terminal.act_account")

    def terminal_act_add(self) -> str:
        return self._text("terminal.act_add")

    def terminal_act_again(self) -> str:
        return self._text("terminal.act_again")

    def terminal_act_approve(self) -> str:
        return self._text("terminal.act_approve")

    def terminal_act_block(self) -> str:
        return self._text("terminal.act_block")

    def terminal_act_cancel(self) -> str:
        return self._text("terminal.act_cancel")

    def terminal_act_collectibles(self) -> str:
        return self._text("terminal.act_collectibles")

    def terminal_act_colour(self) -> str:
        return self._text("terminal.act_colour")

    def terminal_act_details(self) -> str:
        return self._text("terminal.act_details")

    def terminal_act_device_name(self) -> str:
        return self._text("terminal.act_device_name")

    def terminal_act_drop(self) -> str:
        return self._text("terminal.act_drop")

    def terminal_act_enable(self) -> str:
        return self._text("terminal.act_enable")

    def terminal_act_faster(self) -> str:
        return self._text("terminal.act_faster")

    def terminal_act_favourites(self) -> str:
        return self._text("terminal.act_favourites")

    def terminal_act_forget_token(self) -> str:
        return self._text("terminal.act_forget_token")

    def terminal_act_give(self) -> str:
        return self._text("terminal.act_give")

    def terminal_act_go(self) -> str:
        return self._text("terminal.act_go")

    def terminal_act_ignore(self) -> str:
        return self._text("terminal.act_ignore")

    def terminal_act_invite(self) -> str:
        return self._text("terminal.act_invite")

    def terminal_act_join(self) -> str:
        return self._text("terminal.act_join")

    def terminal_act_keep(self) -> str:
        return self._text("terminal.act_keep")

    def terminal_act_leave(self) -> str:
        return self._text("terminal.act_leave")

    def terminal_act_link(self) -> str:
        return self._text("terminal.act_link")

    def terminal_act_name(self) -> str:
        return self._text("terminal.act_name")

    def terminal_act_name_changes(self) -> str:
        return self._text("terminal.act_name_changes")

    def terminal_act_names(self) -> str:
        return self._text("terminal.act_names")

    def terminal_act_nickname(self) -> str:
        return self._text("terminal.act_nickname")

    def terminal_act_older(self) -> str:
        return self._text("terminal.act_older")

    def terminal_act_open(self) -> str:
        return self._text("terminal.act_open")

    def terminal_act_pair(self) -> str:
        return self._text("terminal.act_pair")

    def terminal_act_pending(self) -> str:
        return self._text("terminal.act_pending")

    def terminal_act_promote(self) -> str:
        return self._text("terminal.act_promote")

    def terminal_act_receive(self) -> str:
        return self._text("terminal.act_receive")

    def terminal_act_remove(self) -> str:
        return self._text("terminal.act_remove")

    def terminal_act_rename(self) -> str:
        return self._text("terminal.act_rename")

    def terminal_act_resend(self) -> str:
        return self._text("terminal.act_resend")

    def terminal_act_resend_all(self) -> str:
        return self._text("terminal.act_resend_all")

    def terminal_act_search_name(self) -> str:
        return self._text("terminal.act_search_name")

    def terminal_act_send(self) -> str:
        return self._text("terminal.act_send")

    def terminal_act_stolen(self) -> str:
        return self._text("terminal.act_stolen")

    def terminal_act_sync(self) -> str:
        return self._text("terminal.act_sync")

    def terminal_act_token(self) -> str:
        return self._text("terminal.act_token")

    def terminal_act_update(self) -> str:
        return self._text("terminal.act_update")

    def terminal_act_withdraw(self) -> str:
        return self._text("terminal.act_withdraw")

    def terminal_act_write(self) -> str:
        return self._text("terminal.act_write")

    def terminal_add_question(self) -> str:
        return self._text("terminal.add_question")

    def terminal_add_title(self) -> str:
        return self._text("terminal.add_title")

    def terminal_added_to_group(self, *, chat: str, members: str) -> str:
        return self._text("terminal.added_to_group", chat=chat, members=members)

    def terminal_all_read(self) -> str:
        return self._text("terminal.all_read")

    def terminal_and_others(self, *, n: int) -> str:
        return self._text("terminal.and_others", n=n)

    def terminal_archived(self, *, n: int) -> str:
        return self._text("terminal.archived", n=n)

    def terminal_asked_to_join(self) -> str:
        return self._text("terminal.asked_to_join")

    def terminal_below(self, *, n: int) -> str:
        return self._text("terminal.below", n=n)

    def terminal_block_question(self, *, n: int, name: str) -> str:
        return self._text("terminal.block_question", n=n, name=name)

    def terminal_chats_title(self) -> str:
        return self._text("terminal.chats_title")

    def terminal_clear_question(self, *, chat: str) -> str:
        return self._text("terminal.clear_question", chat=chat)

    def terminal_code_hint(self) -> str:
        return self._text("terminal.code_hint")

    def terminal_code_no_room(self, *, columns: int, lines: int) -> str:
        return self._text("terminal.code_no_room", columns=columns, lines=lines)

    def terminal_code_own(self, *, name: str) -> str:
        return self._text("terminal.code_own", name=name)

    def terminal_command_accept(self) -> str:
        return self._text("terminal.command_accept")

    def terminal_command_add(self) -> str:
        return self._text("terminal.command_add")

    def terminal_command_approve(self) -> str:
        return self._text("terminal.command_approve")

    def terminal_command_archive(self) -> str:
        return self._text("terminal.command_archive")

    def terminal_command_ask(self) -> str:
        return self._text("terminal.command_ask")

    def terminal_command_at(self) -> str:
        return self._text("terminal.command_at")

    def terminal_command_audio(self) -> str:
        return self._text("terminal.command_audio")

    def terminal_command_block(self) -> str:
        return self._text("terminal.command_block")

    def terminal_command_chat(self) -> str:
        return self._text("terminal.command_chat")

    def terminal_command_chats(self) -> str:
        return self._text("terminal.command_chats")

    def terminal_command_clear(self) -> str:
        return self._text("terminal.command_clear")

    def terminal_command_device(self) -> str:
        return self._text("terminal.command_device")

    def terminal_command_devices(self) -> str:
        return self._text("terminal.command_devices")

    def terminal_command_disable(self) -> str:
        return self._text("terminal.command_disable")

    def terminal_command_enable(self) -> str:
        return self._text("terminal.command_enable")

    def terminal_command_explain(self) -> str:
        return self._text("terminal.command_explain")

    def terminal_command_export(self) -> str:
        return self._text("terminal.command_export")

    def terminal_command_fetch(self) -> str:
        return self._text("terminal.command_fetch")

    def terminal_command_forget(self) -> str:
        return self._text("terminal.command_forget")

    def terminal_command_goto(self) -> str:
        return self._text("terminal.command_goto")

    def terminal_command_group(self) -> str:
        return self._text("terminal.command_group")

    def terminal_command_help(self) -> str:
        return self._text("terminal.command_help")

    def terminal_command_ignore(self) -> str:
        return self._text("terminal.command_ignore")

    def terminal_command_image(self) -> str:
        return self._text("terminal.command_image")

    def terminal_command_invite(self) -> str:
        return self._text("terminal.command_invite")

    def terminal_command_join(self) -> str:
        return self._text("terminal.command_join")

    def terminal_command_key(self) -> str:
        return self._text("terminal.command_key")

    def terminal_command_keys(self) -> str:
        return self._text("terminal.command_keys")

    def terminal_command_leave(self) -> str:
        return self._text("terminal.command_leave")

    def terminal_command_lines(self) -> str:
        return self._text("terminal.command_lines")

    def terminal_command_link(self) -> str:
        return self._text("terminal.command_link")

    def terminal_command_members(self) -> str:
        return self._text("terminal.command_members")

    def terminal_command_more(self) -> str:
        return self._text("terminal.command_more")

    def terminal_command_mute(self) -> str:
        return self._text("terminal.command_mute")

    def terminal_command_names(self) -> str:
        return self._text("terminal.command_names")

    def terminal_command_network(self) -> str:
        return self._text("terminal.command_network")

    def terminal_command_next(self) -> str:
        return self._text("terminal.command_next")

    def terminal_command_nick(self) -> str:
        return self._text("terminal.command_nick")

    def terminal_command_open(self) -> str:
        return self._text("terminal.command_open")

    def terminal_command_outbox(self) -> str:
        return self._text("terminal.command_outbox")

    def terminal_command_pair(self) -> str:
        return self._text("terminal.command_pair")

    def terminal_command_people(self) -> str:
        return self._text("terminal.command_people")

    def terminal_command_pin(self) -> str:
        return self._text("terminal.command_pin")

    def terminal_command_promote(self) -> str:
        return self._text("terminal.command_promote")

    def terminal_command_quit(self) -> str:
        return self._text("terminal.command_quit")

    def terminal_command_quoted(self) -> str:
        return self._text("terminal.command_quoted")

    def terminal_command_raw(self) -> str:
        return self._text("terminal.command_raw")

    def terminal_command_react(self) -> str:
        return self._text("terminal.command_react")

    def terminal_command_reject(self) -> str:
        return self._text("terminal.command_reject")

    def terminal_command_remove(self) -> str:
        return self._text("terminal.command_remove")

    def terminal_command_rename(self) -> str:
        return self._text("terminal.command_rename")

    def terminal_command_reply(self) -> str:
        return self._text("terminal.command_reply")

    def terminal_command_resend(self) -> str:
        return self._text("terminal.command_resend")

    def terminal_command_retry(self) -> str:
        return self._text("terminal.command_retry")

    def terminal_command_save(self) -> str:
        return self._text("terminal.command_save")

    def terminal_command_search(self) -> str:
        return self._text("terminal.command_search")

    def terminal_command_sort(self) -> str:
        return self._text("terminal.command_sort")

    def terminal_command_state(self) -> str:
        return self._text("terminal.command_state")

    def terminal_command_stolen(self) -> str:
        return self._text("terminal.command_stolen")

    def terminal_command_sync(self) -> str:
        return self._text("terminal.command_sync")

    def terminal_command_theme(self) -> str:
        return self._text("terminal.command_theme")

    def terminal_command_unblock(self) -> str:
        return self._text("terminal.command_unblock")

    def terminal_command_unread(self) -> str:
        return self._text("terminal.command_unread")

    def terminal_command_wallet(self) -> str:
        return self._text("terminal.command_wallet")

    def terminal_command_where(self) -> str:
        return self._text("terminal.command_where")

    def terminal_command_withdraw(self) -> str:
        return self._text("terminal.command_withdraw")

    def terminal_command_words(self) -> str:
        return self._text("terminal.command_words")

    def terminal_commands(self) -> str:
        return self._text("terminal.commands")

    def terminal_copied(self) -> str:
        return self._text("terminal.copied")

    def terminal_copy_suspected(self, *, devices: str) -> str:
        return self._text("terminal.copy_suspected", devices=devices)

    def terminal_date_question(self) -> str:
        return self._text("terminal.date_question")

    def terminal_date_title(self) -> str:
        return self._text("terminal.date_title")

    def terminal_delivered_to(self, *, n: int, mark: str, members: int) -> str:
        return self._text("terminal.delivered_to", n=n, mark=mark, members=members)

    def terminal_demo_starts(self) -> str:
        return self._text("terminal.demo_starts")

    def terminal_device_enabled(self, *, name: str, id: str) -> str:
        return self._text("terminal.device_enabled", name=name, id=id)

    def terminal_device_found(self, *, devices: str) -> str:
        return self._text("terminal.device_found", devices=devices)

    def terminal_device_new(self, *, name: str, id: str) -> str:
        return self._text("terminal.device_new", name=name, id=id)

    def terminal_device_progress(self, *, id: str, arrived: int, waiting: int) -> str:
        return self._text("terminal.device_progress", id=id, arrived=arrived, waiting=waiting)

    def terminal_device_question(self) -> str:
        return self._text("terminal.device_question")

    def terminal_device_this(self, *, name: str) -> str:
        return self._text("terminal.device_this", name=name)

    def terminal_device_title(self) -> str:
        return self._text("terminal.device_title")

    def terminal_devices_note(self) -> str:
        return self._text("terminal.devices_note")

    def terminal_devices_title(self) -> str:
        return self._text("terminal.devices_title")

    def terminal_drop_image(self) -> str:
        return self._text("terminal.drop_image")

    def terminal_drop_question(self, *, file: str) -> str:
        return self._text("terminal.drop_question", file=file)

    def terminal_drop_sound(self) -> str:
        return self._text("terminal.drop_sound")

    def terminal_drop_text(self) -> str:
        return self._text("terminal.drop_text")

    def terminal_empty(self) -> str:
        return self._text("terminal.empty")

    def terminal_explain_author(self, *, name: str) -> str:
        return self._text("terminal.explain_author", name=name)

    def terminal_explain_id(self, *, id: str) -> str:
        return self._text("terminal.explain_id", id=id)

    def terminal_explain_title(self) -> str:
        return self._text("terminal.explain_title")

    def terminal_exported(self, *, file: str) -> str:
        return self._text("terminal.exported", file=file)

    def terminal_fetched(self) -> str:
        return self._text("terminal.fetched")

    def terminal_file_opened(self) -> str:
        return self._text("terminal.file_opened")

    def terminal_first_account(self) -> str:
        return self._text("terminal.first_account")

    def terminal_first_again(self) -> str:
        return self._text("terminal.first_again")

    def terminal_first_candidates(self) -> str:
        return self._text("terminal.first_candidates")

    def terminal_first_candidates_hint(self) -> str:
        return self._text("terminal.first_candidates_hint")

    def terminal_first_custom(self) -> str:
        return self._text("terminal.first_custom")

    def terminal_first_demo(self) -> str:
        return self._text("terminal.first_demo")

    def terminal_first_is_here(self, *, name: str) -> str:
        return self._text("terminal.first_is_here", name=name)

    def terminal_first_longer(self) -> str:
        return self._text("terminal.first_longer")

    def terminal_first_name(self) -> str:
        return self._text("terminal.first_name")

    def terminal_first_new(self) -> str:
        return self._text("terminal.first_new")

    def terminal_first_not_word(self, *, place: str, word: str) -> str:
        return self._text("terminal.first_not_word", place=place, word=word)

    def terminal_first_open(self, *, name: str) -> str:
        return self._text("terminal.first_open", name=name)

    def terminal_first_others(self) -> str:
        return self._text("terminal.first_others")

    def terminal_first_password(self) -> str:
        return self._text("terminal.first_password")

    def terminal_first_password_fair(self) -> str:
        return self._text("terminal.first_password_fair")

    def terminal_first_password_of(self, *, name: str) -> str:
        return self._text("terminal.first_password_of", name=name)

    def terminal_first_password_short(self, *, n: int) -> str:
        return self._text("terminal.first_password_short", n=n)

    def terminal_first_password_strong(self) -> str:
        return self._text("terminal.first_password_strong")

    def terminal_first_password_twice(self) -> str:
        return self._text("terminal.first_password_twice")

    def terminal_first_recover(self) -> str:
        return self._text("terminal.first_recover")

    def terminal_first_recover_question(self) -> str:
        return self._text("terminal.first_recover_question")

    def terminal_first_shorter(self) -> str:
        return self._text("terminal.first_shorter")

    def terminal_first_title(self) -> str:
        return self._text("terminal.first_title")

    def terminal_first_words_hint(self) -> str:
        return self._text("terminal.first_words_hint")

    def terminal_first_working(self) -> str:
        return self._text("terminal.first_working")

    def terminal_footer(self, *, help: str, switch: str, search: str, new: str, network: str, quit: str) -> str:
        return self._text("terminal.footer", help=help, switch=switch, search=search, new=new, network=network, quit=quit)

    def terminal_footer_short(self, *, help: str, switch: str, quit: str) -> str:
        return self._text("terminal.footer_short", help=help, switch=switch, quit=quit)

    def terminal_forget_question(self) -> str:
        return self._text("terminal.forget_question")

    def terminal_forget_waiting_question(self, *, withdraw: str) -> str:
        return self._text("terminal.forget_waiting_question", withdraw=withdraw)

    def terminal_gap_key(self) -> str:
        return self._text("terminal.gap_key")

    def terminal_group_joined(self) -> str:
        return self._text("terminal.group_joined")

    def terminal_group_made(self, *, members: str) -> str:
        return self._text("terminal.group_made", members=members)

    def terminal_help_title(self) -> str:
        return self._text("terminal.help_title")

    def terminal_hint_choose(self) -> str:
        return self._text("terminal.hint_choose")

    def terminal_hint_close(self) -> str:
        return self._text("terminal.hint_close")

    def terminal_hint_enter(self) -> str:
        return self._text("terminal.hint_enter")

    def terminal_imitates(self, *, name: str) -> str:
        return self._text("terminal.imitates", name=name)

    def terminal_invite_question(self) -> str:
        return self._text("terminal.invite_question")

    def terminal_invite_title(self) -> str:
        return self._text("terminal.invite_title")

    def terminal_is_archived(self) -> str:
        return self._text("terminal.is_archived")

    def terminal_is_muted(self) -> str:
        return self._text("terminal.is_muted")

    def terminal_is_pinned(self) -> str:
        return self._text("terminal.is_pinned")

    def terminal_is_unarchived(self) -> str:
        return self._text("terminal.is_unarchived")

    def terminal_is_unmuted(self) -> str:
        return self._text("terminal.is_unmuted")

    def terminal_is_unpinned(self) -> str:
        return self._text("terminal.is_unpinned")

    def terminal_is_unread(self) -> str:
        return self._text("terminal.is_unread")

    def terminal_join_requested(self, *, name: str, members: str) -> str:
        return self._text("terminal.join_requested", name=name, members=members)

    def terminal_key(self) -> str:
        return self._text("terminal.key")

    def terminal_key_title(self) -> str:
        return self._text("terminal.key_title")

    def terminal_keys_archive(self) -> str:
        return self._text("terminal.keys_archive")

    def terminal_keys_archived(self) -> str:
        return self._text("terminal.keys_archived")

    def terminal_keys_back(self) -> str:
        return self._text("terminal.keys_back")

    def terminal_keys_chat_ends(self) -> str:
        return self._text("terminal.keys_chat_ends")

    def terminal_keys_chats(self) -> str:
        return self._text("terminal.keys_chats")

    def terminal_keys_choose(self) -> str:
        return self._text("terminal.keys_choose")

    def terminal_keys_command(self) -> str:
        return self._text("terminal.keys_command")

    def terminal_keys_complete(self) -> str:
        return self._text("terminal.keys_complete")

    def terminal_keys_copy(self) -> str:
        return self._text("terminal.keys_copy")

    def terminal_keys_date(self) -> str:
        return self._text("terminal.keys_date")

    def terminal_keys_delete(self) -> str:
        return self._text("terminal.keys_delete")

    def terminal_keys_devices(self) -> str:
        return self._text("terminal.keys_devices")

    def terminal_keys_editor(self) -> str:
        return self._text("terminal.keys_editor")

    def terminal_keys_ends(self) -> str:
        return self._text("terminal.keys_ends")

    def terminal_keys_entries(self) -> str:
        return self._text("terminal.keys_entries")

    def terminal_keys_entry(self) -> str:
        return self._text("terminal.keys_entry")

    def terminal_keys_explain(self) -> str:
        return self._text("terminal.keys_explain")

    def terminal_keys_focus(self) -> str:
        return self._text("terminal.keys_focus")

    def terminal_keys_help(self) -> str:
        return self._text("terminal.keys_help")

    def terminal_keys_link(self) -> str:
        return self._text("terminal.keys_link")

    def terminal_keys_members(self) -> str:
        return self._text("terminal.keys_members")

    def terminal_keys_messages(self) -> str:
        return self._text("terminal.keys_messages")

    def terminal_keys_mouse(self) -> str:
        return self._text("terminal.keys_mouse")

    def terminal_keys_neighbour(self) -> str:
        return self._text("terminal.keys_neighbour")

    def terminal_keys_network(self) -> str:
        return self._text("terminal.keys_network")

    def terminal_keys_new_chat(self) -> str:
        return self._text("terminal.keys_new_chat")

    def terminal_keys_new_line(self) -> str:
        return self._text("terminal.keys_new_line")

    def terminal_keys_next_unread(self) -> str:
        return self._text("terminal.keys_next_unread")

    def terminal_keys_note(self, *, file: str) -> str:
        return self._text("terminal.keys_note", file=file)

    def terminal_keys_open(self) -> str:
        return self._text("terminal.keys_open")

    def terminal_keys_outbox(self) -> str:
        return self._text("terminal.keys_outbox")

    def terminal_keys_own_code(self) -> str:
        return self._text("terminal.keys_own_code")

    def terminal_keys_pages(self) -> str:
        return self._text("terminal.keys_pages")

    def terminal_keys_people(self) -> str:
        return self._text("terminal.keys_people")

    def terminal_keys_pin(self) -> str:
        return self._text("terminal.keys_pin")

    def terminal_keys_quit(self) -> str:
        return self._text("terminal.keys_quit")

    def terminal_keys_raw(self) -> str:
        return self._text("terminal.keys_raw")

    def terminal_keys_react(self) -> str:
        return self._text("terminal.keys_react")

    def terminal_keys_recall(self) -> str:
        return self._text("terminal.keys_recall")

    def terminal_keys_reply(self) -> str:
        return self._text("terminal.keys_reply")

    def terminal_keys_save(self) -> str:
        return self._text("terminal.keys_save")

    def terminal_keys_scroll(self) -> str:
        return self._text("terminal.keys_scroll")

    def terminal_keys_search(self) -> str:
        return self._text("terminal.keys_search")

    def terminal_keys_send(self) -> str:
        return self._text("terminal.keys_send")

    def terminal_keys_suspend(self) -> str:
        return self._text("terminal.keys_suspend")

    def terminal_keys_switch(self) -> str:
        return self._text("terminal.keys_switch")

    def terminal_keys_title(self) -> str:
        return self._text("terminal.keys_title")

    def terminal_keys_to_messages(self) -> str:
        return self._text("terminal.keys_to_messages")

    def terminal_keys_unread(self) -> str:
        return self._text("terminal.keys_unread")

    def terminal_keys_wallet(self) -> str:
        return self._text("terminal.keys_wallet")

    def terminal_keys_windows(self) -> str:
        return self._text("terminal.keys_windows")

    def terminal_keys_withdraw(self) -> str:
        return self._text("terminal.keys_withdraw")

    def terminal_keys_words(self) -> str:
        return self._text("terminal.keys_words")

    def terminal_keys_write(self) -> str:
        return self._text("terminal.keys_write")

    def terminal_keys_writing(self) -> str:
        return self._text("terminal.keys_writing")

    def terminal_leave_question(self, *, chat: str) -> str:
        return self._text("terminal.leave_question", chat=chat)

    def terminal_left(self, *, chat: str) -> str:
        return self._text("terminal.left", chat=chat)

    def terminal_link_title(self) -> str:
        return self._text("terminal.link_title")

    def terminal_member(self, *, name: str) -> str:
        return self._text("terminal.member", name=name)

    def terminal_member_admin(self, *, name: str) -> str:
        return self._text("terminal.member_admin", name=name)

    def terminal_member_asks(self, *, name: str, said: str) -> str:
        return self._text("terminal.member_asks", name=name, said=said)

    def terminal_member_invited(self, *, name: str) -> str:
        return self._text("terminal.member_invited", name=name)

    def terminal_members_note(self) -> str:
        return self._text("terminal.members_note")

    def terminal_members_title(self) -> str:
        return self._text("terminal.members_title")

    def terminal_more(self) -> str:
        return self._text("terminal.more")

    def terminal_more_lines(self, *, n: int) -> str:
        return self._text("terminal.more_lines", n=n)

    def terminal_mouse_off(self) -> str:
        return self._text("terminal.mouse_off")

    def terminal_mouse_on(self) -> str:
        return self._text("terminal.mouse_on")

    def terminal_muted(self) -> str:
        return self._text("terminal.muted")

    def terminal_name_somebody(self) -> str:
        return self._text("terminal.name_somebody")

    def terminal_network_title(self) -> str:
        return self._text("terminal.network_title")

    def terminal_new_question(self) -> str:
        return self._text("terminal.new_question")

    def terminal_new_title(self) -> str:
        return self._text("terminal.new_title")

    def terminal_nick_question(self) -> str:
        return self._text("terminal.nick_question")

    def terminal_nick_title(self) -> str:
        return self._text("terminal.nick_title")

    def terminal_no(self) -> str:
        return self._text("terminal.no")

    def terminal_no_chat(self, *, new: str) -> str:
        return self._text("terminal.no_chat", new=new)

    def terminal_no_chat_title(self) -> str:
        return self._text("terminal.no_chat_title")

    def terminal_no_date(self) -> str:
        return self._text("terminal.no_date")

    def terminal_no_device(self) -> str:
        return self._text("terminal.no_device")

    def terminal_no_editor(self) -> str:
        return self._text("terminal.no_editor")

    def terminal_no_group(self) -> str:
        return self._text("terminal.no_group")

    def terminal_no_link(self) -> str:
        return self._text("terminal.no_link")

    def terminal_no_media(self) -> str:
        return self._text("terminal.no_media")

    def terminal_no_message(self) -> str:
        return self._text("terminal.no_message")

    def terminal_no_opener(self, *, save: str) -> str:
        return self._text("terminal.no_opener", save=save)

    def terminal_no_quote(self) -> str:
        return self._text("terminal.no_quote")

    def terminal_no_request(self) -> str:
        return self._text("terminal.no_request")

    def terminal_no_secrecy(self) -> str:
        return self._text("terminal.no_secrecy")

    def terminal_no_theme(self, *, names: str) -> str:
        return self._text("terminal.no_theme", names=names)

    def terminal_not_at_end(self) -> str:
        return self._text("terminal.not_at_end")

    def terminal_not_here(self) -> str:
        return self._text("terminal.not_here")

    def terminal_nothing_found(self) -> str:
        return self._text("terminal.nothing_found")

    def terminal_open_file_question(self) -> str:
        return self._text("terminal.open_file_question")

    def terminal_open_question(self, *, about: str) -> str:
        return self._text("terminal.open_question", about=about)

    def terminal_outbox_empty(self) -> str:
        return self._text("terminal.outbox_empty")

    def terminal_outbox_more(self, *, n: int) -> str:
        return self._text("terminal.outbox_more", n=n)

    def terminal_outbox_title(self) -> str:
        return self._text("terminal.outbox_title")

    def terminal_paired(self, *, devices: str) -> str:
        return self._text("terminal.paired", devices=devices)

    def terminal_people_empty(self) -> str:
        return self._text("terminal.people_empty")

    def terminal_people_note(self) -> str:
        return self._text("terminal.people_note")

    def terminal_people_title(self) -> str:
        return self._text("terminal.people_title")

    def terminal_person_added(self, *, name: str) -> str:
        return self._text("terminal.person_added", name=name)

    def terminal_person_blocked(self, *, name: str) -> str:
        return self._text("terminal.person_blocked", name=name)

    def terminal_person_known(self, *, name: str) -> str:
        return self._text("terminal.person_known", name=name)

    def terminal_person_mutual(self, *, name: str) -> str:
        return self._text("terminal.person_mutual", name=name)

    def terminal_person_request(self, *, name: str) -> str:
        return self._text("terminal.person_request", name=name)

    def terminal_picture_hint(self) -> str:
        return self._text("terminal.picture_hint")

    def terminal_picture_loading(self) -> str:
        return self._text("terminal.picture_loading")

    def terminal_picture_title(self, *, name: str) -> str:
        return self._text("terminal.picture_title", name=name)

    def terminal_placeholder(self) -> str:
        return self._text("terminal.placeholder")

    def terminal_plain_added_to_group(self, *, chat: str) -> str:
        return self._text("terminal.plain_added_to_group", chat=chat)

    def terminal_plain_answers(self, *, name: str, text: str) -> str:
        return self._text("terminal.plain_answers", name=name, text=text)

    def terminal_plain_answers_missing(self) -> str:
        return self._text("terminal.plain_answers_missing")

    def terminal_plain_answers_number(self, *, n: int, name: str, text: str) -> str:
        return self._text("terminal.plain_answers_number", n=n, name=name, text=text)

    def terminal_plain_begin(self) -> str:
        return self._text("terminal.plain_begin")

    def terminal_plain_chat(self, *, chat: str, audience: str) -> str:
        return self._text("terminal.plain_chat", chat=chat, audience=audience)

    def terminal_plain_cleared(self) -> str:
        return self._text("terminal.plain_cleared")

    def terminal_plain_deleted(self, *, n: int) -> str:
        return self._text("terminal.plain_deleted", n=n)

    def terminal_plain_device_found(self) -> str:
        return self._text("terminal.plain_device_found")

    def terminal_plain_dropped(self) -> str:
        return self._text("terminal.plain_dropped")

    def terminal_plain_elsewhere(self, *, chat: str, n: int) -> str:
        return self._text("terminal.plain_elsewhere", chat=chat, n=n)

    def terminal_plain_goto(self) -> str:
        return self._text("terminal.plain_goto")

    def terminal_plain_join_requested(self, *, name: str) -> str:
        return self._text("terminal.plain_join_requested", name=name)

    def terminal_plain_lines(self, *, n: int) -> str:
        return self._text("terminal.plain_lines", n=n)

    def terminal_plain_lines_begin(self) -> str:
        return self._text("terminal.plain_lines_begin")

    def terminal_plain_names(self) -> str:
        return self._text("terminal.plain_names")

    def terminal_plain_no_more(self) -> str:
        return self._text("terminal.plain_no_more")

    def terminal_plain_number(self, *, n: str) -> str:
        return self._text("terminal.plain_number", n=n)

    def terminal_plain_outbox(self) -> str:
        return self._text("terminal.plain_outbox")

    def terminal_plain_people_empty(self) -> str:
        return self._text("terminal.plain_people_empty")

    def terminal_plain_reacted(self, *, name: str, n: int, what: str) -> str:
        return self._text("terminal.plain_reacted", name=name, n=n, what=what)

    def terminal_plain_reacted_back(self, *, name: str, what: str, n: int) -> str:
        return self._text("terminal.plain_reacted_back", name=name, what=what, n=n)

    def terminal_plain_reactions(self, *, what: str, names: str) -> str:
        return self._text("terminal.plain_reactions", what=what, names=names)

    def terminal_plain_state(self, *, n: int, state: str) -> str:
        return self._text("terminal.plain_state", n=n, state=state)

    def terminal_plain_too_long(self) -> str:
        return self._text("terminal.plain_too_long")

    def terminal_plain_wallet(self) -> str:
        return self._text("terminal.plain_wallet")

    def terminal_plain_wants_to_write(self, *, name: str, chat_key: str) -> str:
        return self._text("terminal.plain_wants_to_write", name=name, chat_key=chat_key)

    def terminal_plain_which(self, *, n: int) -> str:
        return self._text("terminal.plain_which", n=n)

    def terminal_plain_withdrawn(self, *, n: int) -> str:
        return self._text("terminal.plain_withdrawn", n=n)

    def terminal_plain_words(self) -> str:
        return self._text("terminal.plain_words")

    def terminal_promote_question(self, *, name: str) -> str:
        return self._text("terminal.promote_question", name=name)

    def terminal_raw_title(self) -> str:
        return self._text("terminal.raw_title")

    def terminal_react_none(self) -> str:
        return self._text("terminal.react_none")

    def terminal_react_title(self) -> str:
        return self._text("terminal.react_title")

    def terminal_remove_question(self, *, name: str) -> str:
        return self._text("terminal.remove_question", name=name)

    def terminal_rename_question(self) -> str:
        return self._text("terminal.rename_question")

    def terminal_rename_title(self) -> str:
        return self._text("terminal.rename_title")

    def terminal_replying(self, *, name: str) -> str:
        return self._text("terminal.replying", name=name)

    def terminal_rescue(self) -> str:
        return self._text("terminal.rescue")

    def terminal_rescue_title(self) -> str:
        return self._text("terminal.rescue_title")

    def terminal_save_question(self) -> str:
        return self._text("terminal.save_question")

    def terminal_save_title(self) -> str:
        return self._text("terminal.save_title")

    def terminal_saved(self, *, file: str) -> str:
        return self._text("terminal.saved", file=file)

    def terminal_search_hint(self) -> str:
        return self._text("terminal.search_hint")

    def terminal_search_in(self, *, chat: str) -> str:
        return self._text("terminal.search_in", chat=chat)

    def terminal_search_title(self) -> str:
        return self._text("terminal.search_title")

    def terminal_see_network(self, *, network: str) -> str:
        return self._text("terminal.see_network", network=network)

    def terminal_signs(self) -> str:
        return self._text("terminal.signs")

    def terminal_stolen_1(self) -> str:
        return self._text("terminal.stolen_1")

    def terminal_stolen_2(self) -> str:
        return self._text("terminal.stolen_2")

    def terminal_stolen_3(self) -> str:
        return self._text("terminal.stolen_3")

    def terminal_stolen_4(self) -> str:
        return self._text("terminal.stolen_4")

    def terminal_stolen_title(self) -> str:
        return self._text("terminal.stolen_title")

    def terminal_switch_title(self) -> str:
        return self._text("terminal.switch_title")

    def terminal_syncing(self) -> str:
        return self._text("terminal.syncing")

    def terminal_too_long_to_copy(self) -> str:
        return self._text("terminal.too_long_to_copy")

    def terminal_undecryptable(self, *, name: str) -> str:
        return self._text("terminal.undecryptable", name=name)

    def terminal_unread(self, *, n: int) -> str:
        return self._text("terminal.unread", n=n)

    def terminal_wants_to_write(self, *, name: str, people: str) -> str:
        return self._text("terminal.wants_to_write", name=name, people=people)

    def terminal_withdrawn(self) -> str:
        return self._text("terminal.withdrawn")

    def terminal_withdrawn_draft(self) -> str:
        return self._text("terminal.withdrawn_draft")

    def terminal_words_checked(self) -> str:
        return self._text("terminal.words_checked")

    def terminal_words_due(self, *, words: str) -> str:
        return self._text("terminal.words_due", words=words)

    def terminal_words_gone(self) -> str:
        return self._text("terminal.words_gone")

    def terminal_words_hint(self) -> str:
        return self._text("terminal.words_hint")

    def terminal_words_question(self, *, first: str, second: str, third: str) -> str:
        return self._text("terminal.words_question", first=first, second=second, third=third)

    def terminal_words_text(self) -> str:
        return self._text("terminal.words_text")

    def terminal_words_three(self) -> str:
        return self._text("terminal.words_three")

    def terminal_words_title(self) -> str:
        return self._text("terminal.words_title")

    def terminal_words_wrong(self, *, place: str) -> str:
        return self._text("terminal.words_wrong", place=place)

    def terminal_yes(self) -> str:
        return self._text("terminal.yes")

    def terminal_you(self) -> str:
        return self._text("terminal.you")

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

    def tour_help(self, *, help: str) -> str:
        return self._text("tour.help", help=help)

    def tour_messages(self, *, explain: str, react: str) -> str:
        return self._text("tour.messages", explain=explain, react=react)

    def tour_place(self, *, n: int, of: int) -> str:
        return self._text("tour.place", n=n, of=of)

    def tour_private(self, *, below: str) -> str:
        return self._text("tour.private", below=below)

    def tour_public(self) -> str:
        return self._text("tour.public")

    def tour_secret(self) -> str:
        return self._text("tour.secret")

    def tour_switch(self, *, switch: str) -> str:
        return self._text("tour.switch", switch=switch)

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

    def wallet_add_derived(self) -> str:
        return self._text("wallet.add_derived")

    def wallet_add_key(self) -> str:
        return self._text("wallet.add_key")

    def wallet_add_phrase(self) -> str:
        return self._text("wallet.add_phrase")

    def wallet_add_title(self) -> str:
        return self._text("wallet.add_title")

    def wallet_add_watched(self) -> str:
        return self._text("wallet.add_watched")

    def wallet_address_of(self, *, account: str) -> str:
        return self._text("wallet.address_of", account=account)

    def wallet_as_of(self, *, block: str, chain: str) -> str:
        return self._text("wallet.as_of", block=block, chain=chain)

    def wallet_ask_account_password(self) -> str:
        return self._text("wallet.ask_account_password")

    def wallet_ask_address(self) -> str:
        return self._text("wallet.ask_address")

    def wallet_ask_approve(self, *, account: str, to: str, amount: str) -> str:
        return self._text("wallet.ask_approve", account=account, to=to, amount=amount)

    def wallet_ask_approve_all(self, *, account: str, to: str, token: str) -> str:
        return self._text("wallet.ask_approve_all", account=account, to=to, token=token)

    def wallet_ask_approve_all_and_call(self, *, account: str, to: str, token: str) -> str:
        return self._text("wallet.ask_approve_all_and_call", account=account, to=to, token=token)

    def wallet_ask_approve_and_call(self, *, account: str, to: str, amount: str) -> str:
        return self._text("wallet.ask_approve_and_call", account=account, to=to, amount=amount)

    def wallet_ask_call(self, *, account: str, contract: str, data: str) -> str:
        return self._text("wallet.ask_call", account=account, contract=contract, data=data)

    def wallet_ask_cancel(self, *, account: str) -> str:
        return self._text("wallet.ask_cancel", account=account)

    def wallet_ask_collectible(self, *, account: str, number: str, contract: str, to: str) -> str:
        return self._text("wallet.ask_collectible", account=account, number=number, contract=contract, to=to)

    def wallet_ask_collectible_contract(self) -> str:
        return self._text("wallet.ask_collectible_contract")

    def wallet_ask_colour(self) -> str:
        return self._text("wallet.ask_colour")

    def wallet_ask_contract(self, *, account: str) -> str:
        return self._text("wallet.ask_contract", account=account)

    def wallet_ask_cost(self, *, chain: str, fee: str, balance: str) -> str:
        return self._text("wallet.ask_cost", chain=chain, fee=fee, balance=balance)

    def wallet_ask_faster(self) -> str:
        return self._text("wallet.ask_faster")

    def wallet_ask_hint(self) -> str:
        return self._text("wallet.ask_hint")

    def wallet_ask_key(self) -> str:
        return self._text("wallet.ask_key")

    def wallet_ask_name(self) -> str:
        return self._text("wallet.ask_name")

    def wallet_ask_other_phrase(self) -> str:
        return self._text("wallet.ask_other_phrase")

    def wallet_ask_password(self) -> str:
        return self._text("wallet.ask_password")

    def wallet_ask_pay(self, *, account: str, amount: str, to: str) -> str:
        return self._text("wallet.ask_pay", account=account, amount=amount, to=to)

    def wallet_ask_phrase(self, *, phrase: str) -> str:
        return self._text("wallet.ask_phrase", phrase=phrase)

    def wallet_ask_take_back(self, *, account: str, to: str, token: str) -> str:
        return self._text("wallet.ask_take_back", account=account, to=to, token=token)

    def wallet_ask_title(self) -> str:
        return self._text("wallet.ask_title")

    def wallet_ask_token(self) -> str:
        return self._text("wallet.ask_token")

    def wallet_ask_with_it(self, *, amount: str) -> str:
        return self._text("wallet.ask_with_it", amount=amount)

    def wallet_bad_amount(self, *, n: int, symbol: str) -> str:
        return self._text("wallet.bad_amount", n=n, symbol=symbol)

    def wallet_bad_key(self) -> str:
        return self._text("wallet.bad_key")

    def wallet_bad_number(self) -> str:
        return self._text("wallet.bad_number")

    def wallet_base_units(self, *, amount: str, what: str) -> str:
        return self._text("wallet.base_units", amount=amount, what=what)

    def wallet_brief_key(self) -> str:
        return self._text("wallet.brief_key")

    def wallet_brief_watched(self) -> str:
        return self._text("wallet.brief_watched")

    def wallet_cannot_sign(self, *, account: str) -> str:
        return self._text("wallet.cannot_sign", account=account)

    def wallet_collectible(self, *, number: str) -> str:
        return self._text("wallet.collectible", number=number)

    def wallet_collectibles(self) -> str:
        return self._text("wallet.collectibles")

    def wallet_collectibles_count(self, *, n: int, contract: str) -> str:
        return self._text("wallet.collectibles_count", n=n, contract=contract)

    def wallet_empty(self) -> str:
        return self._text("wallet.empty")

    def wallet_favourites(self) -> str:
        return self._text("wallet.favourites")

    def wallet_favourites_empty(self) -> str:
        return self._text("wallet.favourites_empty")

    def wallet_from(self, *, who: str) -> str:
        return self._text("wallet.from", who=who)

    def wallet_history(self) -> str:
        return self._text("wallet.history")

    def wallet_history_empty(self) -> str:
        return self._text("wallet.history_empty")

    def wallet_holdings(self) -> str:
        return self._text("wallet.holdings")

    def wallet_kind_derived(self, *, path: str) -> str:
        return self._text("wallet.kind_derived", path=path)

    def wallet_kind_key(self) -> str:
        return self._text("wallet.kind_key")

    def wallet_kind_phrase(self, *, path: str) -> str:
        return self._text("wallet.kind_phrase", path=path)

    def wallet_kind_watched(self) -> str:
        return self._text("wallet.kind_watched")

    def wallet_made_contract(self) -> str:
        return self._text("wallet.made_contract")

    def wallet_no_address(self, *, name: str) -> str:
        return self._text("wallet.no_address", name=name)

    def wallet_no_node(self) -> str:
        return self._text("wallet.no_node")

    def wallet_nobody(self, *, name: str) -> str:
        return self._text("wallet.nobody", name=name)

    def wallet_nothing_sent(self) -> str:
        return self._text("wallet.nothing_sent")

    def wallet_number(self, *, number: str, what: str) -> str:
        return self._text("wallet.number", number=number, what=what)

    def wallet_phrase_note(self, *, phrase: str) -> str:
        return self._text("wallet.phrase_note", phrase=phrase)

    def wallet_reading(self) -> str:
        return self._text("wallet.reading")

    def wallet_receive(self) -> str:
        return self._text("wallet.receive")

    def wallet_remove_again(self) -> str:
        return self._text("wallet.remove_again")

    def wallet_remove_copy(self) -> str:
        return self._text("wallet.remove_copy")

    def wallet_remove_question(self, *, account: str, address: str) -> str:
        return self._text("wallet.remove_question", account=account, address=address)

    def wallet_remove_watched(self, *, account: str, address: str) -> str:
        return self._text("wallet.remove_watched", account=account, address=address)

    def wallet_send_amount(self, *, symbol: str) -> str:
        return self._text("wallet.send_amount", symbol=symbol)

    def wallet_send_title(self) -> str:
        return self._text("wallet.send_title")

    def wallet_send_to(self) -> str:
        return self._text("wallet.send_to")

    def wallet_send_what(self) -> str:
        return self._text("wallet.send_what")

    def wallet_sent_dropped(self) -> str:
        return self._text("wallet.sent_dropped")

    def wallet_sent_empty(self) -> str:
        return self._text("wallet.sent_empty")

    def wallet_sent_failed(self, *, block: str) -> str:
        return self._text("wallet.sent_failed", block=block)

    def wallet_sent_mined(self, *, block: str) -> str:
        return self._text("wallet.sent_mined", block=block)

    def wallet_sent_replaced(self) -> str:
        return self._text("wallet.sent_replaced")

    def wallet_sent_title(self) -> str:
        return self._text("wallet.sent_title")

    def wallet_sent_told(self) -> str:
        return self._text("wallet.sent_told")

    def wallet_sent_waiting(self) -> str:
        return self._text("wallet.sent_waiting")

    def wallet_silent(self, *, token: str) -> str:
        return self._text("wallet.silent", token=token)

    def wallet_take_phrase(self, *, doubt: str) -> str:
        return self._text("wallet.take_phrase", doubt=doubt)

    def wallet_title(self) -> str:
        return self._text("wallet.title")

    def wallet_to(self, *, who: str) -> str:
        return self._text("wallet.to", who=who)

    def wallet_token_added(self, *, token: str) -> str:
        return self._text("wallet.token_added", token=token)

    def wallet_transfer_failed(self) -> str:
        return self._text("wallet.transfer_failed")

    def wallet_unknown_amount(self, *, what: str) -> str:
        return self._text("wallet.unknown_amount", what=what)

    def wallet_warn_own_contract(self) -> str:
        return self._text("wallet.warn_own_contract")

    def wallet_warn_unknown_call(self) -> str:
        return self._text("wallet.warn_unknown_call")

    def wallet_warn_unknown_token(self) -> str:
        return self._text("wallet.warn_unknown_token")

    def wallet_warn_unlimited(self) -> str:
        return self._text("wallet.warn_unlimited")

    def web_about(self, *, name: str) -> str:
        return self._text("web.about", name=name)

    def web_act_accept(self) -> str:
        return self._text("web.act_accept")

    def web_act_add(self) -> str:
        return self._text("web.act_add")

    def web_act_approve(self) -> str:
        return self._text("web.act_approve")

    def web_act_device_name(self) -> str:
        return self._text("web.act_device_name")

    def web_act_go(self) -> str:
        return self._text("web.act_go")

    def web_act_ignore(self) -> str:
        return self._text("web.act_ignore")

    def web_act_invite(self) -> str:
        return self._text("web.act_invite")

    def web_act_join(self) -> str:
        return self._text("web.act_join")

    def web_act_leave(self) -> str:
        return self._text("web.act_leave")

    def web_act_link(self) -> str:
        return self._text("web.act_link")

    def web_act_nickname(self) -> str:
        return self._text("web.act_nickname")

    def web_act_pair(self) -> str:
        return self._text("web.act_pair")

    def web_act_promote(self) -> str:
        return self._text("web.act_promote")

    def web_act_rename(self) -> str:
        return self._text("web.act_rename")

    def web_act_stolen(self) -> str:
        return self._text("web.act_stolen")

    def web_act_sync(self) -> str:
        return self._text("web.act_sync")

    def web_act_write(self) -> str:
        return self._text("web.act_write")

    def web_add(self) -> str:
        return self._text("web.add")

    def web_add_contact(self) -> str:
        return self._text("web.add_contact")

    def web_add_token(self) -> str:
        return self._text("web.add_token")

    def web_ask_chain(self) -> str:
        return self._text("web.ask_chain")

    def web_back(self) -> str:
        return self._text("web.back")

    def web_back_to_chats(self) -> str:
        return self._text("web.back_to_chats")

    def web_block(self) -> str:
        return self._text("web.block")

    def web_block_export(self) -> str:
        return self._text("web.block_export")

    def web_by_key(self) -> str:
        return self._text("web.by_key")

    def web_by_key_note(self) -> str:
        return self._text("web.by_key_note")

    def web_camera(self) -> str:
        return self._text("web.camera")

    def web_cancel(self) -> str:
        return self._text("web.cancel")

    def web_cannot_record(self) -> str:
        return self._text("web.cannot_record")

    def web_caption(self) -> str:
        return self._text("web.caption")

    def web_change(self) -> str:
        return self._text("web.change")

    def web_chat_key(self) -> str:
        return self._text("web.chat_key")

    def web_chat_link(self) -> str:
        return self._text("web.chat_link")

    def web_chat_menu(self) -> str:
        return self._text("web.chat_menu")

    def web_choose_chat(self) -> str:
        return self._text("web.choose_chat")

    def web_choose_name(self) -> str:
        return self._text("web.choose_name")

    def web_choose_network(self) -> str:
        return self._text("web.choose_network")

    def web_clear(self) -> str:
        return self._text("web.clear")

    def web_clear_search(self) -> str:
        return self._text("web.clear_search")

    def web_close(self) -> str:
        return self._text("web.close")

    def web_code_from_picture(self) -> str:
        return self._text("web.code_from_picture")

    def web_colour(self) -> str:
        return self._text("web.colour")

    def web_completions(self) -> str:
        return self._text("web.completions")

    def web_contacts(self) -> str:
        return self._text("web.contacts")

    def web_copied(self) -> str:
        return self._text("web.copied")

    def web_copy(self) -> str:
        return self._text("web.copy")

    def web_copy_what(self, *, what: str) -> str:
        return self._text("web.copy_what", what=what)

    def web_create(self) -> str:
        return self._text("web.create")

    def web_decline(self) -> str:
        return self._text("web.decline")

    def web_delete(self) -> str:
        return self._text("web.delete")

    def web_disable(self) -> str:
        return self._text("web.disable")

    def web_draft(self) -> str:
        return self._text("web.draft")

    def web_emoji(self) -> str:
        return self._text("web.emoji")

    def web_enable(self) -> str:
        return self._text("web.enable")

    def web_end_session(self) -> str:
        return self._text("web.end_session")

    def web_enter(self) -> str:
        return self._text("web.enter")

    def web_enter_breaks(self) -> str:
        return self._text("web.enter_breaks")

    def web_enter_sends(self) -> str:
        return self._text("web.enter_sends")

    def web_explain(self) -> str:
        return self._text("web.explain")

    def web_export(self) -> str:
        return self._text("web.export")

    def web_export_as(self) -> str:
        return self._text("web.export_as")

    def web_export_html(self) -> str:
        return self._text("web.export_html")

    def web_export_json(self) -> str:
        return self._text("web.export_json")

    def web_export_note(self) -> str:
        return self._text("web.export_note")

    def web_export_text(self) -> str:
        return self._text("web.export_text")

    def web_faster(self) -> str:
        return self._text("web.faster")

    def web_fetch(self) -> str:
        return self._text("web.fetch")

    def web_fetch_day(self) -> str:
        return self._text("web.fetch_day")

    def web_fetch_history(self) -> str:
        return self._text("web.fetch_history")

    def web_fetch_month(self) -> str:
        return self._text("web.fetch_month")

    def web_fetch_week(self) -> str:
        return self._text("web.fetch_week")

    def web_fetching(self) -> str:
        return self._text("web.fetching")

    def web_forget_name(self) -> str:
        return self._text("web.forget_name")

    def web_found(self) -> str:
        return self._text("web.found")

    def web_found_messages(self) -> str:
        return self._text("web.found_messages")

    def web_found_n(self, *, n: int) -> str:
        return self._text("web.found_n", n=n)

    def web_found_places(self) -> str:
        return self._text("web.found_places")

    def web_give_away(self) -> str:
        return self._text("web.give_away")

    def web_give_invitation(self, *, join: str) -> str:
        return self._text("web.give_invitation", join=join)

    def web_group_name(self) -> str:
        return self._text("web.group_name")

    def web_hide_name(self) -> str:
        return self._text("web.hide_name")

    def web_idle_lock(self) -> str:
        return self._text("web.idle_lock")

    def web_idle_lock_note(self) -> str:
        return self._text("web.idle_lock_note")

    def web_in_named_nodes(self) -> str:
        return self._text("web.in_named_nodes")

    def web_in_network(self, *, name: str) -> str:
        return self._text("web.in_network", name=name)

    def web_invitation(self) -> str:
        return self._text("web.invitation")

    def web_invitation_missing(self) -> str:
        return self._text("web.invitation_missing")

    def web_invitation_note(self) -> str:
        return self._text("web.invitation_note")

    def web_join_network(self) -> str:
        return self._text("web.join_network")

    def web_join_requests(self) -> str:
        return self._text("web.join_requests")

    def web_keep_address(self) -> str:
        return self._text("web.keep_address")

    def web_keys(self) -> str:
        return self._text("web.keys")

    def web_keys_complete(self) -> str:
        return self._text("web.keys_complete")

    def web_keys_escape(self) -> str:
        return self._text("web.keys_escape")

    def web_keys_to_messages(self) -> str:
        return self._text("web.keys_to_messages")

    def web_kind_public(self) -> str:
        return self._text("web.kind_public")

    def web_language(self) -> str:
        return self._text("web.language")

    def web_language_auto(self) -> str:
        return self._text("web.language_auto")

    def web_later(self) -> str:
        return self._text("web.later")

    def web_leave_network(self) -> str:
        return self._text("web.leave_network")

    def web_link(self) -> str:
        return self._text("web.link")

    def web_lock(self) -> str:
        return self._text("web.lock")

    def web_lock_question(self) -> str:
        return self._text("web.lock_question")

    def web_looks(self) -> str:
        return self._text("web.looks")

    def web_lost(self) -> str:
        return self._text("web.lost")

    def web_lost_call(self) -> str:
        return self._text("web.lost_call")

    def web_make_group(self) -> str:
        return self._text("web.make_group")

    def web_make_network(self) -> str:
        return self._text("web.make_network")

    def web_make_network_note(self) -> str:
        return self._text("web.make_network_note")

    def web_mark_read(self) -> str:
        return self._text("web.mark_read")

    def web_mark_unread(self) -> str:
        return self._text("web.mark_unread")

    def web_menu(self) -> str:
        return self._text("web.menu")

    def web_message(self) -> str:
        return self._text("web.message")

    def web_message_tools(self) -> str:
        return self._text("web.message_tools")

    def web_messages(self) -> str:
        return self._text("web.messages")

    def web_more(self) -> str:
        return self._text("web.more")

    def web_mute(self) -> str:
        return self._text("web.mute")

    def web_name_it(self) -> str:
        return self._text("web.name_it")

    def web_network_host(self) -> str:
        return self._text("web.network_host")

    def web_network_host_note(self) -> str:
        return self._text("web.network_host_note")

    def web_network_invitation(self) -> str:
        return self._text("web.network_invitation")

    def web_network_name(self) -> str:
        return self._text("web.network_name")

    def web_never(self) -> str:
        return self._text("web.never")

    def web_new_account_note(self) -> str:
        return self._text("web.new_account_note")

    def web_new_group(self) -> str:
        return self._text("web.new_group")

    def web_new_group_note(self) -> str:
        return self._text("web.new_group_note")

    def web_new_person(self) -> str:
        return self._text("web.new_person")

    def web_new_person_note(self) -> str:
        return self._text("web.new_person_note")

    def web_new_public(self) -> str:
        return self._text("web.new_public")

    def web_new_public_note(self) -> str:
        return self._text("web.new_public_note")

    def web_news(self) -> str:
        return self._text("web.news")

    def web_next(self) -> str:
        return self._text("web.next")

    def web_no_camera(self) -> str:
        return self._text("web.no_camera")

    def web_no_chats(self) -> str:
        return self._text("web.no_chats")

    def web_no_code(self) -> str:
        return self._text("web.no_code")

    def web_no_microphone(self) -> str:
        return self._text("web.no_microphone")

    def web_no_network(self) -> str:
        return self._text("web.no_network")

    def web_no_network_note(self) -> str:
        return self._text("web.no_network_note")

    def web_no_picture(self) -> str:
        return self._text("web.no_picture")

    def web_no_picture_file(self) -> str:
        return self._text("web.no_picture_file")

    def web_no_relays(self) -> str:
        return self._text("web.no_relays")

    def web_no_reply(self) -> str:
        return self._text("web.no_reply")

    def web_no_session(self) -> str:
        return self._text("web.no_session")

    def web_no_session_remedy(self) -> str:
        return self._text("web.no_session_remedy")

    def web_no_sound(self) -> str:
        return self._text("web.no_sound")

    def web_notices(self) -> str:
        return self._text("web.notices")

    def web_notices_allow(self) -> str:
        return self._text("web.notices_allow")

    def web_notices_denied(self) -> str:
        return self._text("web.notices_denied")

    def web_notices_on(self) -> str:
        return self._text("web.notices_on")

    def web_notices_public(self) -> str:
        return self._text("web.notices_public")

    def web_notices_sound(self) -> str:
        return self._text("web.notices_sound")

    def web_notices_strangers(self) -> str:
        return self._text("web.notices_strangers")

    def web_older_can_be_asked(self) -> str:
        return self._text("web.older_can_be_asked")

    def web_open(self) -> str:
        return self._text("web.open")

    def web_open_chat(self, *, chat: str) -> str:
        return self._text("web.open_chat", chat=chat)

    def web_opening(self) -> str:
        return self._text("web.opening")

    def web_order(self) -> str:
        return self._text("web.order")

    def web_order_latest(self) -> str:
        return self._text("web.order_latest")

    def web_order_steady(self) -> str:
        return self._text("web.order_steady")

    def web_order_unread(self) -> str:
        return self._text("web.order_unread")

    def web_other_network(self) -> str:
        return self._text("web.other_network")

    def web_other_network_question(self) -> str:
        return self._text("web.other_network_question")

    def web_own_network(self) -> str:
        return self._text("web.own_network")

    def web_own_network_runs(self) -> str:
        return self._text("web.own_network_runs")

    def web_own_network_stopped(self) -> str:
        return self._text("web.own_network_stopped")

    def web_own_title(self) -> str:
        return self._text("web.own_title")

    def web_paired(self) -> str:
        return self._text("web.paired")

    def web_password(self) -> str:
        return self._text("web.password")

    def web_password_note(self) -> str:
        return self._text("web.password_note")

    def web_paste(self) -> str:
        return self._text("web.paste")

    def web_people_blocked(self) -> str:
        return self._text("web.people_blocked")

    def web_people_empty(self) -> str:
        return self._text("web.people_empty")

    def web_people_others(self) -> str:
        return self._text("web.people_others")

    def web_people_requests(self) -> str:
        return self._text("web.people_requests")

    def web_person_title(self) -> str:
        return self._text("web.person_title")

    def web_picture_by(self, *, name: str) -> str:
        return self._text("web.picture_by", name=name)

    def web_picture_is_cleaned(self) -> str:
        return self._text("web.picture_is_cleaned")

    def web_picture_removed(self) -> str:
        return self._text("web.picture_removed")

    def web_picture_set(self) -> str:
        return self._text("web.picture_set")

    def web_picture_to_send(self) -> str:
        return self._text("web.picture_to_send")

    def web_picture_too_large(self) -> str:
        return self._text("web.picture_too_large")

    def web_preview(self) -> str:
        return self._text("web.preview")

    def web_preview_all(self) -> str:
        return self._text("web.preview_all")

    def web_preview_name(self) -> str:
        return self._text("web.preview_name")

    def web_preview_nothing(self) -> str:
        return self._text("web.preview_nothing")

    def web_print(self) -> str:
        return self._text("web.print")

    def web_profile_name(self) -> str:
        return self._text("web.profile_name")

    def web_profile_name_note(self) -> str:
        return self._text("web.profile_name_note")

    def web_promote(self, *, name: str) -> str:
        return self._text("web.promote", name=name)

    def web_public_name(self) -> str:
        return self._text("web.public_name")

    def web_public_note(self) -> str:
        return self._text("web.public_note")

    def web_qr_of(self, *, what: str) -> str:
        return self._text("web.qr_of", what=what)

    def web_quoted(self) -> str:
        return self._text("web.quoted")

    def web_react(self) -> str:
        return self._text("web.react")

    def web_reaction_angry(self) -> str:
        return self._text("web.reaction_angry")

    def web_reaction_down(self) -> str:
        return self._text("web.reaction_down")

    def web_reaction_laugh(self) -> str:
        return self._text("web.reaction_laugh")

    def web_reaction_love(self) -> str:
        return self._text("web.reaction_love")

    def web_reaction_sad(self) -> str:
        return self._text("web.reaction_sad")

    def web_reaction_up(self) -> str:
        return self._text("web.reaction_up")

    def web_reactions(self) -> str:
        return self._text("web.reactions")

    def web_record(self) -> str:
        return self._text("web.record")

    def web_record_full(self) -> str:
        return self._text("web.record_full")

    def web_record_level(self) -> str:
        return self._text("web.record_level")

    def web_record_share(self) -> str:
        return self._text("web.record_share")

    def web_record_stop(self) -> str:
        return self._text("web.record_stop")

    def web_recording(self) -> str:
        return self._text("web.recording")

    def web_recover(self) -> str:
        return self._text("web.recover")

    def web_recover_note(self) -> str:
        return self._text("web.recover_note")

    def web_refuse(self) -> str:
        return self._text("web.refuse")

    def web_relays(self) -> str:
        return self._text("web.relays")

    def web_remove(self) -> str:
        return self._text("web.remove")

    def web_remove_contact(self) -> str:
        return self._text("web.remove_contact")

    def web_remove_member(self, *, name: str) -> str:
        return self._text("web.remove_member", name=name)

    def web_remove_picture(self) -> str:
        return self._text("web.remove_picture")

    def web_reply(self) -> str:
        return self._text("web.reply")

    def web_replying_to(self, *, name: str) -> str:
        return self._text("web.replying_to", name=name)

    def web_requests(self, *, n: int) -> str:
        return self._text("web.requests", n=n)

    def web_resend(self) -> str:
        return self._text("web.resend")

    def web_safety(self) -> str:
        return self._text("web.safety")

    def web_said(self, *, person: str, text: str) -> str:
        return self._text("web.said", person=person, text=text)

    def web_save(self) -> str:
        return self._text("web.save")

    def web_scan(self) -> str:
        return self._text("web.scan")

    def web_scan_note(self) -> str:
        return self._text("web.scan_note")

    def web_search(self) -> str:
        return self._text("web.search")

    def web_search_chain(self) -> str:
        return self._text("web.search_chain")

    def web_search_emoji(self) -> str:
        return self._text("web.search_emoji")

    def web_search_here(self) -> str:
        return self._text("web.search_here")

    def web_search_name(self) -> str:
        return self._text("web.search_name")

    def web_search_older(self) -> str:
        return self._text("web.search_older")

    def web_send(self) -> str:
        return self._text("web.send")

    def web_send_file(self) -> str:
        return self._text("web.send_file")

    def web_served(self) -> str:
        return self._text("web.served")

    def web_session_own(self) -> str:
        return self._text("web.session_own")

    def web_session_used(self, *, moment: str) -> str:
        return self._text("web.session_used", moment=moment)

    def web_sessions(self) -> str:
        return self._text("web.sessions")

    def web_set_picture(self) -> str:
        return self._text("web.set_picture")

    def web_settings(self) -> str:
        return self._text("web.settings")

    def web_show(self) -> str:
        return self._text("web.show")

    def web_show_all(self) -> str:
        return self._text("web.show_all")

    def web_show_less(self) -> str:
        return self._text("web.show_less")

    def web_show_name(self) -> str:
        return self._text("web.show_name")

    def web_show_password(self) -> str:
        return self._text("web.show_password")

    def web_show_picture(self, *, picture: str) -> str:
        return self._text("web.show_picture", picture=picture)

    def web_show_qr(self) -> str:
        return self._text("web.show_qr")

    def web_sign_and_send(self) -> str:
        return self._text("web.sign_and_send")

    def web_sound_to_send(self) -> str:
        return self._text("web.sound_to_send")

    def web_sound_too_large(self) -> str:
        return self._text("web.sound_too_large")

    def web_start_network(self) -> str:
        return self._text("web.start_network")

    def web_stays_here(self) -> str:
        return self._text("web.stays_here")

    def web_step_down(self) -> str:
        return self._text("web.step_down")

    def web_stop_network(self) -> str:
        return self._text("web.stop_network")

    def web_stop_network_question(self) -> str:
        return self._text("web.stop_network_question")

    def web_sure(self) -> str:
        return self._text("web.sure")

    def web_take_back(self) -> str:
        return self._text("web.take_back")

    def web_theme(self) -> str:
        return self._text("web.theme")

    def web_theme_auto(self) -> str:
        return self._text("web.theme_auto")

    def web_theme_contrast(self) -> str:
        return self._text("web.theme_contrast")

    def web_theme_dark(self) -> str:
        return self._text("web.theme_dark")

    def web_theme_light(self) -> str:
        return self._text("web.theme_light")

    def web_to_do_here(self) -> str:
        return self._text("web.to_do_here")

    def web_to_do_there(self) -> str:
        return self._text("web.to_do_there")

    def web_to_end(self) -> str:
        return self._text("web.to_end")

    def web_try_now(self) -> str:
        return self._text("web.try_now")

    def web_unblock(self) -> str:
        return self._text("web.unblock")

    def web_unlock(self) -> str:
        return self._text("web.unlock")

    def web_unmute(self) -> str:
        return self._text("web.unmute")

    def web_use_camera(self) -> str:
        return self._text("web.use_camera")

    def web_use_name(self) -> str:
        return self._text("web.use_name")

    def web_use_network(self) -> str:
        return self._text("web.use_network")

    def web_use_own_network(self) -> str:
        return self._text("web.use_own_network")

    def web_who_reacted(self) -> str:
        return self._text("web.who_reacted")

    def web_withdraw(self) -> str:
        return self._text("web.withdraw")

    def web_word_place(self, *, place: str) -> str:
        return self._text("web.word_place", place=place)

    def web_words_again(self) -> str:
        return self._text("web.words_again")

    def web_words_alone(self) -> str:
        return self._text("web.words_alone")

    def web_words_check(self) -> str:
        return self._text("web.words_check")

    def web_words_due(self) -> str:
        return self._text("web.words_due")

    def web_words_mean(self) -> str:
        return self._text("web.words_mean")

    def web_words_question(self) -> str:
        return self._text("web.words_question")

    def web_words_show(self) -> str:
        return self._text("web.words_show")

    def web_words_written(self) -> str:
        return self._text("web.words_written")

    def web_write_in(self, *, chat: str) -> str:
        return self._text("web.write_in", chat=chat)
