//! Statements that change nothing, several in a text, and what cannot be read.

use super::*;

#[test]
fn harmless_statements() {
    for sql in [
        "SET foreign_key_checks = 0",
        "SET LOCAL lock_timeout = '180s'",
        "ANALYZE t",
        "VACUUM (FULL) t",
        "GRANT SELECT ON t TO joe",
        "REVOKE ALL ON TABLE t FROM joe",
        "LOCK TABLE t IN ACCESS EXCLUSIVE MODE",
        "PRAGMA foreign_keys=ON",
        "BEGIN",
        "BEGIN EXCLUSIVE",
        "COMMIT",
        "SAVEPOINT a",
        "SHOW TABLES",
        "REINDEX INDEX CONCURRENTLY ix",
        "REFRESH MATERIALIZED VIEW v",
        "SELECT setval('s', 1)",
        "SELECT pg_advisory_lock(:id)",
        "(SELECT 1) UNION (SELECT 2)",
        "EXPLAIN SELECT 1",
        "UPDATE STATISTICS t",
        "USE db",
    ] {
        for dialect in [None, Some(PG), Some(MY), Some(LITE), Some(MS)] {
            let read = read(sql, dialect, place());
            assert!(
                matches!(read.as_slice(), [Statement { operation: Operation::Nothing { .. }, .. }]),
                "{sql} on {dialect:?}: {read:?}"
            );
        }
    }
}

#[test]
fn selects_that_make_tables() {
    check_sql(PG, "SELECT * INTO UNLOGGED new FROM t", &["table new (open)"]);
    check_sql(MS, "SELECT a INTO [new] FROM t", &["table new (open)"]);
    check_sql(PG, "SELECT * INTO TEMP new FROM t", &["nothing: SELECT * INTO TEMP new FROM t"]);
    check_sql(MY, "SELECT a INTO @x FROM t", &["nothing: SELECT a INTO @x FROM t"]);
    check_sql(PG, "SELECT AddGeometryColumn('t', 'g', 4326, 'POINT', 2)", &["opaque"]);
}

#[test]
fn several_statements() {
    check_sql(
        PG,
        "-- first; really\nDROP TABLE a; /* b; */ DROP TABLE b;; DELETE FROM c WHERE k = 'x;y';\n",
        &["drop table a", "drop table b", "delete c where k = 'x;y' reads k"],
    );
    check_sql(PG, "BEGIN; DROP TABLE a; COMMIT;", &["nothing: BEGIN", "drop table a", "nothing: COMMIT"]);
    check_sql(PG, "", &[]);
    check_sql(PG, " ;; -- nothing", &[]);
    check_sql(MY, "DROP TABLE a; # b;\nDROP TABLE c", &["drop table a", "drop table c"]);
}

#[test]
fn escaped_colons_and_parameters() {
    check_sql(PG, r"ALTER TABLE t ALTER a SET DEFAULT '{}'\:\:jsonb", &["alter t.a = '{}'::jsonb"]);
    check_sql(PG, r#"ALTER TABLE t ALTER a SET DEFAULT '{"a"\: 1}'"#, &[r#"alter t.a = '{"a": 1}'"#]);
    check_sql(PG, "UPDATE t SET a = :x::int, b = %s", &["update t [a, b] certain"]);
    let sql = r"SELECT '\:\:'; DROP TABLE t";
    let spans: Vec<&str> = read(sql, Some(PG), place()).iter().map(|s| &sql[s.span.0..s.span.1]).collect();
    assert_eq!(spans, [r"SELECT '\:\:'", "DROP TABLE t"]);
}

#[test]
fn what_cannot_be_read_is_opaque_on_its_tables() {
    check_sql(PG, "FROBNICATE TABLE t, u", &["opaque t"]);
    check_sql(PG, "FROBNICATE t", &["opaque"]);
    check_sql(PG, "CALL p()", &["opaque"]);
    check_sql(PG, "EXECUTE x", &["opaque"]);
    check_sql(PG, "DO LANGUAGE plpython3u $$ plpy.execute('x') $$", &["opaque"]);
    check_sql(PG, "\u{fffc}", &["opaque"]);
    check_sql(PG, "CREATE INDEX ix ON t (a) FROBNICATE x", &["opaque t"]);
    check_sql(PG, "INSERT INTO t (a) VALUES", &["opaque t"]);
    let unreadable = read("FROBNICATE it all", Some(PG), place());
    let [Statement { operation: Operation::Opaque { because, .. }, .. }] = unreadable.as_slice() else {
        panic!("{unreadable:?}");
    };
    assert_eq!(because.reason.to_string(), "the SQL cannot be read: FROBNICATE it all");
    assert_eq!(because.place.map(|p| p.key()), Some(place().key()));
}
