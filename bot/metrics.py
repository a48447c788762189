"""Counters for /metrics. Labels are short fixed words, never ids or names."""

from __future__ import annotations

from prometheus_client import Counter

CALLBACKS = Counter("guanjia_callbacks_total", "Callbacks by what became of them", ["result"])
RECEIVED = Counter("guanjia_messages_received_total", "Messages stored, and repeated deliveries", ["result"])
HANDLED = Counter("guanjia_messages_handled_total", "Messages handled", ["result"])
SENT = Counter(
    "guanjia_messages_sent_total", "Sending attempts by channel and outcome", ["channel", "outcome"]
)
JOBS = Counter("guanjia_job_runs_total", "Scheduled runs by outcome", ["job", "outcome"])
