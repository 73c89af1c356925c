//! Programs: DO blocks, routine bodies, tests, loops, SQL that is put together.

use super::*;

#[test]
fn blocks_do_what_their_statements_do() {
    check_sql(
        PG,
        "DO $$ BEGIN ALTER TABLE t ADD a int; DROP TABLE u; END $$",
        &["add t.a Integer", "drop table u"],
    );
    check_sql(
        PG,
        "DO LANGUAGE plpgsql $x$ DECLARE n int := 1; BEGIN UPDATE t SET a = n; END; $x$",
        &["update t [a=n] reads n certain"],
    );
    check_sql(PG, "DO $$ BEGIN RAISE NOTICE 'x'; PERFORM f(); END $$", &["nothing: DO"]);
    check_sql(PG, "DO $$ BEGIN NULL; BEGIN DROP TABLE t; END; END $$", &["drop table t"]);
    check_sql(PG, "DO 'BEGIN DROP TABLE t; END'", &["drop table t"]);
    check_sql(PG, "DO $$ <<outer>> BEGIN DROP TABLE t; END outer $$", &["drop table t"]);
}

#[test]
fn a_test_makes_two_courses() {
    check_sql(PG, "DO $$ BEGIN IF x > 1 THEN DROP TABLE t; END IF; END $$", &["either [drop table t] or []"]);
    check_sql(
        PG,
        "DO $$ BEGIN IF a THEN DROP TABLE t; ELSIF b THEN DROP TABLE u; ELSE DROP TABLE v; END IF; DROP TABLE w; END $$",
        &["either [drop table t] or [either [drop table u] or [drop table v]]", "drop table w"],
    );
    check_sql(PG, "DO $$ BEGIN IF a THEN DROP TABLE t; ELSE DROP TABLE t; END IF; END $$", &["drop table t"]);
    check_sql(
        PG,
        "DO $$ BEGIN IF a THEN RETURN; END IF; DROP TABLE t; END $$",
        &["either [drop table t] or []"],
    );
    check_sql(
        PG,
        "DO $$ BEGIN IF a THEN RAISE EXCEPTION 'x'; END IF; DROP TABLE t; END $$",
        &["drop table t"],
    );
    check_sql(
        PG,
        "DO $$ BEGIN CASE WHEN a THEN DROP TABLE t; WHEN b THEN DROP TABLE u; ELSE NULL; END CASE; END $$",
        &["either [drop table t] or []", "either [drop table u] or []"],
    );
    check_sql(
        PG,
        "DO $$ BEGIN IF a THEN UPDATE t SET x = 1; ELSE INSERT INTO u VALUES (1); END IF; END $$",
        &["update t [x=1]", "insert u"],
    );
}

#[test]
fn loops_may_not_run() {
    check_sql(
        PG,
        "DO $$ BEGIN FOR i IN 1..3 LOOP DROP TABLE t; END LOOP; END $$",
        &["either [drop table t] or []"],
    );
    check_sql(
        PG,
        "DO $$ DECLARE r record; BEGIN FOR r IN SELECT id FROM t LOOP UPDATE u SET a = r.id WHERE b = 1; END LOOP; END $$",
        &["update u [a=r.id] where b = 1 reads b"],
    );
    check_sql(
        PG,
        "DO $$ BEGIN LOOP DELETE FROM t WHERE x; EXIT WHEN NOT FOUND; END LOOP; END $$",
        &["delete t where x reads x"],
    );
    check_sql(
        PG,
        "DO $$ DECLARE r record; BEGIN FOR r IN SELECT tablename FROM pg_tables LOOP
            EXECUTE 'DROP TABLE ' || quote_ident(r.tablename); END LOOP; END $$",
        &["either [opaque] or []"],
    );
}

#[test]
fn a_test_for_the_object_is_an_if_not_exists() {
    let in_block = |test: &str, then: &str| format!("DO $$ BEGIN IF {test} THEN {then}; END IF; END $$");
    let missing = "NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'kind')";
    check_sql(PG, &in_block(missing, "CREATE TYPE kind AS ENUM ('a')"), &["enum kind [\"a\"] if-missing"]);
    check_sql(
        PG,
        &in_block(missing, "CREATE TYPE other AS ENUM ('a')"),
        &["either [enum other [\"a\"]] or []"],
    );
    check_sql(
        PG,
        &in_block(
            "NOT EXISTS (SELECT FROM information_schema.columns WHERE table_name = 't' AND column_name = 'a')",
            "ALTER TABLE t ADD COLUMN a int",
        ),
        &["add t.a Integer if-missing"],
    );
    check_sql(
        PG,
        &in_block("(NOT EXISTS (SELECT FROM pg_class WHERE relname = 'ix'))", "CREATE INDEX ix ON t (a)"),
        &["t + index ix(a) if-missing"],
    );
    check_sql(
        PG,
        &in_block(
            "EXISTS (SELECT FROM information_schema.table_constraints WHERE constraint_name = 'c')",
            "ALTER TABLE t DROP CONSTRAINT c",
        ),
        &["t - constraint c if-there"],
    );
    check_sql(
        PG,
        &in_block(
            "NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'c')",
            "ALTER TABLE t ADD CONSTRAINT c UNIQUE (a)",
        ),
        &["t + unique c(a) if-missing"],
    );
    check_sql(
        PG,
        &in_block("to_regclass('public.t') IS NOT NULL", "DROP TABLE t"),
        &["drop table t if-there"],
    );
    check_sql(
        PG,
        &in_block("EXISTS (SELECT FROM t WHERE a = 't')", "DROP TABLE t"),
        &["either [drop table t] or []"],
    );
    check_sql(
        PG,
        &in_block("EXISTS (SELECT FROM pg_tables WHERE x = 't') OR y", "DROP TABLE t"),
        &["either [drop table t] or []"],
    );
    check_sql(
        PG,
        "DO $$ BEGIN IF EXISTS (SELECT FROM pg_type WHERE typname = 'kind') THEN RAISE NOTICE 'x'; \
         ELSE CREATE TYPE kind AS ENUM ('a'); END IF; END $$",
        &["enum kind [\"a\"] if-missing"],
    );
}

