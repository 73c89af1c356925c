//! What a text makes of a schema.

use super::*;
use crate::apply::{Context, apply_all};
use crate::operation::Written;
use crate::{Schema, Step};

/// Applies the texts one after the other and compares the tables, by name, and what failed.
#[track_caller]
fn check_applied(dialect: Kind, texts: &[&str], expected: &[&str]) {
    let mut schema = Schema::default();
    let mut shown = Vec::new();
    for text in texts {
        let steps: Vec<Step> = read(text, Some(dialect), place())
            .into_iter()
            .map(|statement| Step {
                operation: statement.operation,
                place: place(),
                call_site: None,
                written: Written::Sql,
                autocommit: false,
            })
            .collect();
        let outcome = apply_all(&mut schema, &steps, &Context::new(Some(dialect.into())));
        shown.extend(outcome.failures.iter().map(|failed| format!("fails: {}", failed.failure)));
    }
    shown.extend(schema.tables.values().map(|table| show::show_table(table)));
    shown.extend(schema.enums.iter().map(|(name, e)| format!("enum {name} {:?}", e.labels.known())));
    assert_eq!(shown, expected);
}

#[test]
fn postgresql_names_what_has_no_name() {
    check_applied(
        PG,
        &[
            "CREATE TABLE u (id SERIAL PRIMARY KEY); \
             CREATE TABLE t (id bigint PRIMARY KEY, a int UNIQUE REFERENCES u, CHECK (a > 0))",
            "ALTER TABLE t ADD UNIQUE (a, id), DROP CONSTRAINT t_a_check, RENAME CONSTRAINT t_pkey TO pk_t",
        ],
        &[
            "t (id BigInteger !, a Integer, pk pk_t(id), unique t_a_key(a), unique t_a_id_key(a,id), fk t_a_fkey(a)->u(id))",
            "u (id Integer ! = next u_id_seq counts, pk u_pkey(id))",
        ],
    );
}

#[test]
fn postgresql_types_are_replaced() {
    check_applied(
        PG,
        &[
            "CREATE TYPE kind AS ENUM ('a'); CREATE TABLE t (k kind)",
            "ALTER TYPE kind RENAME TO kind_old; CREATE TYPE kind AS ENUM ('a', 'b'); \
             ALTER TABLE t ALTER COLUMN k TYPE kind USING k::text::kind; DROP TYPE kind_old",
            "ALTER TYPE kind ADD VALUE 'c' AFTER 'a'",
            "DO $$ BEGIN CREATE TYPE kind AS ENUM ('x'); EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        ],
        &["t (k «kind»)", "enum kind Some([\"a\", \"c\", \"b\"])"],
    );
}

#[test]
fn mysql_restates_columns() {
    check_applied(
        MY,
        &[
            "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(9) NOT NULL DEFAULT 'x' COMMENT 'c', UNIQUE KEY uq (a))",
            "ALTER TABLE t MODIFY a VARCHAR(20), DROP INDEX uq; ALTER TABLE t CHANGE a b TEXT NOT NULL",
        ],
        &["t (id Integer ! counts, b Text !, pk PRIMARY(id))"],
    );
}

#[test]
fn sqlite_rebuilds_a_table_by_hand() {
    check_applied(
        LITE,
        &[
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); CREATE INDEX ix ON t (a)",
            "PRAGMA foreign_keys=OFF; CREATE TABLE t_new (id INTEGER NOT NULL, b VARCHAR(9) DEFAULT 'x', PRIMARY KEY (id)); \
             INSERT INTO t_new (id, b) SELECT id, a FROM t; DROP TABLE t; ALTER TABLE t_new RENAME TO t; PRAGMA foreign_keys=ON",
        ],
        &["t (id Integer ! counts, b String(9) = 'x', pk(id))"],
    );
}

#[test]
fn sql_server_moves_names() {
    check_applied(
        MS,
        &[
            "CREATE TABLE [dbo].[t] ([id] INT NOT NULL IDENTITY, [a] INT NULL, CONSTRAINT pk PRIMARY KEY (id))",
            "ALTER TABLE t ADD b NVARCHAR(9) NULL, c BIT NOT NULL\nEXEC sp_rename 't.a', 'z', 'COLUMN'\nEXEC sp_rename 't', 'u'",
        ],
        &["u (id Integer ! counts, z Integer, b NString(9), c Boolean !, pk pk(id))"],
    );
}

#[test]
fn undecided_courses_leave_only_what_both_have() {
    check_applied(
        PG,
        &[
            "CREATE TABLE t (a int); CREATE TABLE u (a int)",
            "DO $$ BEGIN IF random() > 0.5 THEN ALTER TABLE t ALTER a SET NOT NULL; END IF; END $$",
            "DO $$ BEGIN IF EXISTS (SELECT FROM pg_tables WHERE tablename = 'u') THEN DROP TABLE u; END IF; END $$",
        ],
        &["t (a Integer)"],
    );
}
