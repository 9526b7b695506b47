"""Makes provider/huaweicloud/credentials/signatureVectors.jsonl: random requests, signed by Huawei Cloud's own Python SDK.

The same seed gives the same file. To make it again:

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install huaweicloudsdkcore==3.1.219
    /tmp/venv/bin/python scripts/signatureVectors.py > provider/huaweicloud/credentials/signatureVectors.jsonl

Each request is written twice: as the SDK takes it (parameters decoded), and as a URL in which characters are escaped at
random. Left out is what the SDK treats in its own way; signing.test.ts says what that is, and why.
"""

import json
import random
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer

SEED = 20261124
COUNT = 500
chance = random.Random(SEED)

# Scheme and host as written in the URL, and the host that is sent.
HOSTS = [
    ("https://evs.cn-north-4.myhuaweicloud.com", "evs.cn-north-4.myhuaweicloud.com"),
    ("https://KMS.EU-West-101.myhuaweicloud.eu", "kms.eu-west-101.myhuaweicloud.eu"),
    ("https://iam.myhuaweicloud.com:443", "iam.myhuaweicloud.com"),
    ("https://iam.myhuaweicloud.com:8443", "iam.myhuaweicloud.com:8443"),
    ("http://127.0.0.1:80", "127.0.0.1"),
    ("http://127.0.0.1:42443", "127.0.0.1:42443"),
    ("https://[2001:DB8:0::1]", "[2001:db8::1]"),
    ("https://[::1]:8443", "[::1]:8443"),
]
UNRESERVED = "abcXYZ019-_.~"
ASCII = UNRESERVED + "\n !\"$&'()*+,;:=@<>[]^`{|}%\\?#"
# Among them two of which the order by code point differs from the order by UTF-16 unit.
OTHER = "äßñéЖ中文字🔑𝄞\uff5e\ufb01\u00a0\u2028"


def text(alphabets, most):
    return "".join(chance.choice(chance.choice(alphabets)) for _ in range(chance.randrange(most + 1)))


def spell(content, raw):
    """Escapes all but unreserved characters and those in `raw`; these, too, now and then. Hex digits of either case."""

    def one(character):
        plain = character in UNRESERVED or character in raw
        if plain and chance.random() < 0.8:
            return character
        escaped = "".join(f"%{byte:02X}" for byte in character.encode())
        return escaped.lower() if chance.random() < 0.3 else escaped

    return "".join(one(character) for character in content)


def path():
    segments = [text([UNRESERVED, UNRESERVED, ASCII, OTHER], 8) for _ in range(chance.randrange(5))]
    # A URL has no segments of one or two dots. A bare % is one of the path only if no escape begins with it.
    spelled = [spell(segment, "!$&'()*+,;=:@|中Ж🔑") for segment in segments if segment not in (".", "..")]
    return "/" + "/".join(spelled) + chance.choice(["", "", "/", "/100%z"])


def query():
    """Returns the parameters as the SDK takes them, and the query of the URL."""
    names = [text([UNRESERVED, ASCII, OTHER], 6) for _ in range(chance.choice([0, 0, 1, 2, 3, 5]))]
    parameters = [(name, text([UNRESERVED, ASCII, OTHER], 10)) for name in names]
    parameters += [(name, text([UNRESERVED, OTHER], 4)) for name, _ in parameters if chance.random() < 0.3]
    parameters = [(name, value) for name, value in parameters if name or value]
    chance.shuffle(parameters)
    spelled = []
    for name, value in parameters:
        without_value = value == "" and chance.random() < 0.5
        spelled.append(spell(name, "!$'()*,:@中🔑") + ("" if without_value else "=" + spell(value, "!$'()*,:;@=?|中🔑")))
    return parameters, "&".join(spelled)


def headers():
    values = {
        "Content-Type": chance.choice(["application/json", "application/json;charset=utf-8", "application/json \t"]),
        "X-Project-Id": f"{chance.getrandbits(128):032x}",
        "X-Domain-Id": f"{chance.getrandbits(128):032x}",
        "User-Agent": "  several  words, (with; signs) ",
        "x-empty": "",
    }
    return {name: value for name, value in values.items() if chance.random() < 0.4}


def body():
    content = {text([UNRESERVED, ASCII, OTHER], 6): text([UNRESERVED, ASCII, OTHER], 20) for _ in range(3)}
    return chance.choice(
        [
            "",
            "{}",
            json.dumps(content),
            json.dumps(content, ensure_ascii=False, separators=(",", ":")),
            json.dumps(content, ensure_ascii=False, indent=1) + "\n",
            text([ASCII, OTHER], 60),
        ]
    )


def vector(number):
    key = {"accessKey": f"EXAMPLEAK{number:07d}TEST", "secretKey": f"exampleSecretKey{number:024d}" + text([ASCII, OTHER], 2)}
    if chance.random() < 0.5:
        key["securityToken"] = f"exampleToken/{chance.getrandbits(40):x}+def=="
    time = datetime(2019, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=chance.randrange(20 * 365 * 86400))
    method = chance.choice(["GET", "PUT", "POST", "DELETE", "PATCH", "get"])
    (origin, host), resource_path, (parameters, search) = chance.choice(HOSTS), path(), query()
    sent, content = headers(), body()

    request = SdkRequest(
        method=method,
        schema=origin.split(":")[0],
        host=host,
        resource_path=resource_path,
        query_params=list(parameters),
        header_params={
            **sent,
            "X-Sdk-Date": time.strftime("%Y%m%dT%H%M%SZ"),
            **({"X-Security-Token": key["securityToken"]} if "securityToken" in key else {}),
        },
        body=content,
    )
    Signer(SimpleNamespace(ak=key["accessKey"], sk=key["secretKey"])).sign(request)
    return {
        "key": key,
        "time": int(time.timestamp() * 1000),
        "request": {
            "method": method,
            "url": origin + resource_path + ("?" + search if search else ""),
            "headers": {name.lower(): value for name, value in sent.items()},
            "body": content,
        },
        "authorization": request.header_params["Authorization"],
    }


for number in range(COUNT):
    print(json.dumps(vector(number), ensure_ascii=False, separators=(",", ":")))