#[test]
fn handlers_that_swallow_there_already() {
    let tried = |body: &str, condition: &str| {
        format!("DO $$ BEGIN {body}; EXCEPTION WHEN {condition} THEN NULL; END $$")
    };
    check_sql(
        PG,
        &tried("CREATE TYPE kind AS ENUM ('a')", "duplicate_object"),
        &["enum kind [\"a\"] if-missing"],
    );
    check_sql(
        PG,
        &tried("ALTER TABLE t ADD a int", "duplicate_column OR duplicate_object"),
        &["add t.a Integer if-missing"],
    );
    check_sql(PG, &tried("DROP TYPE kind", "undefined_object"), &["drop enum kind if-there"]);
    check_sql(PG, &tried("CREATE TYPE kind AS ENUM ('a')", "others"), &["either [enum kind [\"a\"]] or []"]);
    check_sql(PG, &tried("DROP TABLE t", "duplicate_object"), &["either [drop table t] or []"]);
    check_sql(
        PG,
        "DO $$ BEGIN BEGIN DROP TABLE t; EXCEPTION WHEN others THEN DROP TABLE u; END; END $$",
        &["either [drop table t] or [drop table u]"],
    );
}

#[test]
fn sql_that_is_put_together() {
    let run = |expression: &str| {
        format!("DO $$ DECLARE n text := 'users'; x text; BEGIN EXECUTE {expression}; END $$")
    };
    check_sql(PG, &run("'DROP TABLE t'"), &["drop table t"]);
    check_sql(PG, &run("'DROP TABLE ' || n"), &["drop table users"]);
    check_sql(PG, &run("format('ALTER TABLE %I DROP CONSTRAINT %I', 't', x)"), &["t - constraint ?"]);
    check_sql(PG, &run("'DROP INDEX ' || quote_ident(x)"), &["drop index ?"]);
    check_sql(PG, &run("x"), &["opaque"]);
    check_sql(PG, &run("'DROP TABLE ' || x"), &["opaque"]);
    check_sql(PG, &run("'UPDATE t SET a = $1' USING 5"), &["update t [a] certain"]);
    check_sql(
        PG,
        "DO $$ DECLARE c text; s text; BEGIN SELECT conname INTO c FROM pg_constraint WHERE x; \
         s := 'ALTER TABLE t DROP CONSTRAINT ' || c; EXECUTE s; END $$",
        &["t - constraint ?"],
    );
    check_sql(
        MY,
        "SET @v = if((SELECT true FROM x) = true, 'ALTER TABLE t DROP INDEX ix', 'select 1'); \
         PREPARE s FROM @v; EXECUTE s; DEALLOCATE PREPARE s",
        &[
            "nothing: SET @v = if((SELECT true FROM x) = true, 'ALTER TABLE t DROP INDEX ix', 'select 1')",
            "nothing: PREPARE",
            "either [drop index ix on t] or []",
            "nothing: DEALLOCATE PREPARE s",
        ],
    );
    check_sql(MY, "PREPARE s FROM 'DROP TABLE t'; EXECUTE s", &["nothing: PREPARE", "drop table t"]);
}

#[test]
fn routines_of_the_same_text_can_be_called() {
    check_sql(
        MY,
        "CREATE PROCEDURE p() BEGIN
            DECLARE CONTINUE HANDLER FOR SQLEXCEPTION BEGIN END;
            IF EXISTS (SELECT 1 FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_NAME = 't' AND CONSTRAINT_NAME = 'c')
            THEN ALTER TABLE `t` DROP FOREIGN KEY `c`; ELSE SELECT 1; END IF;
         END; CALL p(); DROP PROCEDURE p;",
        &["create Function p", "t - fk c if-there", "drop Function p"],
    );
    check_sql(
        PG,
        "CREATE FUNCTION f() RETURNS void AS $$ BEGIN ALTER TABLE t ADD a int; END $$ LANGUAGE plpgsql; SELECT f()",
        &["create Function f", "add t.a Integer"],
    );
    check_sql(
        MY,
        "CREATE PROCEDURE p() BEGIN WHILE x DO DELETE FROM t LIMIT 5; END WHILE; END; CALL p()",
        &["create Function p", "delete t"],
    );
}

#[test]
fn blocks_that_cannot_be_read() {
    check_sql(PG, "DO $$ BEGIN IF x THEN DROP TABLE t; END $$", &["opaque t"]);
    check_sql(PG, "DO $$ BEGIN IF x THEN DROP TABLE t; PERFORM f(); END $$", &["opaque"]);
    check_sql(PG, "DO $$ BEGIN FROBNICATE; DROP TABLE t; END $$", &["opaque", "drop table t"]);
    check_sql(PG, &format!("DO $$ {} {} $$", "BEGIN ".repeat(500), "END; ".repeat(500)), &["opaque"]);
    check_sql(
        PG,
        "DO $$ BEGIN IF x THEN ALTER TABLE \u{fffc} ADD a int; END IF; END $$",
        &["either [opaque] or []"],
    );
}
