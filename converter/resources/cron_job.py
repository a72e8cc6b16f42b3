"""A job that cron runs."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class CronJob(Spec, frozen=True, kw_only=True):
    """A line of a crontab; `special` is `@daily` and the like without `@`, `file` one under `/etc/cron.d`."""

    kind: ClassVar[str] = "cron_job"

    job: Value
    user: Value | None = None
    minute: Value | None = None
    hour: Value | None = None
    day: Value | None = None
    month: Value | None = None
    weekday: Value | None = None
    special: Value | None = None
    name: Value | None = None
    state: str = "present"
    file: Value | None = None
    variables: tuple[tuple[str, Value], ...] = ()

    def identity(self) -> str:
        """The user and the command."""
        return f"cron:{self.user.key() if self.user else ''}:{self.job.key()}"

    def label(self) -> str:
        """The command."""
        return self.job.key()

    def summary(self) -> str:
        """`Schedule /srv/app/backup.sh`."""
        return f"{'Schedule' if self.state == 'present' else 'Unschedule'} {self.job.shell()}"

    def fold(self, later: Spec) -> Spec | None:
        """The same again, or at another time if cron knows it by name."""
        if later == self:
            return self
        return later if isinstance(later, CronJob) and self.name is not None and later.name == self.name else None
