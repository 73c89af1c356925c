//! Any text at all: no panic, spans inside the text, no more time than the text is long.

use super::*;
use proptest::prelude::*;

#[track_caller]
fn check_survives(sql: &str) {
    for dialect in [None, Some(PG), Some(MY), Some(LITE), Some(MS)] {
        for Statement { span: (start, end), operation } in read(sql, dialect, place()) {
            assert!(
                start <= end && sql.get(start..end).is_some(),
                "{start}..{end} of {sql:?}: {operation:?}"
            );
        }
    }
}

/// Words and signs that lead into every reader.
fn fragment() -> impl Strategy<Value = String> {
    let words = "CREATE ALTER DROP TABLE INDEX TYPE AS ENUM ADD COLUMN CONSTRAINT PRIMARY KEY UNIQUE FOREIGN REFERENCES \
        CHECK DEFAULT NOT NULL GENERATED ALWAYS IDENTITY ON DELETE UPDATE SET WHERE FROM INSERT INTO VALUES SELECT WITH \
        BEGIN END IF EXISTS THEN ELSE ELSIF LOOP CASE WHEN DECLARE EXCEPTION DO EXECUTE EXEC format concat RETURN \
        SEQUENCE VIEW FUNCTION PROCEDURE TRIGGER COMMENT IS RENAME TO MODIFY CHANGE USING INCLUDE MERGE MATCHED \
        TRUNCATE TEMP CONCURRENTLY ONLY CASCADE GO CALL PREPARE sp_rename LIKE PARTITION OF SCHEMA t u a int text \
        varchar timestamp zone time without double precision array interval AUTO_INCREMENT COLLATE";
    let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
    prop_oneof![
        6 => proptest::sample::select(words),
        3 => proptest::sample::select(
            ["(", ")", ",", ";", ".", "=", ":=", "::", "||", "[", "]", "*", "+", "<", "\n", "'x'", "\"y\"", "`z`", "1",
             "$$", "$$ BEGIN", "END $$", ":p", "%s", "@v", "--", "/*", "*/", "'", "\"", "\u{fffc}", "é", "\\:", "E'\\", "#t"]
                .map(str::to_owned)
                .to_vec()
        ),
        1 => ".{0,3}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text(sql in ".{0,200}") {
        check_survives(&sql);
    }

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        check_survives(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_words(words in proptest::collection::vec(fragment(), 0..40)) {
        check_survives(&words.join(" "));
    }

    #[test]
    fn any_cut_of_a_statement(at in 0usize..400) {
        let sql = "CREATE TABLE t (a int DEFAULT f(1, 'x''y') NOT NULL, CONSTRAINT c CHECK (a > 0)); \
            DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'k') THEN CREATE TYPE k AS ENUM ('a'); \
            END IF; EXECUTE format('ALTER TABLE %I ADD b int', 't'); END $$; \
            WITH x AS (DELETE FROM a RETURNING *) INSERT INTO b (c) SELECT * FROM x WHERE y = :p AND z IN (1, 2)";
        if let Some(cut) = sql.get(..at) {
            check_survives(cut);
        }
    }
}

#[test]
fn deep_and_long_texts_end() {
    let deep = 20_000;
    check_survives(&"(".repeat(deep));
    check_survives(&format!("SELECT {}1{}", "(".repeat(deep), ")".repeat(deep)));
    check_survives(&format!("CREATE TABLE t (a int DEFAULT {}1{})", "(".repeat(deep), ")".repeat(deep)));
    check_survives(&format!("UPDATE t SET a = {}1", "1+".repeat(deep)));
    check_survives(&format!("DELETE FROM t WHERE {}", "NOT ".repeat(deep)));
    check_survives(&format!("WITH x AS {}", "(WITH x AS ".repeat(deep)));
    check_survives(&"IF x THEN ".repeat(deep));
    check_survives(&"IF NOT EXISTS (SELECT 1) BEGIN ".repeat(deep / 4));
    check_survives(&"CASE WHEN ".repeat(deep));
    check_survives(&"BEGIN IF x THEN ELSIF y THEN ".repeat(deep / 4));
    check_survives(&format!("DO $$ {} $$", "IF x THEN A; ELSIF ".repeat(deep / 4)));
    check_survives(&"DO $a$ DO $b$ DO $c$ DO 'DO ''x'''".repeat(50));
    check_survives(&"EXEC('EXEC(''EXEC(''''x'''')'')')".repeat(50));
    check_survives(&"/*".repeat(deep));
    check_survives(&"'".repeat(deep + 1));
    check_survives(&"$a".repeat(deep));
    check_survives(&format!("CREATE TABLE t (a {})", "int[".repeat(deep)));
    check_survives(&format!("CREATE INDEX i ON t ({})", "a,".repeat(deep)));
    check_survives(&format!("ALTER TABLE t {}", "ADD a int,".repeat(deep / 4)));
}

#[test]
fn what_multiplies_ends() {
    check_survives("CREATE PROCEDURE p() BEGIN CALL p(); CALL p(); END; CALL p()");
    check_survives("CREATE PROCEDURE p AS BEGIN EXEC p; EXEC p END\nGO\nEXEC p");
    check_survives("CREATE FUNCTION f() RETURNS int AS 'SELECT f(); SELECT f()' LANGUAGE sql; SELECT f()");
    let chain = |i| {
        format!("CREATE FUNCTION f{i}() RETURNS void AS 'SELECT f{0}(); SELECT f{0}()' LANGUAGE sql; ", i + 1)
    };
    check_survives(&((0..40).map(chain).collect::<String>() + "SELECT f0()"));
    check_survives(&format!(
        "SET @a = 'x'; {} PREPARE p FROM @a; EXECUTE p",
        "SET @a = CONCAT(@a, @a); ".repeat(60)
    ));
    check_survives(&format!("DECLARE @a nvarchar(max) = 'x'\n{}EXEC(@a)", "SET @a = @a + @a\n".repeat(60)));
    check_survives(&format!(
        "DO $$ DECLARE a text := 'x'; BEGIN {} EXECUTE a; END $$",
        "a := a || a; ".repeat(60)
    ));
}

#[test]
fn a_small_stack_is_enough() {
    let read = std::thread::Builder::new()
        .stack_size(1024 * 1024)
        .spawn(|| {
            check_survives(&format!("UPDATE t SET a = {}1 WHERE {}", "1+".repeat(180), "b AND ".repeat(180)));
            check_survives(&format!("DO $$ {} $$", "BEGIN IF x THEN ".repeat(500)));
            check_survives(&format!("WITH x AS {}", "(WITH x AS ".repeat(500)));
        })
        .expect("a thread")
        .join();
    assert!(read.is_ok());
}
