//! Rows.

use super::*;

#[test]
fn insert() {
    check_sql(PG, "INSERT INTO t (a, \"B\") VALUES (1, 'x')", &["insert t [a=1, B='x'] certain"]);
    check_sql(PG, "INSERT INTO t (a, b) VALUES (1, 2), (3, 4)", &["insert t [a, b] certain"]);
    check_sql(
        PG,
        "INSERT INTO app.t AS x (a) VALUES (:a) ON CONFLICT (a) DO UPDATE SET a = 1 RETURNING a",
        &["insert app.t [a] certain"],
    );
    check_sql(PG, "INSERT INTO t (a) VALUES (now()), (DEFAULT)", &["insert t [a] certain"]);
    check_sql(
        PG,
        "INSERT INTO t (a, b) VALUES ((SELECT 1), lower('X'))",
        &["insert t [a, b=lower('X')] certain"],
    );
    check_sql(PG, "INSERT INTO t VALUES (1)", &["insert t certain"]);
    check_sql(PG, "INSERT INTO t DEFAULT VALUES", &["insert t certain"]);
    check_sql(PG, "INSERT INTO t (a) SELECT a FROM u WHERE x", &["insert t [a]"]);
    check_sql(PG, "INSERT INTO t (a) (SELECT a FROM u)", &["insert t [a]"]);
    check_sql(PG, "INSERT INTO t SELECT * FROM u", &["insert t"]);
    check_sql(PG, "INSERT INTO t (a) WITH x AS (SELECT 1) SELECT * FROM x", &["insert t [a]"]);
    check_sql(PG, "INSERT INTO t (a) OVERRIDING SYSTEM VALUE VALUES (1)", &["insert t [a=1] certain"]);
    check_sql(MY, "INSERT IGNORE INTO `t` SET a = 1, b = :x", &["insert t [a=1, b] certain"]);
    check_sql(MY, "INSERT INTO t (a) VALUE (1) ON DUPLICATE KEY UPDATE a = 2", &["insert t [a=1] certain"]);
    check_sql(MY, "REPLACE INTO t (a) VALUES (1)", &["insert t [a=1] certain"]);
    check_sql(LITE, "INSERT OR IGNORE INTO t (a) VALUES (?)", &["insert t [a] certain"]);
    check_sql(MS, "INSERT t (a) OUTPUT inserted.a VALUES (N'x')", &["insert t [a=N'x'] certain"]);
    check_sql(PG, "INSERT INTO \u{fffc} (a, b\u{fffc}) VALUES (1, 2)", &["insert ? [a] certain"]);
}

#[test]
fn update() {
    check_sql(
        PG,
        "UPDATE t SET a = 1, b = c + 1 WHERE d IS NULL AND lower(e) = %(x)s",
        &["update t [a=1, b=c + 1] where d IS NULL AND lower(e) = %(x)s reads c,d,e"],
    );
    check_sql(PG, "UPDATE ONLY t SET a = 1", &["update t [a=1] certain"]);
    check_sql(PG, "UPDATE t SET a = 1 WHERE true", &["update t [a=1] certain"]);
    check_sql(
        PG,
        "UPDATE t AS x SET a = u.b FROM u WHERE u.id = x.u_id AND y",
        &["update t [a=u.b] where u.id = x.u_id AND y reads u_id"],
    );
    check_sql(
        PG,
        "UPDATE t SET (a, b) = (SELECT 1, 2), c = d IS DISTINCT FROM e RETURNING a",
        &["update t [a, b, c=d IS DISTINCT FROM e] reads d,e certain"],
    );
    check_sql(
        PG,
        "UPDATE t SET a = (SELECT max(b) FROM u WHERE u.t_id = t.id)",
        &["update t [a] reads id certain"],
    );
    check_sql(
        PG,
        "UPDATE t SET data = jsonb_set(data, '{a}', '1') WHERE data->>'b' = 'c'",
        &["update t [data=jsonb_set(data, '{a}', '1')] where data->>'b' = 'c' reads data"],
    );
    check_sql(PG, "UPDATE t SET a = :x WHERE id IN :ids", &["update t [a] where id IN :ids reads id"]);
    check_sql(
        MY,
        "UPDATE t JOIN u ON u.id = t.u_id SET t.a = u.b WHERE t.c = 1",
        &["update t [a=u.b] where t.c = 1 reads c"],
    );
    check_sql(MY, "UPDATE t x, u y SET y.a = x.b", &["update u [a=x.b] certain"]);
    check_sql(MY, "UPDATE t SET id = (@n := @n + 1) ORDER BY x LIMIT 5", &["update t [id] certain"]);
    check_sql(MS, "UPDATE x SET x.a = u.b FROM t x INNER JOIN u ON u.id = x.id", &["update t [a=u.b]"]);
    check_sql(MS, "UPDATE TOP (10) [t] SET [a] = 1", &["update t [a=1] certain"]);
    check_sql(LITE, "UPDATE OR REPLACE t SET a = 1", &["update t [a=1] certain"]);
    check_sql(PG, "UPDATE \u{fffc} SET a = 1", &["update ? [a=1] certain"]);
    check_sql(PG, "UPDATE t SET \u{fffc} = 1, b = 2", &["update t [b=2] certain"]);
    check_sql(PG, "UPDATE t", &["opaque t"]);
}

