"""The calls that upbit-client may make, in the language it reads them in (OpenAPI 2)."""

import json
import os

FORM = ["application/x-www-form-urlencoded"]
ORDER = ["market", "side", "volume", "price", "ord_type", "identifier"]
CALLS = [
    ("get", "/accounts", "Account.info", []),
    ("get", "/market/all", "Market.info_all", ["isDetails"]),
    ("get", "/candles/minutes/{unit}", "Candle.minutes", ["market", "to", "count"]),
    ("get", "/ticker", "Trade.ticker", ["markets"]),
    ("get", "/orders/chance", "Order.chance", ["market"]),
    ("get", "/order", "Order.info", ["uuid", "identifier"]),
    ("delete", "/order", "Order.cancel", ["uuid", "identifier"]),
    ("post", "/orders", "Order.new", ORDER),
]


def parameter(name, place):
    kind = "integer" if name in ("unit", "count") else "string"
    return {"name": name, "in": place, "type": kind, "required": place == "path"}


def describe(method, path, operation, names):
    place = "formData" if method == "post" else "query"
    in_path = [parameter("unit", "path")] if "{unit}" in path else []
    call = {
        "tags": [operation.split(".")[0]],
        "operationId": operation,
        "parameters": in_path + [parameter(name, place) for name in names],
        "responses": {"default": {"description": "whatever the exchange says"}},
    }
    return {**call, "consumes": FORM} if method == "post" else call


def write(sim):
    """A file of them; its address."""
    paths = {}
    for method, path, operation, names in CALLS:
        paths.setdefault(path, {})[method] = describe(method, path, operation, names)
    document = {"swagger": "2.0", "info": {"title": "Upbit", "version": "1"}, "host": sim.host,
                "basePath": "/v1", "schemes": ["https"], "paths": paths}
    # The library asks for no token where this name is in the address.
    file = os.path.join(os.path.dirname(sim.ca), "swg_mapper.json")
    with open(file, "w", encoding="utf-8") as out:
        json.dump(document, out)
    return "file://" + file
