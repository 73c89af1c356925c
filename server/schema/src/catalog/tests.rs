//! `asks` holds queries; what they answer was compared with the databases themselves.

use super::*;
use crate::testing::{MS, MY, PG, SL, schema};
use crate::{Kind, Schema};
use fact::Reason;

fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Null => "NULL".to_owned(),
        Cell::Bool(value) => value.to_string(),
        Cell::Int(value) => value.to_string(),
        Cell::Text(text) => text.to_string(),
        Cell::Database | Cell::System | Cell::Unknown(_) => "?".to_owned(),
    }
}

fn told(schema: &Schema, kind: Kind, query: &str) -> String {
    let bind = |name: &str| match name {
        "t" => Cell::text("a"),
        _ => Cell::Unknown(Unknown::nowhere(Reason::Rows)),
    };
    match answer(schema, kind.into(), query, &bind) {
        None => "not asked".to_owned(),
        Some(Err(_)) => "unknown".to_owned(),
        Some(Ok(found)) => {
            let row = |row: &Vec<Cell>| row.iter().map(shown).collect::<Vec<_>>().join(" ");
            found.rows.iter().map(row).collect::<Vec<_>>().join(", ")
        }
    }
}

/// Queries and their rows over the schema that `ddl` makes.
#[track_caller]
fn check_answers(kind: Kind, ddl: &str, cases: &[(&str, &str)]) {
    let schema = schema(kind, ddl);
    for (query, expected) in cases {
        assert_eq!(told(&schema, kind, query), *expected, "{query}");
    }
}

/// The same where the schema has something in it that is not known.
#[track_caller]
fn check_opaque(kind: Kind, ddl: &str, change: impl Fn(&mut Schema), cases: &[(&str, &str)]) {
    let mut schema = schema(kind, ddl);
    change(&mut schema);
    for (query, expected) in cases {
        assert_eq!(told(&schema, kind, query), *expected, "{query}");
    }
}

const LITE: &str = "CREATE TABLE a (id INTEGER NOT NULL PRIMARY KEY, n VARCHAR(9) DEFAULT 'x' NOT NULL, m TEXT, UNIQUE (n));
    CREATE INDEX ix_m ON a (m); CREATE UNIQUE INDEX ix_mn ON a (m, n) WHERE m > 1;
    CREATE TABLE b (x INTEGER, y INTEGER, PRIMARY KEY (x, y), FOREIGN KEY (x) REFERENCES a (id) ON DELETE CASCADE);
    CREATE VIEW v AS SELECT 1;";

#[test]
fn pragmas_of_sqlite() {
    check_answers(
        SL,
        LITE,
        &[
            ("PRAGMA table_info(a)", "0 id INTEGER 1 NULL 1, 1 n VARCHAR(9) 1 'x' 0, 2 m TEXT 0 NULL 0"),
            (
                "pragma main.table_info('A');",
                "0 id INTEGER 1 NULL 1, 1 n VARCHAR(9) 1 'x' 0, 2 m TEXT 0 NULL 0",
            ),
            ("PRAGMA table_info = \"nothing\"", ""),
            ("PRAGMA index_list([a])", "0 ix_mn 1 c 1, 1 ix_m 0 c 0, 2 sqlite_autoindex_a_1 1 u 0"),
            ("PRAGMA index_list(b)", "0 sqlite_autoindex_b_1 1 pk 0"),
            ("PRAGMA index_info('ix_mn')", "0 2 m, 1 1 n"),
            ("PRAGMA index_info(sqlite_autoindex_b_1)", "0 0 x, 1 1 y"),
            ("PRAGMA index_info(none_such)", ""),
            ("PRAGMA foreign_key_list(b)", "0 0 a x id NO ACTION CASCADE NONE"),
            ("PRAGMA foreign_keys = ON", "not asked"),
            ("PRAGMA foreign_key_check(b)", "not asked"),
            ("PRAGMA", "not asked"),
            ("PRAGMA table_info(", "not asked"),
        ],
    );
    check_answers(PG, "CREATE TABLE a (id integer)", &[("PRAGMA table_info(a)", "not asked")]);
}

#[test]
fn the_master_table_of_sqlite() {
    check_answers(
        SL,
        LITE,
        &[
            ("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'a'", "a"),
            ("SELECT name FROM sqlite_master WHERE type='table' AND name=:t", "a"),
            ("SELECT name FROM sqlite_master WHERE type='table' AND name=:other", "unknown"),
            ("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'c'", ""),
            ("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name", "a, alembic_version, b"),
            (
                "SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'ix%' ORDER BY name DESC",
                "ix_mn, ix_m",
            ),
            ("SELECT count(*) FROM sqlite_master WHERE type = 'view'", "1"),
            ("SELECT EXISTS (SELECT * FROM sqlite_master WHERE name = 'ix_m') AS found", "1"),
            ("SELECT sql FROM sqlite_master WHERE name = 'a' AND type = 'table'", "?"),
            ("SELECT n FROM a", "not asked"),
            ("SELECT a.n FROM a, sqlite_master", "not asked"),
            (
                "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'a' AND sql LIKE '%UNIQUE%'",
                "unknown",
            ),
        ],
    );
}