#[test]
fn delete() {
    check_sql(PG, "DELETE FROM t", &["delete t certain"]);
    check_sql(
        PG,
        "DELETE FROM ONLY app.t AS x WHERE x.a = 1 AND b < 2",
        &["delete app.t where x.a = 1 AND b < 2 reads a,b"],
    );
    check_sql(PG, "DELETE FROM t USING u WHERE t.a = u.b", &["delete t where t.a = u.b reads a"]);
    check_sql(
        PG,
        "DELETE FROM t WHERE id IN (SELECT t_id FROM u) RETURNING id",
        &["delete t where id IN (SELECT t_id FROM u)"],
    );
    check_sql(
        MY,
        "DELETE a, b FROM t a JOIN u b ON a.id = b.id WHERE a.x = 1",
        &["delete t where a.x = 1 reads x", "delete u where a.x = 1"],
    );
    check_sql(MY, "DELETE FROM t WHERE a = 1 ORDER BY b LIMIT 3", &["delete t where a = 1 reads a"]);
    check_sql(MS, "DELETE x FROM t x WHERE x.a = 1", &["delete t where x.a = 1 reads a"]);
    check_sql(MS, "DELETE t WHERE a = 1", &["delete t where a = 1 reads a"]);
}

#[test]
fn common_table_expressions() {
    check_sql(
        PG,
        "WITH x AS (SELECT 1) UPDATE t SET a = 1 FROM x WHERE t.b = x.c",
        &["update t [a=1] where t.b = x.c reads b"],
    );
    check_sql(
        PG,
        "with recursive x (a, b) as not materialized (select 1), y as (select 2) delete from t where id in (select * from y)",
        &["delete t where id in (select * from y)"],
    );
    check_sql(
        PG,
        "WITH gone AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM gone",
        &["delete a certain", "insert b"],
    );
    check_sql(
        PG,
        "WITH new AS (INSERT INTO a (x) VALUES (1) RETURNING id) SELECT * FROM new",
        &["insert a [x=1] certain"],
    );
    check_sql(PG, "WITH x AS (SELECT 1) SELECT * FROM x", &["nothing: WITH x AS (SELECT 1) SELECT * FROM x"]);
    check_sql(MS, "WITH x AS (SELECT *, 1 AS n FROM t) DELETE FROM x WHERE n > 1", &["delete ? where n > 1"]);
}

#[test]
fn merge_truncate_copy() {
    check_sql(
        PG,
        "TRUNCATE TABLE ONLY a, app.b RESTART IDENTITY CASCADE",
        &["truncate a certain", "truncate app.b certain"],
    );
    check_sql(MY, "TRUNCATE a", &["truncate a certain"]);
    check_sql(
        MS,
        "MERGE INTO t AS x USING u ON x.id = u.id
         WHEN MATCHED AND x.a = 1 THEN UPDATE SET x.a = u.a, b = 2
         WHEN NOT MATCHED THEN INSERT (id, a) VALUES (u.id, 1)
         WHEN NOT MATCHED BY SOURCE THEN DELETE;",
        &["update t [a=u.a, b=2] where MERGE", "insert t [id, a]", "delete t where MERGE"],
    );
    check_sql(PG, "COPY t (a, b) FROM STDIN", &["insert t [a, b]"]);
    check_sql(MY, "LOAD DATA LOCAL INFILE 'x' INTO TABLE t FIELDS TERMINATED BY ','", &["insert t"]);
}

#[test]
fn rows_of_the_catalogue_are_the_schema() {
    check_sql(PG, "DELETE FROM pg_enum WHERE enumlabel = 'a'", &["opaque"]);
    check_sql(LITE, "UPDATE sqlite_master SET sql = replace(sql, 'a', 'b')", &["opaque"]);
    check_sql(LITE, "UPDATE sqlite_sequence SET seq = 1", &["update sqlite_sequence [seq=1] certain"]);
}

#[test]
fn large_inserts_are_cheap() {
    let row = "(1, 'some text; with -- things in it', NULL),";
    let sql = format!("INSERT INTO t (a, b, c) VALUES {}(1, 2, 3); DROP TABLE u", row.repeat(50_000));
    assert!(sql.len() > 2_000_000);
    check_sql(PG, &sql, &["insert t [a, b, c] certain", "drop table u"]);
    check_sql(None, &sql, &["insert t [a, b, c] certain", "drop table u"]);
    let Some(Statement { operation: Operation::Data(change), .. }) =
        read(&sql, None, place()).into_iter().next()
    else {
        panic!("no data");
    };
    assert!(change.sql.len() < 10_000);
}
