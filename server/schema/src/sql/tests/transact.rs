//! SQL Server.

use super::*;

#[test]
fn sp_rename() {
    check_sql(MS, "EXEC sp_rename 'dbo.t.a', 'b', 'COLUMN'", &["alter t.a -> b"]);
    check_sql(MS, "EXEC sp_rename 't.a', b, 'COLUMN'", &["alter t.a -> b"]);
    check_sql(MS, "EXECUTE dbo.sp_rename N'[app].[t]', N'u'", &["rename table app.t -> app.u"]);
    check_sql(MS, "exec sp_rename @objname = 't', @newname = 'u'", &["rename table t -> u"]);
    check_sql(MS, "sp_rename 't.ix', 'iy', 'INDEX'", &["rename index t ix -> iy"]);
    check_sql(MS, "EXEC sp_rename @x, 'u'", &["opaque"]);
}

#[test]
fn extended_properties_are_comments() {
    check_sql(
        MS,
        "execute sp_addextendedproperty 'MS_Description', N'hi', 'schema', 'dbo', 'table', 't'",
        &["comment t Some(\"hi\")"],
    );
    check_sql(
        MS,
        "EXEC sys.sp_addextendedproperty 'MS_Description', 'x', 'schema', app, 'table', t, 'column', c",
        &["alter app.t.c comment Some(\"x\")"],
    );
    check_sql(
        MS,
        "EXEC sp_dropextendedproperty 'MS_Description', 'schema', 'dbo', 'table', 't'",
        &["comment t None"],
    );
    check_sql(MS, "EXEC sp_addextendedproperty 'Other', 'x'", &["nothing: an extended property"]);
}

#[test]
fn text_that_is_run() {
    check_sql(MS, "EXEC('DROP TABLE t')", &["drop table t"]);
    check_sql(MS, "EXEC sp_executesql N'DROP TABLE t'", &["drop table t"]);
    check_sql(
        MS,
        "DECLARE @s NVARCHAR(MAX) = N'DROP TABLE ' + 't'\nEXEC(@s)",
        &["nothing: DECLARE @s NVARCHAR(MAX) = N'DROP TABLE ' + 't'", "drop table t"],
    );
    check_sql(MS, "EXEC my_procedure 1", &["opaque"]);
    check_sql(MS, "EXEC(@unknown)", &["opaque"]);
}

#[test]
fn constraints_found_in_the_catalogue() {
    let batch = |catalog: &str| {
        format!(
            "declare @const_name varchar(256)
             select @const_name = QUOTENAME([name]) from {catalog}
             where parent_object_id = object_id('t')
             and col_name(parent_object_id, parent_column_id) = 'x'
             exec('alter table t drop constraint ' + @const_name)"
        )
    };
    let read_last =
        |sql: &str| read(sql, Some(MS), place()).last().map(|s| show::show(&s.operation)).unwrap_or_default();
    assert_eq!(read_last(&batch("sys.default_constraints")), "alter t.x no default");
    assert_eq!(read_last(&batch("sys.check_constraints")), "t - check ?");
    assert_eq!(read_last(&batch("sys.foreign_keys")), "t - fk ?");
    assert_eq!(read_last(&batch("sys.key_constraints")), "t - constraint ?");
}

#[test]
fn tests_and_blocks() {
    check_sql(
        MS,
        "IF EXISTS (SELECT * FROM sys.triggers WHERE name = 'r') DROP TRIGGER r",
        &["drop Trigger r"],
    );
    check_sql(
        MS,
        "IF OBJECT_ID('dbo.t', 'U') IS NULL CREATE TABLE t (a INT)",
        &["table t (a Integer) if-missing"],
    );
    check_sql(MS, "IF OBJECT_ID(N't') IS NOT NULL BEGIN DROP TABLE t; END", &["drop table t if-there"]);
    check_sql(
        MS,
        "IF @x = 1 DROP TABLE t ELSE DROP TABLE u\nDROP TABLE v",
        &["either [drop table t] or [drop table u]", "drop table v"],
    );
    check_sql(
        MS,
        "IF COL_LENGTH('t', 'a') IS NULL\nBEGIN\nALTER TABLE t ADD a INT\nEND\nGO\nDROP TABLE v",
        &["add t.a Integer if-missing", "drop table v"],
    );
    check_sql(MS, "BEGIN TRY DROP TABLE t; END TRY BEGIN CATCH PRINT 'x'; END CATCH", &["drop table t"]);
    check_sql(
        MS,
        "BEGIN TRANSACTION; DROP TABLE t; COMMIT TRANSACTION",
        &["nothing: BEGIN TRANSACTION", "drop table t", "nothing: COMMIT TRANSACTION"],
    );
}

#[test]
fn statements_without_semicolons() {
    check_sql(
        MS,
        "ALTER TABLE t ADD a INT\nUPDATE t SET a = 1\nALTER TABLE t ALTER COLUMN a INT NOT NULL\nGO\nCREATE INDEX ix ON t (a)\nGO",
        &["add t.a Integer", "update t [a=1] certain", "alter t.a ! Integer", "t + index ix(a)"],
    );
    check_sql(
        MS,
        "SET IDENTITY_INSERT t ON;\nGO\nINSERT INTO t (id) VALUES (1);\nGO",
        &["nothing: SET IDENTITY_INSERT t ON", "insert t [id=1] certain"],
    );
}
