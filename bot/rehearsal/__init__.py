"""A month rehearsed on a copy of the data: who would get what, when, over which channel, and why on that day.

Nothing here can send: the channels only record, no client of WeCom or of the SMS gateway is made, and the live database
is read, never written.
"""
