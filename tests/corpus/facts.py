"""Takes a schema, as `foreshot schema --format json` prints it, apart into facts to be compared one by one.

A fact is a key (kind, table, ...) with a value. What differs in spelling alone is made the same here:

- tables of the default schema have no schema in front; the version table of Alembic is left out
- types: letter case, blanks and quotes, and the synonyms that a database has for one type (on SQLite, whose
  text is free, only case and blanks)
- a default is only there or not there; a sequence, an identity and DEFAULT NULL are none
- a column of the primary key is NOT NULL, also where the catalogue of SQLite does not say so
- no referential action is NO ACTION, and on MySQL so is RESTRICT
- the columns of a unique constraint have no order; an expression in an index is one whatever its text
- on MySQL a unique constraint is a unique index, and the index that a foreign key brings along is no fact
"""

import re

UNKNOWN = "?"
MAIN = (
    "table",
    "column",
    "type",
    "nullable",
    "default",
    "pk",
    "unique",
    "fk",
    "ondelete",
    "index",
    "index_unique",
    "check",
    "enum",
    "enum_labels",
)
VERSION_TABLE = "alembic_version"
DEFAULT_SCHEMA = {"postgresql": "public.", "sqlite": "main."}
POSTGRESQL = {
    "bool": "boolean",
    "bpchar": "character",
    "bigserial": "bigint",
    "char": "character",
    "decimal": "numeric",
    "double": "double precision",
    "float": "double precision",
    "float4": "real",
    "float8": "double precision",
    "int": "integer",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "serial": "integer",
    "serial4": "integer",
    "serial8": "bigint",
    "smallserial": "smallint",
    "string": "character varying",
    "time": "time without time zone",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
    "timetz": "time with time zone",
    "varbit": "bit varying",
    "varchar": "character varying",
}
MYSQL = {
    "bool": "tinyint(1)",
    "boolean": "tinyint(1)",
    "dec": "decimal",
    "double precision": "double",
    "integer": "int",
    "numeric": "decimal",
    "real": "double",
}
SINGLE_PRECISION_BITS = 24


def facts(schema: dict, dialect: str) -> tuple[dict, dict]:
    """The facts of a schema, and its check constraints by table: they are compared by more than equality."""
    found: dict = {}
    checks: dict = {}
    for name, table in known(schema.get("tables")).items():
        key = table_key(name, dialect)
        if table is None or key.rsplit(".", 1)[-1] == VERSION_TABLE:
            continue
        found["table", key] = True
        if table != UNKNOWN:
            table_facts(found, key, table, dialect)
            checks[key] = [
                {"name": check.get("name"), "sql": check_text(check.get("sql"))}
                for check in listed(table, "checks")
            ]
    for name, labels in known(schema.get("enums")).items():
        key = table_key(name, dialect)
        found["enum", key] = True
        found["enum_labels", key] = UNKNOWN if labels == UNKNOWN or UNKNOWN in labels else tuple(labels)
    return found, checks


def known(value: dict | str | None) -> dict:
    return {} if value in (None, UNKNOWN) else value


def listed(table: dict, part: str) -> list[dict]:
    """The list of that name; nothing where it, or an element of it, is not known."""
    value = table.get(part) or []
    return [] if value == UNKNOWN or not all(isinstance(one, dict) for one in value) else value


def known_columns(part: dict) -> bool:
    columns = part.get("columns")
    return columns not in (None, UNKNOWN) and UNKNOWN not in columns


def table_facts(found: dict, table: str, content: dict, dialect: str) -> None:
    primary = content.get("pk")
    columns = known(primary).get("columns") or []
    is_known = UNKNOWN not in (primary, columns) and UNKNOWN not in columns
    named = [] if columns == UNKNOWN else [column for column in columns if column != UNKNOWN]
    if "pk" in content:
        found["pk", table] = tuple(named) if is_known else UNKNOWN
    for name, column in known(content.get("columns")).items():
        column_facts(found, (table, name), column, dialect, required=dialect == "sqlite" and name in named)
    owners = foreign_key_facts(found, table, content, dialect)
    indexes = list(listed(content, "indexes"))
    for unique in listed(content, "uniques"):
        if not known_columns(unique):
            continue
        if dialect in ("mysql", "mariadb"):
            indexes.append({**unique, "unique": True})
        else:
            found["unique", table, tuple(sorted(unique["columns"]))] = True
    index_facts(found, table, indexes, owners if dialect in ("mysql", "mariadb") else set())


def column_facts(found: dict, key: tuple, column: dict | str | None, dialect: str, *, required: bool) -> None:
    found["column", *key] = True
    if column in (None, UNKNOWN):
        return
    if column.get("type") is not None:
        found["type", *key] = type_text(column["type"], dialect)
    if column.get("nullable") is not None:
        found["nullable", *key] = False if required else column["nullable"]
    if "default" in column:
        found["default", *key] = has_default(column["default"])


