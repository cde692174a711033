"""What a visitor is asked once: the room code, and the language."""

from sandbox.page.api.call import Call
from sandbox.page.pages.outcomes import Elsewhere, Outcome, Shown, own_form
from sandbox.page.refusals import Refusal
from sandbox.page.sessions import COOKIE
from sandbox.page.words import COOKIE as LANGUAGE_COOKIE
from sandbox.page.words import LANGUAGES


async def joining(call: Call) -> Outcome:
    """Where the room code is given."""
    return Shown("join.html.j2", {"refusal": None})


async def join(call: Call) -> Outcome:
    """The room code; who has it gets a session that nobody could have fixed beforehand."""
    form = await own_form(call)
    try:
        call.reception.guess(call.request, form.get("code", "").strip())
    except Refusal as refusal:
        return Shown("join.html.j2", {"refusal": refusal}, refusal.status)
    sessions = call.reception.sessions
    return Elsewhere("/", {COOKIE: sessions.cookie(sessions.fresh(joined=True))})


async def choose_language(call: Call) -> Outcome:
    """The language switch; it leads back to the page it was on."""
    form = await own_form(call)
    wanted = form.get("language", "")
    back = form.get("back", "/")
    local = back.startswith("/") and not back.startswith("//") and back.isascii() and back.isprintable()
    cookies = {LANGUAGE_COOKIE: wanted} if wanted in LANGUAGES else {}
    return Elsewhere(back if local and "\\" not in back else "/", cookies)
