//! Types, sequences, views, routines, comments.

use super::*;

#[test]
fn enums() {
    check_sql(PG, "CREATE TYPE app.\"Kind\" AS ENUM ('a', 'it''s')", &["enum app.Kind [\"a\", \"it's\"]"]);
    check_sql(PG, "CREATE TYPE kind AS ENUM('a')", &["enum kind [\"a\"]"]);
    check_sql(PG, "CREATE TYPE kind AS ENUM ('a', '\u{fffc}')", &["enum kind ?"]);
    check_sql(PG, "CREATE TYPE pair AS (a int, b int)", &["create Other pair"]);
    check_sql(
        PG,
        "ALTER TYPE kind ADD VALUE IF NOT EXISTS 'b' BEFORE 'a'",
        &["label kind + \"b\" before a if-missing"],
    );
    check_sql(PG, "ALTER TYPE kind ADD VALUE 'b' AFTER 'a'", &["label kind + \"b\" after a"]);
    check_sql(PG, "ALTER TYPE kind ADD VALUE '\u{fffc}'", &["label kind + ?"]);
    check_sql(PG, "ALTER TYPE kind RENAME VALUE 'a' TO 'b'", &["label kind a -> b"]);
    check_sql(PG, "ALTER TYPE app.kind RENAME TO kind_old", &["rename enum app.kind -> app.kind_old"]);
    check_sql(PG, "ALTER TYPE kind SET SCHEMA app", &["rename enum kind -> app.kind"]);
    check_sql(PG, "ALTER TYPE kind OWNER TO joe", &["nothing: ALTER TYPE kind OWNER TO joe"]);
    check_sql(PG, "DROP TYPE IF EXISTS a, b CASCADE", &["drop enum a if-there", "drop enum b if-there"]);
}

#[test]
fn tables_dropped() {
    check_sql(
        PG,
        "DROP TABLE IF EXISTS a, app.\"B\" CASCADE",
        &["drop table a if-there cascade", "drop table app.B if-there cascade"],
    );
    check_sql(MY, "DROP TABLE `a`", &["drop table a"]);
    check_sql(PG, "DROP TABLE \u{fffc}", &["opaque"]);
    check_sql(MY, "DROP TEMPORARY TABLE a", &["nothing: DROP TEMPORARY TABLE a"]);
}

#[test]
fn sequences() {
    check_sql(PG, "CREATE SEQUENCE IF NOT EXISTS s START WITH 10 OWNED BY t.a", &["sequence s if-missing"]);
    check_sql(
        PG,
        "DROP SEQUENCE IF EXISTS s, app.r",
        &["drop sequence s if-there", "drop sequence app.r if-there"],
    );
    check_sql(PG, "ALTER SEQUENCE s RENAME TO r", &["drop sequence s", "sequence r"]);
    check_sql(PG, "ALTER SEQUENCE s SET SCHEMA app", &["drop sequence s", "sequence app.s"]);
    check_sql(PG, "ALTER SEQUENCE s OWNED BY t.a", &["nothing: ALTER s OWNED BY t.a"]);
}

#[test]
fn other_objects_come_and_go() {
    let cases = [
        ("VIEW", "v", "AS SELECT 1", "View"),
        ("MATERIALIZED VIEW", "v", "AS SELECT 1", "MaterializedView"),
        ("FUNCTION", "f", "(a int) RETURNS int AS $$ SELECT 1; $$ LANGUAGE sql", "Function"),
        ("PROCEDURE", "f", "() LANGUAGE sql AS 'SELECT 1'", "Function"),
        ("TRIGGER", "r", "BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()", "Trigger"),
        ("EXTENSION", "e", "WITH SCHEMA app", "Extension"),
        ("SCHEMA", "s", "AUTHORIZATION joe", "Schema"),
        ("DOMAIN", "d", "AS text CHECK (VALUE <> '')", "Domain"),
        ("POLICY", "p", "ON t USING (true)", "Policy"),
        ("STATISTICS", "x", "ON a, b FROM t", "Other"),
        ("COLLATION", "c", "(provider = icu)", "Other"),
        ("RULE", "u", "AS ON INSERT TO t DO NOTHING", "Other"),
    ];
    for (noun, name, rest, kind) in cases {
        check_sql(PG, &format!("CREATE {noun} {name} {rest}"), &[&format!("create {kind} {name}")]);
        check_sql(PG, &format!("DROP {noun} IF EXISTS {name}"), &[&format!("drop {kind} {name}")]);
    }
    check_sql(PG, "CREATE OR REPLACE VIEW app.v AS SELECT 1", &["create View app.v"]);
    check_sql(PG, "CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\"", &["create Extension uuid-ossp"]);
    check_sql(PG, "DROP TRIGGER IF EXISTS r ON app.t CASCADE", &["drop Trigger r"]);
    check_sql(
        PG,
        "DROP FUNCTION IF EXISTS f(int, text), g() CASCADE",
        &["drop Function f", "drop Function g"],
    );
    check_sql(
        PG,
        "CREATE CONSTRAINT TRIGGER r AFTER UPDATE ON t EXECUTE FUNCTION f()",
        &["create Trigger r"],
    );
    check_sql(
        MY,
        "CREATE DEFINER=`root`@`localhost` SQL SECURITY DEFINER VIEW v AS SELECT 1",
        &["create View v"],
    );
    check_sql(MY, "CREATE ALGORITHM=MERGE VIEW v AS SELECT 1", &["create View v"]);
    check_sql(MY, "CREATE DEFINER = CURRENT_USER FUNCTION f() RETURNS INT RETURN 1", &["create Function f"]);
    check_sql(MS, "CREATE OR ALTER PROCEDURE [dbo].[p] AS BEGIN SELECT 1 END", &["create Function p"]);
    check_sql(PG, "DROP TRIGGER r_\u{fffc} ON t", &["nothing: DROP of an object whose name is not known"]);
    check_sql(PG, "CREATE SCHEMA IF NOT EXISTS \u{fffc}", &["nothing: CREATE SCHEMA"]);
}