def foreign_key_facts(found: dict, table: str, content: dict, dialect: str) -> set[tuple]:
    """Also returns the column lists of the foreign keys."""
    owners = set()
    for key in listed(content, "fks"):
        reference, columns = key.get("ref_table"), key.get("ref_columns") or []
        if not known_columns(key) or reference in (None, UNKNOWN) or UNKNOWN in columns:
            continue
        what = (table, tuple(key["columns"]), table_key(reference, dialect), tuple(columns))
        owners.add(tuple(key["columns"]))
        found["fk", *what] = True
        found["ondelete", *what] = action(key.get("ondelete"), dialect)
    return owners


def index_facts(found: dict, table: str, indexes: list[dict], passed: set[tuple]) -> None:
    same: dict = {}
    for index in indexes:
        if not known_columns(index):
            continue
        columns = tuple(index_column(column) for column in index["columns"])
        if columns not in passed or index.get("unique"):
            same.setdefault(columns, []).append(index.get("unique"))
    for columns, uniques in same.items():
        found["index", table, columns] = True
        found["index_unique", table, columns] = True in uniques or (UNKNOWN if UNKNOWN in uniques else False)


def table_key(name: str, dialect: str) -> str:
    return name.removeprefix(DEFAULT_SCHEMA.get(dialect, "")) if dialect in DEFAULT_SCHEMA else name


def has_default(default: str | bool | None) -> bool | str:
    if default == UNKNOWN:
        return UNKNOWN
    if default is None or default is False:
        return False
    text = str(default).strip().lower()
    return not re.match(r"\(?\s*null\s*(::.*)?\)?$", text) and "nextval(" not in text


def action(name: str | None, dialect: str) -> str:
    if name == UNKNOWN:
        return UNKNOWN
    upper = (name or "NO ACTION").upper()
    return "NO ACTION" if upper == "RESTRICT" and dialect in ("mysql", "mariadb") else upper


def index_column(column: str) -> str:
    bare = re.sub(r"(?i)\s+(asc|desc)?\s*(nulls (first|last))?$", "", str(column).strip()).strip()
    if bare.startswith('"') and bare.endswith('"'):
        bare = bare[1:-1]
    return "(expr)" if re.search(r"[()\s+*/|:<>=\'-]", bare) else bare


def check_text(sql: str | None) -> str:
    text = re.sub(r"::[a-z_ ]+(\(\d+(,\d+)?\))?(\[\])?", "", str(sql or "").lower())
    text = re.sub(r"^check\b", "", text.strip())
    text = re.sub(r"= any \(array\[(.*?)\]\)", r"in (\1)", text)
    return re.sub(r'[\s()"`\[\]]|not valid', "", text).replace("<>", "!=").replace("~~", "like")


def type_text(text: str, dialect: str) -> str:
    text = re.sub(r"\s+", " ", str(text)).strip()
    if text == UNKNOWN:
        return UNKNOWN
    if dialect == "postgresql":
        return postgresql_type(text)
    text = re.sub(r"\s*([(),])\s*", r"\1", text.lower())
    return mysql_type(text) if dialect in ("mysql", "mariadb") else text


def postgresql_type(text: str) -> str:
    text = re.sub(r"^public\.", "", text.replace('"', "").lower())
    text = re.sub(r"\s*([(),\[\]])\s*", r"\1", text)
    if timed := re.match(r"^(timestamp|time)\((\d+)\)( with(?:out)? time zone)?(.*)$", text):
        return f"{timed[1]}({timed[2]}){timed[3] or ' without time zone'}{timed[4]}"
    parts = re.match(r"^([a-z0-9_ .]+?)(\(.*?\))?((?:\[\d*\])*)( .*)?$", text)
    if not parts:
        return text
    base, args, array, rest = parts[1].strip(), parts[2] or "", parts[3] or "", parts[4] or ""
    array = re.sub(r"\d", "", array)
    if rest and base in ("timestamp", "time", "double", "character", "bit"):
        return text
    if base == "float" and args:
        return ("real" if int(args[1:-1]) <= SINGLE_PRECISION_BITS else "double precision") + array
    if base in ("char", "character", "bpchar") and not args:
        args = "(1)"
    if base in ("numeric", "decimal"):
        args = re.sub(r"^\((\d+)\)$", r"(\1,0)", args)
    return POSTGRESQL.get(base, base) + args + array + rest


def mysql_type(text: str) -> str:
    base = re.match(r"^[a-z ]+?(?=\(| unsigned|$)", text)
    if base and base[0] in MYSQL:
        text = MYSQL[base[0]] + text[len(base[0]) :]
    if not text.startswith("tinyint(1)"):
        text = re.sub(r"^((?:tiny|small|medium|big)?int)\(\d+\)", r"\1", text)
    text = re.sub(r"^decimal\((\d+)\)", r"decimal(\1,0)", text)
    return re.sub(r" (character set|collate) \S+", "", text)
