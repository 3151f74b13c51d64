"""`manage.py approve`: list what waits for a second person; `approve 3 --by ada` puts it in force."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError

from mfgportal.accounts.audit import acting
from mfgportal.accounts.models import User
from mfgportal.approvals.models import Proposal
from mfgportal.approvals.proposing import NotAllowedYet, approve, reject


class Command(BaseCommand):
    help = "List the changes that wait for a second person's approval, or decide on one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", type=int, nargs="?", help="of the change; without it, all are listed")
        parser.add_argument("--by", default="", help="log-in name of who decides, who may manage sources")
        parser.add_argument("--refuse", default="", metavar="REASON", help="refuse it instead, and say why")

    def handle(self, *args: Any, number: int | None, by: str, refuse: str, **options: Any) -> None:
        if number is None:
            self._list()
            return
        user = User.objects.filter(username=by, is_active=True).first()
        if user is None:
            raise CommandError("Say who decides: --by NAME, a person who may log in.")
        try:
            with acting(user):
                done = reject(number, by=user, reason=refuse) if refuse else approve(number, by=user)
        except (NotAllowedYet, PermissionDenied) as refused:
            raise CommandError(str(refused)) from refused
        except Proposal.DoesNotExist:
            raise CommandError(f"There is no change {number}.") from None
        self.stdout.write(f"{done.get_status_display()} by {user.username}: {done.summary}")

    def _list(self) -> None:
        waiting = Proposal.objects.filter(status=Proposal.Status.PENDING)
        for each in waiting:
            self.stdout.write(f"{each.pk}  {each.summary}\n   by {each.proposed_by}. {each.impact}")
        if not waiting:
            self.stdout.write("Nothing waits.")
