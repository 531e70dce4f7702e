#!/bin/sh
# The shipped packs and the example site satisfy their JSON Schemas, and files with a mistake do not.
# usage: schema.sh [RULES-DIRECTORY]
set -eu
rules=${1:-$(dirname "$0")/../rules}
if ! python3 -c 'import jsonschema, yaml' 2>/dev/null; then
	echo "schema.sh: skipped: needs python3-jsonschema and python3-yaml"
	exit 0
fi
exec python3 - "$rules" <<'PYTHON'
import glob, json, os, sys
import jsonschema, yaml

rules = sys.argv[1]

class Loader(yaml.SafeLoader):
    """YAML 1.2: a day is a text, and only true and false are booleans."""

Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in pairs
            if not tag.endswith((":timestamp", ":bool", ":int"))]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
import re
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|false)$"), list("tf"))
Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^(0|[1-9][0-9]*)$"),
                             list("0123456789"))

def validator(name):
    with open(os.path.join(rules, name), encoding="utf-8") as f:
        schema = json.load(f)
    cls = jsonschema.validators.validator_for(schema)
    cls.check_schema(schema)
    return cls(schema)

def read(path):
    with open(path, encoding="utf-8") as f:
        return yaml.load(f, Loader)

failed = 0
pack, site = validator("pack.schema.json"), validator("site.schema.json")
files = sorted(glob.glob(os.path.join(rules, "*.yaml")))
for path in files:
    kind = site if os.path.basename(path).startswith("site") else pack
    for error in kind.iter_errors(read(path)):
        print(f"schema.sh: {path}: {'/'.join(map(str, error.path))}: {error.message}")
        failed += 1

# A schema that lets everything pass would prove nothing.
good = read(os.path.join(rules, "lync2013-pic.yaml"))
def broken(change):
    copy = json.loads(json.dumps(good))
    change(copy)
    return copy
mistakes = {
    "unknown key": lambda p: p.update(extra=1),
    "no rows": lambda p: p.pop("rows"),
    "unknown key of a row": lambda p: p["rows"][0].update(ports=1),
    "row without a port": lambda p: p["rows"][0].pop("dport"),
    "port out of range": lambda p: p["rows"][0].update(dport=65536),
    "unknown application": lambda p: p["rows"][0].update(proto="ssip"),
    "need of another word": lambda p: p["rows"][0].update(need="maybe"),
    "tune of two keys": lambda p: p["rows"][0].update(tune={"dport": "x", "sport": "x"}),
    "tune of no port key": lambda p: p["rows"][0].update(tune={"proto": "x"}),
    "bad date": lambda p: p["rows"][3]["valid"].update(until="15 March 2013"),
}
for name, change in mistakes.items():
    if pack.is_valid(broken(change)):
        print(f"schema.sh: the pack schema accepts: {name}")
        failed += 1
for name, text in {"no roles": {"site": "x"}, "condition not a boolean":
                   {"roles": {}, "conditions": {"a": "yes"}}}.items():
    if site.is_valid(text):
        print(f"schema.sh: the site schema accepts: {name}")
        failed += 1
print(f"schema.sh: {len(files)} files, {failed} mistakes")
sys.exit(failed != 0)
PYTHON
