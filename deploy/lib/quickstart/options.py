"""The command line. Its help page stands in deploy/quickstart itself."""

import argparse
import pathlib


def _replay(text):
    market, equals, file = text.partition("=")
    path = pathlib.Path(file)
    if not equals or "-" not in market:
        raise argparse.ArgumentTypeError(f"'{text}' is not like KRW-BTC=FILE")
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"there is no file {file}")
    return f"{market}={path.resolve()}"


def parse(arguments):
    parser = argparse.ArgumentParser(prog="deploy/quickstart", add_help=False, allow_abbrev=False,
                                     usage="deploy/quickstart [options]; see --help")
    parser.add_argument("root", type=pathlib.Path)
    market = parser.add_mutually_exclusive_group()
    market.add_argument("--scenario", default="demo")
    market.add_argument("--replay", nargs="+", type=_replay, action="extend")
    parser.add_argument("--trades", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--until-order", action="store_true")
    parser.add_argument("--timeout", type=float, default=900)
    parser.add_argument("--then")
    parser.add_argument("--data", type=lambda text: pathlib.Path(text).absolute())
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--build-dir", type=lambda text: pathlib.Path(text).resolve())
    asked = parser.parse_args(arguments)
    if asked.then and not asked.until_order:
        parser.error("--then goes with --until-order")
    if asked.timeout <= 0:
        parser.error("--timeout must be above 0")
    return asked
