//! Words of messages.

use std::fmt::Display;

/// The one of `known` that `word` is most likely a slip of.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    known
        .into_iter()
        .filter(|known| *known != word)
        .map(|known| (strsim::normalized_damerau_levenshtein(&lower, &known.to_lowercase()), known))
        .filter(|(score, _)| *score > 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, known)| known)
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn list<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    match items.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// The nearest `count` of `known`, best first; where none is near, the first ones in order.
pub(crate) fn closest<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
    count: usize,
) -> Vec<&'a str> {
    let lower = word.to_lowercase();
    let mut scored: Vec<(f64, &str)> = known
        .into_iter()
        .map(|known| (strsim::normalized_damerau_levenshtein(&lower, &known.to_lowercase()), known))
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    scored.into_iter().take(count).map(|(_, known)| known).collect()
}

/// How people call a database.
pub(crate) fn database(kind: schema::Kind) -> &'static str {
    match kind {
        schema::Kind::Postgresql => "PostgreSQL",
        schema::Kind::Mysql => "MySQL",
        schema::Kind::Mariadb => "MariaDB",
        schema::Kind::Sqlite => "SQLite",
        schema::Kind::Mssql => "SQL Server",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_nearest(word: &str, known: &[&str], expect: Option<&str>) {
        assert_eq!(nearest(word, known.iter().copied()), expect, "{word} {known:?}");
    }

    #[test]
    fn slips() {
        check_nearest("prioritee", &["title", "priority"], Some("priority"));
        check_nearest("asignee_id", &["assignee_id", "id"], Some("assignee_id"));
        check_nearest("Title", &["title"], Some("title"));
        check_nearest("title", &["title", "description"], None);
        check_nearest("x", &["abc"], None);
        check_nearest("x", &[], None);
    }

    #[test]
    fn lists() {
        for (items, expect) in
            [(&[][..], ""), (&["a"], "a"), (&["a", "b"], "a and b"), (&["a", "b", "c"], "a, b and c")]
        {
            assert_eq!(list(items), expect);
        }
        assert_eq!(closest("tsk", ["users", "tasks", "a"], 2), ["tasks", "users"]);
    }
}
