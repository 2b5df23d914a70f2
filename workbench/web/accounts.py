"""The pages of people: your account and where you are signed in, the people of your authority, invitations."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user, login_user

from lots.errors import ProcurementError
from workbench import clock
from workbench.forms.accounts import FirstPasswordForm, InvitationForm, RolesForm
from workbench.models.accounts import UserRecord
from workbench.policies import AUTHORITY_ROLES, Permission
from workbench.queries import accounts as people_query
from workbench.services import accounts
from workbench.web.access import open_to_all, requires
from workbench.web.limits import GUESSING, limiter
from workbench.web.mailing import send_mail
from workbench.web.security_settings import FIRST_PAGE
from workbench.web.sessions import this_session

pages = Blueprint("accounts", __name__)


# --- yourself ---------------------------------------------------------------------------------------------------


@pages.get("/account/")
@requires(Permission.ACCOUNT_OWN)
def mine() -> ResponseReturnValue:
    """Show what the reader may do, how they sign in and where they are signed in."""
    sessions = people_query.sessions_of(g.actor.user_id)
    return render_template(
        "accounts/mine.html", person=current_user, roles=AUTHORITY_ROLES, sessions=sessions, here=this_session()
    )


@pages.post("/account/sessions/end")
@requires(Permission.ACCOUNT_OWN)
def end_others() -> ResponseReturnValue:
    """End every session of the reader's but this one."""
    ended = accounts.sign_out_everywhere(actor=g.actor, at=clock.now(), but=this_session())
    flash("You are signed out everywhere else." if ended else "You were signed in nowhere else.", "success")
    return redirect(url_for("accounts.mine"), 303)


@pages.post("/account/sessions/<session_id>/end")
@requires(Permission.ACCOUNT_OWN)
def end_one(session_id: str) -> ResponseReturnValue:
    """End one session of the reader's."""
    if session_id not in {each.id for each in people_query.sessions_of(g.actor.user_id)}:
        abort(404)
    accounts.sign_out_everywhere(actor=g.actor, at=clock.now(), session_id=session_id)
    flash("That session has ended.", "success")
    return redirect(url_for("accounts.mine"), 303)


# --- people of the authority ------------------------------------------------------------------------------------


@pages.get("/people/")
@requires(Permission.PEOPLE_VIEW)
def people() -> ResponseReturnValue:
    """List the people of the authority."""
    return render_template("accounts/people.html", people=people_query.people_of(g.actor.authority_id))


@pages.route("/people/invite", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def invite() -> ResponseReturnValue:
    """Invite somebody by e-mail."""
    form = InvitationForm()
    if not form.validate_on_submit():
        return render_template("accounts/invite.html", form=form), 422 if form.is_submitted() else 200
    try:
        person, secret = accounts.invite(
            name=form.name.data, email=form.email.data, job_title=form.job_title.data or "",
            roles=form.roles.data or (), actor=g.actor, at=clock.now(),
        )  # fmt: skip
    except ProcurementError as refusal:
        form.form_errors.append(str(refusal))
        return render_template("accounts/invite.html", form=form), 422
    _mail_invitation(person, secret)
    flash(f"{person.name} is invited: the link works for {accounts.INVITED_FOR.days} days.", "success")
    return redirect(url_for("accounts.people"), 303)


@pages.route("/people/<int:user_id>", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def person(user_id: int) -> ResponseReturnValue:
    """Show a person and change their roles in the authority."""
    found = _person(user_id)
    sent = request.method == "POST"
    form = RolesForm() if sent else RolesForm(data={"roles": [role.name for role in found.roles]})
    if not sent or not form.validate():
        return render_template("accounts/person.html", form=form, person=found), 422 if sent else 200
    accounts.set_roles(found, form.roles.data or (), actor=g.actor, at=clock.now())
    flash(f"The roles of {found.name} are saved.", "success")
    return redirect(url_for("accounts.people"), 303)


@pages.post("/people/<int:user_id>/deactivate")
@requires(Permission.PEOPLE_MANAGE)
def deactivate(user_id: int) -> ResponseReturnValue:
    """End a person's access at once."""
    found = _person(user_id)
    accounts.deactivate(found, actor=g.actor, at=clock.now())
    return _back(f"{found.name} can no longer sign in, and is signed out everywhere.")


@pages.post("/people/<int:user_id>/activate")
@requires(Permission.PEOPLE_MANAGE)
def activate(user_id: int) -> ResponseReturnValue:
    """Let a person come back; they need an invitation to set a password."""
    found = _person(user_id)
    accounts.activate(found, actor=g.actor, at=clock.now())
    return _back(f"{found.name} can come back: send an invitation, so that they set a new password.")


@pages.post("/people/<int:user_id>/invite")
@requires(Permission.PEOPLE_MANAGE)
def invite_again(user_id: int) -> ResponseReturnValue:
    """Send a person without a password another link."""
    found = _person(user_id)
    _mail_invitation(found, accounts.invite_again(found, actor=g.actor, at=clock.now()))
    return _back(f"{found.name} is invited again; the earlier link no longer works.")


@pages.post("/people/<int:user_id>/second-step")
@requires(Permission.PEOPLE_MANAGE)
def reset_second_step(user_id: int) -> ResponseReturnValue:
    """Take away the second step of somebody who lost their device."""
    found = _person(user_id)
    accounts.reset_second_step(found, actor=g.actor, at=clock.now())
    return _back(f"{found.name} sets up a new second step when they next sign in.")


# --- coming in ----------------------------------------------------------------------------------------------------


@pages.route("/invitation/<secret>", methods=["GET", "POST"])
@limiter.limit(GUESSING)
@open_to_all
def invitation(secret: str) -> ResponseReturnValue:
    """Let somebody who was invited choose a password."""
    found = accounts.open_invitation(secret, at=clock.now())
    if found is None:
        return render_template("accounts/invitation_over.html"), 404
    who = found.user
    form = FirstPasswordForm((who.name, who.email, who.authority.name, who.authority.short_name))
    if not form.validate_on_submit():
        return render_template("accounts/invitation.html", form=form, person=who), 422 if form.is_submitted() else 200
    accounts.accept(secret, form.password.data, at=clock.now())
    flash("Your password is set. Sign in with it.", "success")
    return redirect(url_for("security.login"), 303)


@pages.post("/sign-in/as/<int:user_id>")
@open_to_all
def sign_in_as(user_id: int) -> ResponseReturnValue:
    """Sign in as one of the made-up people of a demonstration, on this machine only; else there is no such page."""
    settings = current_app.config["WORKBENCH"]
    chosen = next((each for each in people_query.everybody() if each.id == user_id), None)
    if not (settings.demo and settings.on_loopback) or chosen is None:
        abort(404)
    login_user(chosen, authn_via=["demonstration"])
    return redirect(_safe(request.args.get("next", "")), 303)


def _safe(address: str) -> str:
    """Return an address of our own to go on to; for anything else the first page."""
    inside = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if inside and "\\" not in address else FIRST_PAGE


def _person(user_id: int) -> UserRecord:
    found = people_query.person_within(g.actor.authority_id, user_id)
    return found if found is not None else abort(404)


def _back(done: str) -> ResponseReturnValue:
    flash(done, "success")
    return redirect(url_for("accounts.people"), 303)


def _mail_invitation(invited: UserRecord, secret: str) -> None:
    address = current_app.config["WORKBENCH"].base_url + url_for("accounts.invitation", secret=secret)
    text = render_template("accounts/invitation.txt", person=invited, address=address, days=accounts.INVITED_FOR.days)
    send_mail(invited.email, "Your invitation to the Tender Workbench", text)
