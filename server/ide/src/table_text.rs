//! A table as lines of text, and what two versions of it have in common.

use schema::report::{ReportedColumn, ReportedKey, ReportedTable, Told};

/// How a line of the newer version relates to the older one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Same,
    Removed,
    Added,
}

/// The lines of both versions, each once; what was removed stands where it was.
pub fn compare(before: Option<&ReportedTable>, after: Option<&ReportedTable>) -> Vec<(Mark, String)> {
    let both = || before.into_iter().chain(after);
    let columns = || both().flat_map(|table| &table.columns.0);
    let widths = Widths {
        name: columns().map(|(name, _)| name.chars().count()).max().unwrap_or(0),
        ty: columns().map(|(_, column)| told(&column.ty).chars().count()).max().unwrap_or(0),
    };
    let lines = |table: Option<&ReportedTable>| table.map(|table| lines(table, &widths)).unwrap_or_default();
    merge(lines(before), lines(after))
}

/// A column without its name.
pub fn column_text(column: &ReportedColumn) -> String {
    format!("{}{}", told(&column.ty), rest(column, " "))
}

struct Widths {
    name: usize,
    ty: usize,
}

fn lines(table: &ReportedTable, widths: &Widths) -> Vec<String> {
    let mut out = Vec::new();
    let Widths { name: name_width, ty: type_width } = widths;
    for (name, column) in &table.columns.0 {
        let line = format!("{name:name_width$}  {:type_width$}{}", told(&column.ty), rest(column, "  "));
        out.push(line.trim_end().to_owned());
    }
    match &table.pk {
        Told::Known(Some(key)) => out.push(format!("PRIMARY KEY{}", key_text(key))),
        Told::Known(None) => {}
        Told::Unknown => out.push("PRIMARY KEY ?".to_owned()),
    }
    out.extend(table.uniques.iter().map(|key| format!("UNIQUE{}", key_text(key))));
    for key in &table.fks {
        let to = match &key.ref_columns {
            Told::Known(columns) => columns.join(", "),
            Told::Unknown => "?".to_owned(),
        };
        let action = |what: &str, action: &Option<String>| {
            action.as_ref().map(|action| format!(" {what} {action}")).unwrap_or_default()
        };
        out.push(format!(
            "FOREIGN KEY{} ({}) REFERENCES {}({to}){}{}",
            name_text(&key.name),
            key.columns.join(", "),
            key.ref_table,
            action("ON DELETE", &key.ondelete),
            action("ON UPDATE", &key.onupdate),
        ));
    }
    out.extend(
        table.checks.iter().map(|check| format!("CHECK{} {}", name_text(&check.name), told(&check.sql))),
    );
    for index in &table.indexes {
        let kind = if matches!(index.unique, Told::Known(true)) { "UNIQUE INDEX" } else { "INDEX" };
        let condition = index.condition.as_ref().map(|sql| format!(" WHERE {sql}")).unwrap_or_default();
        out.push(format!("{kind}{} ({}){condition}", name_text(&index.name), index.columns.join(", ")));
    }
    out.extend(table.unknown.iter().map(|reason| format!("-- unknown: {reason}")));
    out
}

/// What follows the type of a column, each part after a `gap`.
fn rest(column: &ReportedColumn, gap: &str) -> String {
    let mut out = String::new();
    match column.nullable {
        Told::Known(true) => {}
        Told::Known(false) => out.push_str(&format!("{gap}NOT NULL")),
        Told::Unknown => out.push_str(&format!("{gap}NULL?")),
    }
    match &column.default {
        Told::Known(None) => {}
        Told::Known(Some(default)) => out.push_str(&format!("{gap}DEFAULT {default}")),
        Told::Unknown => out.push_str(&format!("{gap}DEFAULT ?")),
    }
    if let Some(identity) = column.identity {
        out.push_str(&format!("{gap}GENERATED {identity} AS IDENTITY"));
    }
    if let Some(sql) = &column.generated {
        out.push_str(&format!("{gap}GENERATED ALWAYS AS ({sql})"));
    }
    if let Some(comment) = &column.comment {
        let comment = comment.lines().next().unwrap_or_default();
        out.push_str(&format!("{gap}COMMENT '{comment}'"));
    }
    out
}

fn told(text: &Told<String>) -> &str {
    match text {
        Told::Known(text) => text,
        Told::Unknown => "?",
    }
}

fn name_text(name: &Told<Option<String>>) -> String {
    match name {
        Told::Known(Some(name)) => format!(" {name}"),
        Told::Known(None) => String::new(),
        Told::Unknown => " ?".to_owned(),
    }
}

fn key_text(key: &ReportedKey) -> String {
    format!("{} ({})", name_text(&key.name), key.columns.join(", "))
}

/// The longest common subsequence decides which lines stayed.
fn merge(before: Vec<String>, after: Vec<String>) -> Vec<(Mark, String)> {
    let width = after.len() + 1;
    let mut common = vec![0_u32; (before.len() + 1) * width];
    let at = |row: usize, column: usize| row * width + column;
    let get = |common: &[u32], index: usize| common.get(index).copied().unwrap_or(0);
    for (row, old) in before.iter().enumerate().rev() {
        for (column, new) in after.iter().enumerate().rev() {
            let length = if old == new {
                get(&common, at(row + 1, column + 1)) + 1
            } else {
                get(&common, at(row + 1, column)).max(get(&common, at(row, column + 1)))
            };
            if let Some(slot) = common.get_mut(at(row, column)) {
                *slot = length;
            }
        }
    }
    let mut out = Vec::new();
    let (rows, columns) = (before.len(), after.len());
    let (mut before, mut after) = (before.into_iter().peekable(), after.into_iter().peekable());
    loop {
        let (row, column) = (rows - before.len(), columns - after.len());
        match (before.peek(), after.peek()) {
            (Some(old), Some(new)) if old == new => {
                before.next();
                out.extend(after.next().map(|line| (Mark::Same, line)));
            }
            (Some(_), Some(_)) if get(&common, at(row + 1, column)) >= get(&common, at(row, column + 1)) => {
                out.extend(before.next().map(|line| (Mark::Removed, line)));
            }
            (Some(_), None) => out.extend(before.next().map(|line| (Mark::Removed, line))),
            (_, Some(_)) => out.extend(after.next().map(|line| (Mark::Added, line))),
            (None, None) => return out,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_merge(before: &str, after: &str, expect: &str) {
        let lines = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let merged = merge(lines(before), lines(after));
        let shown = merged.iter().map(|(mark, line)| match mark {
            Mark::Same => line.clone(),
            Mark::Removed => format!("-{line}"),
            Mark::Added => format!("+{line}"),
        });
        assert_eq!(shown.collect::<Vec<_>>().join(" "), expect);
    }

    #[test]
    fn versions_are_merged() {
        check_merge("a b c", "a b c", "a b c");
        check_merge("a b", "a b c", "a b +c");
        check_merge("a b c", "a c", "a -b c");
        check_merge("a b c", "a x c", "a -b +x c");
        check_merge("", "a b", "+a +b");
        check_merge("a b", "", "-a -b");
        check_merge("", "", "");
        check_merge("a b c d", "b x d a", "-a b -c +x d +a");
    }
}