#[test]
fn other_objects_change() {
    check_sql(PG, "ALTER VIEW v RENAME TO w", &["drop View v", "create View w"]);
    check_sql(PG, "ALTER FUNCTION f(int) RENAME TO g", &["drop Function f", "create Function g"]);
    check_sql(PG, "ALTER TRIGGER a ON t RENAME TO b", &["drop Trigger a", "create Trigger b"]);
    check_sql(PG, "ALTER FUNCTION f() OWNER TO joe", &["nothing: ALTER f() OWNER TO joe"]);
    check_sql(PG, "ALTER EXTENSION e UPDATE", &["nothing: ALTER e UPDATE"]);
    check_sql(
        MY,
        "ALTER DATABASE DEFAULT CHARACTER SET utf8",
        &["nothing: ALTER DATABASE DEFAULT CHARACTER SET utf8"],
    );
    check_sql(PG, "ALTER ROLE joe SET x = 1", &["nothing: ALTER ROLE joe SET x = 1"]);
    check_sql(PG, "ALTER SCHEMA a RENAME TO b", &["opaque"]);
    check_sql(PG, "ALTER INDEX ix SET (fillfactor = 1)", &["nothing: ALTER INDEX ix SET (fillfactor = 1)"]);
    check_sql(PG, "DROP SCHEMA a CASCADE", &["drop Schema a", "opaque"]);
    check_sql(PG, "DROP SCHEMA a", &["drop Schema a"]);
    check_sql(PG, "DROP OWNED BY joe", &["opaque"]);
    check_sql(PG, "CREATE ROLE joe; DROP ROLE joe", &["nothing: CREATE ROLE", "nothing: DROP ROLE"]);
}

#[test]
fn triggers_keep_their_bodies() {
    check_sql(
        LITE,
        "CREATE TRIGGER r BEFORE UPDATE ON t WHEN OLD.a != NEW.a BEGIN
            UPDATE t SET b = CASE WHEN 1 THEN 2 END; DELETE FROM u; END; DROP TABLE x",
        &["create Trigger r", "drop table x"],
    );
    check_sql(
        MY,
        "CREATE TRIGGER r BEFORE UPDATE ON t FOR EACH ROW BEGIN
            IF OLD.a != NEW.a THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'x'; END IF; END;
         DROP TRIGGER IF EXISTS r",
        &["create Trigger r", "drop Trigger r"],
    );
    check_sql(
        MS,
        "CREATE TRIGGER r ON t AFTER UPDATE AS BEGIN SET NOCOUNT ON;
            IF EXISTS (SELECT 1 FROM inserted) BEGIN ROLLBACK TRANSACTION; END END;",
        &["create Trigger r"],
    );
    check_sql(
        PG,
        "CREATE OR REPLACE FUNCTION f() RETURNS trigger AS $$ BEGIN DROP TABLE t; RETURN NEW; END; $$ LANGUAGE plpgsql;
         CREATE TRIGGER r BEFORE UPDATE ON t EXECUTE PROCEDURE f()",
        &["create Function f", "create Trigger r"],
    );
}

#[test]
fn comments() {
    check_sql(PG, "COMMENT ON TABLE app.t IS 'it''s'", &["comment app.t Some(\"it's\")"]);
    check_sql(PG, "COMMENT ON TABLE t IS NULL", &["comment t None"]);
    check_sql(PG, "COMMENT ON COLUMN app.t.a IS 'x'", &["alter app.t.a comment Some(\"x\")"]);
    check_sql(PG, "COMMENT ON COLUMN t.a IS ''", &["alter t.a comment None"]);
    check_sql(PG, "COMMENT ON INDEX i IS 'x'", &["nothing: COMMENT ON INDEX i IS 'x'"]);
    check_sql(PG, "COMMENT ON COLUMN a IS 'x'", &["opaque"]);
}
