//! Everything that Alembic itself writes, on four databases.

use super::*;

/// A case a line: dialect, SQL with `\n` for line ends, what it does; separated by tabs.
const CASES: &str = include_str!("emitted.tsv");

#[test]
fn what_alembic_writes_is_read() {
    let mut cases = 0;
    for line in CASES.lines().filter(|line| !line.starts_with('#')) {
        let [dialect, sql, expected] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("not a case: {line}");
        };
        let dialect: Kind = dialect.parse().expect("a dialect");
        let sql = sql.replace("\\n", "\n");
        let shown: Vec<String> =
            read(&sql, Some(dialect), place()).iter().map(|s| show::show(&s.operation)).collect();
        assert_eq!(shown.join(" ; "), expected, "{dialect}: {sql}");
        cases += 1;
    }
    assert!(cases > 200);
}
