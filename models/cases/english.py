"""English words of the trade as the Chinese ones the word lists know. A matter of words, not of grammar."""

from __future__ import annotations

import re

_ENGLISH = (
    (r"TOO (?:HOT|WARM)|(?:SO|VERY|REALLY) HOT|OVERHEAT(?:S|ED|ING)?", "太热"),
    (r"HOT WATER|WATER HEATER", "热水"),
    (r"(?:WARM|HOT) AIR", "不冷"),
    (r"TOO COLD|(?:SO|VERY|REALLY) COLD|FREEZING", "太冷"),
    (
        r"POWER (?:OUTAGE|CUT|FAILURE)|BLACKOUT"
        r"|POWER(?:'S| IS| HAS| JUST| WENT| GONE)* (?:OUT|OFF|DOWN|GONE|CUT)",
        "停电",
    ),
    (r"LOST (?:ALL )?(?:POWER|ELECTRICITY)|(?:NO|WITHOUT|LOSE) (?:POWER|ELECTRICITY)|HAS NO POWER", "没电了"),
    (r"WHOLE|ENTIRE|ALL OF|EVERY(?:THING|ONE|WHERE)?|ALL", "全"),
    (r"(?:KEEPS? )?TRIP(?:PED|PING|S)?|(?:CIRCUIT )?BREAKER", "跳闸"),
    (r"NOT COOL(?:ING)?|NOT COLD|(?:DOES|IS)(?:N'?T| NOT) COOL(?:ING)?", "不冷"),
    (r"AIR[- ]?CON(?:DITION(?:ER|ERS|ING)?)?|A/C|AC(?![A-Z])|HVAC|HEATING|HEATER|VENTILATION", "空调"),
    (r"THERMOSTAT", "温控"),
    (r"WATER (?:IS |WAS )?(?:ALL OVER|EVERYWHERE)|SOAKED", "到处是水"),
    (r"POURING|GUSHING|SPRAYING|SPEWING|STREAMING|RUSHING", "哗哗喷"),
    (
        r"BURST (?:WATER )?PIPE"
        r"|(?:WATER )?PIPE(?:S)? (?:HAS |HAVE |IS |JUST )?(?:BURST|BROKE|BROKEN|EXPLODED)",
        "爆管",
    ),
    (r"(?:WATER )?LEAK(?:S|ING|AGE|ED|Y)?", "漏水"),
    (r"FLOOD(?:S|ED|ING)?", "水浸"),
    (r"NO WATER", "没水"),
    (r"OVERFLOW(?:S|ED|ING)?", "溢"),
    (r"PIPES?", "水管"),
    (r"WATER DISPENSER", "饮水机"),
    (r"TOILET PAPER|PAPER TOWELS?|TISSUES?", "纸巾"),
    (r"TOILETS?|URINALS?", "马桶"),
    (r"RESTROOMS?|BATHROOMS?|WASHROOMS?|LADIES|MEN'?S ROOM", "洗手间"),
    (r"PANTRY|KITCHEN", "茶水间"),
    (r"TAPS?|FAUCETS?", "水龙头"),
    (r"SINKS?|BASINS?", "洗手池"),
    (r"DRAINS?|SEWAGE|SEWER", "下水"),
    (r"(?:IS |ARE |GOT )?(?:CLOGGED|BLOCKED|BLOCKAGE)", "堵了"),
    (r"(?:WON'?T|DOESN'?T|CAN'?T|NOT|DOES NOT) FLUSH", "不冲水"),
    (r"FLUSH", "冲水"),
    (r"DRIP(?:S|PING)?", "滴水"),
    (r"COMING (?:THROUGH|DOWN|OUT|IN|FROM)|POURS?|RUNNING DOWN|DRIPPING HEAVILY", "往外流"),
    (r"WATER", "水"),
    (r"TRAPPED|STUCK (?:IN|INSIDE)", "被困"),
    (r"PARKING GARAGE|CAR PARK|PARKING(?: LOT| SPACE)?|GARAGE", "停车"),
    (r"BARRIER(?: GATE| ARM)?|BOOM GATE", "道闸"),
    (r"(?:EV )?CHARG(?:ER|ING (?:STATION|PILE|POINT))", "充电桩"),
    (r"LICENSE PLATE|PLATE NUMBER", "车牌"),
    (r"ELEVATORS?|LIFTS?|ESCALATORS?", "电梯"),
    (r"LIGHT ?BULBS?|LIGHT(?:S|ING)?|LAMPS?|BULBS?", "灯"),
    (r"(?:POWER )?(?:SOCKETS?|OUTLETS?|PLUGS?)", "插座"),
    (r"SWITCH(?:ES)?", "开关"),
    (r"SMOKE (?:DETECTOR|ALARM|SENSOR)", "烟感"),
    (r"NO (?:SMOKE|FIRE|FLAMES?)", ""),
    (r"FIRE (?:EXTINGUISHERS?)", "灭火器"),
    (r"FIRE (?:DRILL)", "消防演习"),
    (r"FIRE (?:DOORS?)", "消防门"),
    (r"FIRE (?:EXIT|ESCAPE|LANE)", "消防通道"),
    (r"FIRE ALARM", "火警"),
    (r"SPRINKLERS?", "喷淋"),
    (r"(?:PEOPLE|SOMEONE|SOMEBODY|COLLEAGUES?|GUYS?|MAN) SMOK(?:E|ES|ING)|SMOKING (?:IN|AT)|CIGARETTES?", "抽烟"),
    (r"SMOK(?:E|ES|ING|Y)", "冒烟"),
    (r"(?:ON |CAUGHT |CATCHES )?FIRE|FLAMES?", "着火"),
    (
        r"BURN(?:T|ING|ED)? SMELL|SMELLS? (?:OF |LIKE )?(?:SOMETHING )?(?:IS )?BURN(?:T|ING|ED)?"
        r"|BURN(?:T|ING|ED)",
        "烧焦味",
    ),
    (r"SPARKS?|SPARKING", "火花"),
    (r"ELECTRIC SHOCK|ELECTROCUTED|SHOCKED|GOT A SHOCK", "触电"),
    (r"GAS (?:LEAK|SMELL|漏水)|SMELLS? (?:OF |LIKE )?GAS|GAS", "燃气"),
    (r"INJURED|BLEEDING|HURT|UNCONSCIOUS|FAINTED", "受伤"),
    (r"EXPLO(?:DED|SION)", "爆炸"),
    (r"HELP ME|SOS", "救命"),
    (r"LOCKED OUT|(?:CAN'?T|CANNOT|UNABLE TO) (?:GET|COME|GO) (?:IN|INTO|INSIDE)|CAN'?T ENTER", "进不去"),
    (r"(?:WON'?T|CAN'?T|DOESN'?T|DOES NOT|CANNOT|NOT|UNABLE TO) (?:BE )?(?:OPEN|UNLOCK)(?:ED)?", "打不开"),
    (r"(?:WON'?T|CAN'?T|DOESN'?T|DOES NOT|CANNOT|NOT) (?:BE )?(?:CLOSE|SHUT|LOCK)D?", "关不上"),
    (r"WI-?FI|INTERNET|NETWORK|BROADBAND", "网络"),
    (r"(?:CARD|BADGE) READER|ACCESS CARDS?|KEY ?CARDS?|BADGES?|TURNSTILES?|ACCESS CONTROL", "门禁卡"),
    (r"CCTV|CAMERAS?", "摄像头"),
    (r"INTERCOM", "对讲"),
    (r"LANDLINE|PHONE LINE|DESK PHONE", "电话线"),
    (r"LOCK(?:S|ED)?", "锁"),
    (r"DOORS?|GATES?", "门"),
    (r"WINDOWS?", "窗"),
    (r"GLASS", "玻璃"),
    (r"HANDLES?|HINGES?", "把手"),
    (r"BLINDS?|CURTAINS?", "窗帘"),
    (r"KEYS?", "钥匙"),
    (r"COCKROACH(?:ES)?|ROACH(?:ES)?", "蟑螂"),
    (r"ANTS?|BUGS?|INSECTS?|MOSQUITOS?|MOSQUITOES|FLIES|WASPS?|BEES?", "有虫子"),
    (r"RATS?|MOUSE|MICE|RODENTS?", "有老鼠"),
    (r"GARBAGE|TRASH|RUBBISH|BINS?", "垃圾"),
    (r"DIRTY|FILTHY|DISGUSTING|STAIN(?:ED|S)?|MESSY|MESS", "很脏"),
    (r"SPILL(?:ED|S|T)?|VOMIT", "打翻"),
    (r"SOAP", "洗手液"),
    (r"STINKS?|STINKY|STINKING|SMELLY|ODOU?RS?|SMELLS?", "异味"),
    (r"CEILING(?: TILES?| PANELS?)?", "天花板"),
    (r"WALLS?(?:PAPER)?", "墙面"),
    (r"FLOOR TILES?|TILES?", "地砖"),
    (r"CARPETS?", "地毯"),
    (r"STAIRS?|STAIRWELL|STAIRCASE", "楼梯"),
    (r"HANDRAILS?|RAILINGS?", "扶手"),
    (r"MOLD|MOULD|MOLDY|MOULDY", "发霉"),
    (r"PROJECTORS?", "投影仪"),
    (r"PRINTERS?", "打印机"),
    (r"CHAIRS?", "椅子"),
    (r"TABLES?|DESKS?", "工位"),
    (r"ASAP|URGENT(?:LY)?|EMERGENCY|IMMEDIATELY|RIGHT (?:NOW|AWAY)|HURRY|QUICKLY", "尽快"),
    (
        r"THIRD TIME|SECOND TIME|SEVERAL TIMES|MANY TIMES|AGAIN AND AGAIN|STILL NO(?:BODY| ONE)"
        r"|NO ?(?:BODY|ONE) (?:CAME|CARES?|ANSWERS?|SHOWED|RESPOND\w*|REPLIE\w*|PICKS?|HELP\w*)",
        "投诉",
    ),
    (r"BEEN WAITING|WAITED|NO ?(?:BODY|ONE) (?:COME|HAS|IS)|WHY HAS", "投诉"),
    (
        r"COMPLAIN(?:T|TS|ING)?|RUDE|IMPOLITE|UNACCEPTABLE|TERRIBLE|AWFUL|HORRIBLE|RIDICULOUS"
        r"|DISAPPOINT\w*|UNPROFESSIONAL|DISRESPECT\w*|SHOUT(?:ED|S|ING)? AT|YELL\w*|OVERCHARGED?|REFUND",
        "投诉",
    ),
    (
        r"TOO (?:LOUD|NOISY)|NOISE FROM"
        r"|(?:CONSTRUCTION|RENOVATION|DRILLING|NEIGHBOU?RS?|MUSIC)(?: \w+){0,4} (?:NOIS[EY]|LOUD)"
        r"|DRILLING",
        "噪音",
    ),
    (r"NOIS(?:E|ES|Y)|SOUNDS?|RATTL\w+|BEEP(?:S|ING)?|BUZZ(?:ES|ING)?|SQUEAK\w*", "异响"),
    (r"FLICKER(?:S|ING)?|BLINK(?:S|ING)?", "闪"),
    (
        r"BROKEN?|BROKE|NOT WORK(?:ING)?"
        r"|(?:DOESN'?T|DOES NOT|DON'?T|ISN'?T|AREN'?T|STOPPED|WON'?T) (?:WORK|RESPOND|TURN ON|START|COOL)(?:ING)?"
        r"|NOT RESPONDING|OUT OF (?:ORDER|SERVICE)|DEAD|FAULTY|DAMAGED|MALFUNCTION\w*|DEFECTIVE|FAILED",
        "坏",
    ),
    (r"CRACK(?:S|ED)?|SHATTERED|SMASHED", "裂"),
    (r"FELL (?:OFF|DOWN)|FALLEN|FALLING|FALL|CAME OFF|LOOSE|DETACHED|PEEL\w*", "掉"),
    (r"STUCK|JAM(?:MED|S)?", "卡住"),
    (r"RAN OUT|OUT OF|RUN OUT|EMPTY|MISSING|EXPIRED|NO MORE", "没了"),
    (r"SLOW(?:LY)?|WEAK|LOW PRESSURE", "慢"),
    (r"(?:IS |ARE |WENT |GONE )(?:DOWN|OUT|OFF)", "坏"),
    (r"WORKS? (?:NOW|AGAIN|FINE|WELL)|FIXED|SOLVED|RESOLVED|BACK (?:ON|TO NORMAL)|ALL GOOD|NEVER ?MIND", "修好了"),
    (
        r"THANKS?(?: YOU)?|THX|TKS|CHEERS|APPRECIATE\w*|GOT IT|OKAY|OK|GREAT|NOTED|PERFECT"
        r"|GOOD (?:MORNING|AFTERNOON|EVENING)|HELLO|HI",
        "谢谢",
    ),
    (
        r"CALL (?:ME|US)|PHONE ME|HUMAN|(?:REAL|LIVE) PERSON|AGENT|MANAGER|OPERATOR|SPEAK (?:TO|WITH)"
        r"|TALK (?:TO|WITH)|REPRESENTATIVE",
        "人工",
    ),
    (
        r"HOW (?:MUCH|MANY|LONG|DO|CAN|TO|OFTEN)|WHAT(?:'S| IS| ARE| TIME)|WHERE"
        r"|WHEN(?= (?:DO|DOES|WILL|CAN|IS|ARE))|WHICH|OPENING HOURS",
        "请问多少",
    ),
    (
        r"CAN (?:I|WE)|MAY (?:I|WE)|DO (?:YOU|I|WE)|DOES|IS (?:THERE|IT|THE)(?=.*\?)|ARE THERE|IS THERE"
        r"|COULD I",
        "是否",
    ),
    (
        r"FIX|REPAIR(?:ED|S)?|SEND (?:SOMEONE|SOMEBODY|A \w+)|COME (?:AND )?(?:CHECK|LOOK|FIX)"
        r"|(?:SOMEONE|SOMEBODY) (?:CHECK|COME|LOOK)|TECHNICIAN|MAINTENANCE|REPLACE",
        "来修",
    ),
    (r"WON'?T|DOESN'?T|CAN'?T|CANNOT|DON'?T|ISN'?T|AREN'?T|NOT", "不"),
)  # fmt: skip

ENGLISH = tuple((re.compile(rf"(?<![A-Z])(?:{pattern})(?![A-Z])"), chinese) for pattern, chinese in _ENGLISH)
"""Patterns over upper-case text, longest expressions first, and the word that stands in the rules' lists."""