const FULL: &str = "CREATE TABLE a (id integer PRIMARY KEY, n varchar(9) DEFAULT 'x' NOT NULL, tags text[], CONSTRAINT uq UNIQUE (n));
    CREATE INDEX ix_tags ON a (tags);
    CREATE TABLE b (x integer REFERENCES a (id) ON DELETE SET NULL, CONSTRAINT ck CHECK (x > 0));
    CREATE TABLE s.c (y integer);";

#[test]
fn information_schema() {
    check_answers(
        PG,
        FULL,
        &[
            (
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1",
                "a, alembic_version, b",
            ),
            (
                "SELECT 1 FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 'a'",
                "1",
            ),
            ("SELECT table_name FROM information_schema.tables WHERE table_name = 'c'", "c"),
            ("SELECT EXISTS (SELECT FROM information_schema.tables WHERE table_name = 'z')", "false"),
            (
                "SELECT column_name, data_type, is_nullable, character_maximum_length FROM information_schema.columns \
                 WHERE table_name = 'a' ORDER BY ordinal_position",
                "id integer NO NULL, n character varying NO 9, tags ARRAY YES NULL",
            ),
            (
                "SELECT column_default FROM information_schema.columns WHERE table_name='a' AND column_name='n'",
                "'x'::character varying",
            ),
            (
                "SELECT column_name FROM information_schema.columns WHERE table_name='a' AND column_name IN ('n', 'zz')",
                "n",
            ),
            (
                "SELECT column_name FROM information_schema.columns WHERE table_name='a' AND NOT column_name = 'n' AND column_name <> 'id'",
                "tags",
            ),
            (
                "SELECT constraint_name FROM information_schema.table_constraints WHERE table_name = 'a' AND constraint_type = 'UNIQUE'",
                "uq",
            ),
            (
                "SELECT constraint_name FROM information_schema.table_constraints WHERE table_name = 'b' AND constraint_name = 'ck'",
                "ck",
            ),
            (
                "SELECT constraint_name FROM information_schema.table_constraints WHERE table_name = 'a' AND constraint_type = 'CHECK'",
                "unknown",
            ),
            (
                "SELECT tc.constraint_name FROM information_schema.table_constraints tc JOIN \
                 information_schema.key_column_usage AS kcu ON tc.constraint_name = kcu.constraint_name \
                 WHERE tc.table_name = 'a' AND kcu.column_name = 'n' AND tc.constraint_type = 'UNIQUE'",
                "uq",
            ),
            (
                "SELECT delete_rule FROM information_schema.referential_constraints WHERE constraint_name = 'b_x_fkey'",
                "SET NULL",
            ),
            ("SELECT x FROM information_schema.sequences", "not asked"),
            ("SELECT table_name FROM information_schema.tables UNION SELECT 1", "unknown"),
            (
                "SELECT collation_name FROM information_schema.columns WHERE table_name = 'a' AND column_name = 'n'",
                "?",
            ),
        ],
    );
}

#[test]
fn the_catalogue_of_postgresql() {
    check_answers(
        PG,
        FULL,
        &[
            ("SELECT conname FROM pg_constraint WHERE conrelid = 'a'::regclass AND contype = 'u'", "uq"),
            (
                "SELECT conname FROM pg_constraint WHERE conname = 'b_x_fkey' AND confrelid = 'a'::regclass",
                "b_x_fkey",
            ),
            ("SELECT 1 FROM pg_constraint WHERE conname = 'nothing'", ""),
            (
                "SELECT c.conname FROM pg_constraint c JOIN pg_class t ON c.conrelid = t.oid \
                 JOIN pg_namespace n ON n.oid = t.relnamespace \
                 WHERE t.relname = 'a' AND n.nspname = 'public' AND c.contype = 'p'",
                "a_pkey",
            ),
            (
                "SELECT indexname FROM pg_indexes WHERE tablename = 'a' ORDER BY indexname",
                "a_pkey, ix_tags, uq",
            ),
            (
                "SELECT i.relname FROM pg_index ix JOIN pg_class i ON i.oid = ix.indexrelid \
                 JOIN pg_class t ON t.oid = ix.indrelid WHERE t.relname = 'a' AND NOT ix.indisprimary \
                 AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = ix.indexrelid)",
                "ix_tags",
            ),
            ("SELECT to_regclass('public.a') IS NOT NULL", "true"),
            ("SELECT to_regclass('s.c') IS NULL, to_regclass('c') IS NULL", "false true"),
            (
                "SELECT attname FROM pg_attribute WHERE attrelid = 'a'::regclass AND attnotnull AND attnum > 0 AND NOT attisdropped",
                "id, n",
            ),
            ("SELECT 1 FROM pg_type WHERE typname = 'status'", ""),
            ("SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = 's'", "c"),
            ("SELECT 1 FROM pg_extension WHERE extname = 'x'", "not asked"),
            ("SELECT conrelid::regclass::text FROM pg_constraint WHERE conname = 'ck'", "b"),
        ],
    );
    check_answers(
        PG,
        "CREATE TYPE mood AS ENUM ('sad', 'ok')",
        &[
            (
                "SELECT e.enumlabel FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid \
                 WHERE t.typname = 'mood' AND pg_type_is_visible(t.oid) ORDER BY e.enumsortorder",
                "sad, ok",
            ),
            ("SELECT 1 FROM pg_type WHERE typname = 'mood' AND typtype = 'e'", "1"),
        ],
    );
}

