"""Counters and gauges for /metrics. Labels are short fixed words, never ids or names."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

from models.operation.standing import Standing

CALLBACKS = Counter("guanjia_callbacks_total", "Callbacks by what became of them", ["result"])
RECEIVED = Counter("guanjia_messages_received_total", "Messages stored, and repeated deliveries", ["result"])
HANDLED = Counter("guanjia_messages_handled_total", "Messages handled", ["result"])
SENT = Counter(
    "guanjia_messages_sent_total", "Sending attempts by channel and outcome", ["channel", "outcome"]
)
INBOX = Gauge(
    "guanjia_inbox_messages", "Messages received and not handled: new, or failed and set aside", ["state"]
)
INBOX_OLDEST = Gauge("guanjia_inbox_oldest_seconds", "Age of the oldest message not handled")
OUTBOX = Gauge(
    "guanjia_outbox_messages",
    "Messages to be sent: due now, waiting for a chat to open, outcome unknown",
    ["state"],
)
OUTBOX_OLDEST = Gauge("guanjia_outbox_oldest_seconds", "How long the oldest message that is due has been so")
DEADLINES = Gauge("guanjia_deadlines_overdue", "Target times of cases missed and still not met")
JOBS_LATE = Gauge("guanjia_job_lateness_seconds", "Age of the oldest scheduled run begun and not ended well")
JOBS_FAILED = Gauge("guanjia_jobs_failed", "Scheduled runs of the last day that failed and are tried again")
BACKUP_AGE = Gauge(
    "guanjia_backup_age_seconds", "Since the last backup; not there before the first one", ["kind"]
)


def show(now: Standing) -> None:
    """Puts what waits into the gauges; every process shows the same, for it is about the database."""
    INBOX.labels("new").set(now.inbox)
    INBOX.labels("failed").set(now.inbox_failed)
    INBOX_OLDEST.set(now.inbox_oldest_s)
    OUTBOX.labels("due").set(now.outbox)
    OUTBOX.labels("closed").set(now.outbox_closed)
    OUTBOX.labels("unknown").set(now.outbox_unknown)
    OUTBOX_OLDEST.set(now.outbox_oldest_s)
    DEADLINES.set(now.deadlines)
    JOBS_LATE.set(now.jobs_late_s)
    JOBS_FAILED.set(now.jobs_failed)
    if now.backup_age_s is not None:
        BACKUP_AGE.labels("full").set(now.backup_age_s)
