"""Every limit the simulator enforces, in one table. References are sections of the protocol notes (wecom.md)."""

from __future__ import annotations

from datetime import timedelta

MEGABYTE = 1024 * 1024

# Tokens and quotas
TOKEN_LIFE = timedelta(seconds=7200)  # 3.1
TOKEN_RENEWED_BEFORE = timedelta(minutes=10)  # an earlier gettoken returns the same token, as 3.1 reports
TOKEN_VOIDS_EARLIER = (
    False  # 3.1: whether each gettoken gives a new token and ends the life of the one before
)
WRONG_SECRETS_PER_HOUR = 2000  # 3.1, then 45009 for the address

# Callbacks
CALLBACK_TIMEOUT_S = 5.0  # 1.4
CALLBACK_GAPS_S = (
    0.05,
    0.2,
    0.5,
)  # 1.4: three retries; the real gaps are not published, these keep tests quick
VERIFY_TIMEOUT_S = 1.0  # 1.1

# message/send
RECIPIENTS = 1000  # 3.2
PARTIES = 100  # 3.2
TEXT_BYTES = 2048  # 3.2: the original cuts silently, here it is an error
TITLE_BYTES = 128  # 3.2
DESCRIPTION_BYTES = 512  # 3.2
URL_BYTES = 2048  # 3.2
ARTICLES = 8  # 3.2
DUPLICATE_CHECK_S = 1800  # 3.2
DUPLICATE_CHECK_MAX_S = 4 * 3600  # 3.2
MEMBER_PER_MINUTE = 30  # 5.1, the rest dropped silently
MEMBER_PER_HOUR = 1000  # 5.1
RECALL_LIFE = timedelta(hours=24)  # 3.5

# Template cards
TASK_ID = r"[0-9A-Za-z_\-@]{1,128}"  # 3.3
BUTTONS = 6  # 3.3
BUTTON_CHARACTERS = 10  # 3.3
BUTTON_KEY_BYTES = 1024  # 3.3
HORIZONTAL_ITEMS = 6  # 3.3
JUMPS = 3  # 3.3
MENU_ACTIONS = 3  # 3.3
RESPONSE_CODE_LIFE = timedelta(hours=72)  # 3.4

# Application menu
MENU_BUTTONS, MENU_SUB_BUTTONS = 3, 5  # 3.5
MENU_NAME_BYTES, MENU_SUB_NAME_BYTES, MENU_KEY_BYTES, MENU_URL_BYTES = 16, 40, 128, 1024  # 3.5

# Media
MEDIA_LIFE = timedelta(days=3)  # 3.5
MEDIA_MIN_BYTES = 5  # 3.5: "over 5 bytes"
MEDIA_BYTES = {  # 3.5
    "image": 10 * MEGABYTE,
    "voice": 2 * MEGABYTE,
    "video": 10 * MEGABYTE,
    "file": 20 * MEGABYTE,
}
MEDIA_GETS_PER_MINUTE = 20  # 3.5: "repeated download of one media_id"; the number is ours

# 微信客服
KF_PAGE_ITEMS = 1000  # 4.2
KF_CURSOR_BYTES = 64  # 4.2
KF_TOKEN_LIFE = timedelta(minutes=10)  # 4.2
KF_HISTORY = timedelta(days=3)  # 4.2
KF_SYNC_WITHOUT_TOKEN_PER_MINUTE = 10  # 4.2
KF_WINDOW = timedelta(hours=48)  # 4.4
KF_MESSAGES_PER_WINDOW = 5  # 4.4
KF_MSGID = r"[0-9a-zA-Z_-]{1,32}"  # 4.4
KF_LINK_DESCRIPTION_BYTES = 512  # 4.4
KF_MENU_ITEMS = 10  # 4.4
KF_MENU_HEAD_BYTES = 1024  # 4.4
KF_MENU_ID_BYTES = 64  # 4.4
KF_MENU_CLICK_BYTES = 128  # 4.4
KF_MENU_VIEW_BYTES = 1024  # 4.4
KF_MENU_TEXT_BYTES = 256  # 4.4
KF_WELCOME_LIFE = timedelta(seconds=20)  # 4.5
KF_WELCOME_EVERY = timedelta(hours=48)  # 4.5
KF_EVENT_CODE_LIFE = timedelta(hours=48)  # 4.5
KF_INBOUND_BYTES = {  # 4.3: larger ones become a text notice
    "image": 2 * MEGABYTE,
    "voice": 2 * MEGABYTE,
    "file": 20 * MEGABYTE,
}
KF_CUSTOMERS_PER_CALL = 100  # 4.7
KF_SCENE = r"[0-9a-zA-Z_-]{0,32}"  # 4.7

# SMS gateway: the usual limits of mainland gateways
SMS_PARAM_CHARACTERS = 20
SMS_FORBIDDEN = "【】¥￥"
SMS_CODE_LIMITS = ((timedelta(minutes=1), 1), (timedelta(hours=1), 5), (timedelta(days=1), 10))
SMS_NOTICE_LIMITS = ((timedelta(days=1), 50),)
SMS_REPORT_AFTER = timedelta(seconds=5)
SMS_REPORT_AGAIN_AFTER = timedelta(minutes=1)
SMS_REPORT_TRIES = 5
SMS_WRONG_NUMBERS = "199000"  # numbers that begin so are accepted and then reported as failed

# Control
CONTROL_BODY_BYTES = 30 * MEGABYTE  # a 20 MB file in base64
API_BODY_BYTES = MEGABYTE
CLOCK_STEP = timedelta(days=366)