#[test]
fn mysql_knows_its_database_by_function() {
    check_answers(
        MY,
        "CREATE TABLE a (id INT PRIMARY KEY, n VARCHAR(9), UNIQUE KEY uq (n), KEY ix (n, id));
         CREATE TABLE b (x INT, CONSTRAINT fk FOREIGN KEY (x) REFERENCES a (id))",
        &[
            (
                "SELECT TABLE_NAME FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'A'",
                "a",
            ),
            (
                "SELECT 1 FROM information_schema.tables WHERE table_schema = 'app' AND table_name = 'a'",
                "unknown",
            ),
            (
                "SELECT DISTINCT index_name FROM information_schema.STATISTICS WHERE table_schema = SCHEMA() AND table_name = 'a'",
                "PRIMARY, uq, ix",
            ),
            (
                "SELECT constraint_name FROM information_schema.KEY_COLUMN_USAGE WHERE table_name = 'b' \
                 AND column_name = 'x' AND referenced_table_name IS NOT NULL AND table_schema = DATABASE()",
                "fk",
            ),
            (
                "SELECT COUNT(*) FROM `information_schema`.`columns` WHERE table_name = 'a' AND table_schema = database()",
                "2",
            ),
        ],
    );
}

#[test]
fn sql_server() {
    check_answers(
        MS,
        "CREATE TABLE a (id INT NOT NULL, n NVARCHAR(9) NULL, CONSTRAINT pk PRIMARY KEY (id))",
        &[
            ("SELECT name FROM sys.tables WHERE name = 'a'", "a"),
            ("SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID('dbo.a') AND name = 'n'", "1"),
            ("SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[a]') AND name = 'z'", ""),
            (
                "SELECT COLUMN_NAME FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'a' AND IS_NULLABLE = 'YES'",
                "n",
            ),
        ],
    );
}

#[test]
fn what_may_be_there_is_no_row_and_no_absence() {
    let opaque = |schema: &mut Schema| schema.opaque = Some(Unknown::nowhere(Reason::UndecidedTest));
    check_opaque(
        SL,
        "CREATE TABLE a (id INTEGER)",
        opaque,
        &[
            ("SELECT name FROM sqlite_master WHERE name = 'a'", "unknown"),
            ("SELECT name FROM sqlite_master WHERE name = 'z'", "unknown"),
            ("PRAGMA table_info(a)", "0 id INTEGER 0 NULL 0"),
            ("PRAGMA table_info(z)", "unknown"),
        ],
    );
    let open = |schema: &mut Schema| {
        let table = schema.tables.get_mut(&TableName::plain("a")).map(Arc::make_mut);
        if let Some(table) = table {
            table.open = Some(Unknown::nowhere(Reason::Assumed));
        }
    };
    check_opaque(
        PG,
        "CREATE TABLE a (id integer); CREATE TABLE b (id integer)",
        open,
        &[
            ("SELECT 1 FROM information_schema.tables WHERE table_name = 'a'", "1"),
            (
                "SELECT 1 FROM information_schema.columns WHERE table_name = 'a' AND column_name = 'z'",
                "unknown",
            ),
            ("SELECT 1 FROM information_schema.columns WHERE table_name = 'b' AND column_name = 'z'", ""),
            ("SELECT 1 FROM pg_constraint WHERE conrelid = 'a'::regclass", "unknown"),
            ("SELECT 1 FROM pg_constraint WHERE conrelid = 'b'::regclass", ""),
        ],
    );
}

#[test]
fn hostile_text_ends() {
    let long = format!("SELECT 1 FROM sqlite_master WHERE {}1=1", "name = 'a' OR ".repeat(900));
    let deep = format!("SELECT {}1{} FROM sqlite_master", "(".repeat(500), ")".repeat(500));
    let many = format!("SELECT count(*) FROM {}", ["sqlite_master"; 12].join(", "));
    let schema = schema(SL, LITE);
    for text in [&long, &deep, &many] {
        told(&schema, SL, text);
    }
    assert_eq!(told(&schema, SL, &many), "unknown");
}

#[test]
fn patterns() {
    for (text, pattern, expected) in [
        ("abc", "a%", "true"),
        ("abc", "%c", "true"),
        ("abc", "%b%", "true"),
        ("abc", "a_c", "true"),
        ("abc", "b%", "false"),
        ("a_c", "a\\_c", "true"),
        ("abc", "a\\_c", "false"),
        ("", "%", "true"),
        ("aXbXc", "a%X%c", "true"),
        ("ABC", "abc", "true"),
    ] {
        let found = logic::like(&Cell::text(text), &Cell::text(pattern), true);
        assert_eq!(shown(&found), expected, "{text} LIKE {pattern}");
    }
}
