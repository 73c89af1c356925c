//! Indexes.

use super::Style;
use super::constraint::name_text;
use super::literal::option;
use super::operation::Call;
use fact::Fact;
use schema::{Index, IndexItem, TableName};
use std::borrow::Cow;

/// `create_index('ix', 't', ['a'])`; inside a block without the table.
pub(super) fn create_index(
    table: &TableName,
    index: &Index,
    if_not_exists: bool,
    in_block: bool,
    style: &Style,
) -> Option<String> {
    if index.server_made {
        return None;
    }
    let name = name_text(&index.name, index.name_is_final, false, in_block, style)?;
    let items: Option<Vec<String>> = index.items.iter().map(|item| item_text(item, style)).collect();
    let unique = match index.unique {
        Fact::Known(true) => Some("True".to_owned()),
        Fact::Known(false) => style.autogenerates().then(|| "False".to_owned()),
        Fact::Unknown(_) => return None,
    };
    let unreadable = |text: &str| text == "?";
    if index.condition.as_deref().is_some_and(unreadable) || index.options.iter().any(|(_, o)| unreadable(o))
    {
        return None;
    }
    let condition = index.condition.as_ref().map(|sql| format!("{}.text({})", style.sa, style.string(sql)));
    let include = (!index.include.is_empty()).then(|| style.names(&index.include));
    let mut call = Call::start(in_block, table.schema, style)
        .arg(name.unwrap_or_else(|| "None".to_owned()))
        .table(&table.name)
        .arg(format!("[{}]", items?.join(", ")))
        .keyword("unique", unique)
        .schema()
        .keyword("if_not_exists", if_not_exists.then(|| "True".to_owned()))
        .keyword("postgresql_using", index.using.as_ref().map(|using| style.string(using)))
        .keyword("postgresql_where", condition.clone())
        .keyword("sqlite_where", condition)
        .keyword("postgresql_include", include)
        .keyword("postgresql_concurrently", index.concurrently.then(|| "True".to_owned()));
    for (keyword, text) in &index.options {
        let value = match keyword.ends_with("_where") {
            true => format!("{}.text({})", style.sa, style.string(text)),
            false => option(text, style),
        };
        call = call.keyword(keyword, Some(value));
    }
    Some(call.end("create_index"))
}

fn item_text(item: &IndexItem, style: &Style) -> Option<String> {
    Some(match item {
        IndexItem::Column(name) => style.string(name),
        IndexItem::Expression(text) => {
            let text = style.string(&grouped(text.known()?));
            match style.autogenerates() {
                true => format!("{}.literal_column({text})", style.sa),
                // Alembic before 1.12 takes no other expression than this.
                false => format!("{}.text({text})", style.sa),
            }
        }
    })
}

/// Databases want an expression with an operator in parentheses; the order of the index stands behind them.
fn grouped(text: &str) -> Cow<'_, str> {
    let mut expression = text.trim_end();
    while let Some((before, word)) = expression.rsplit_once(' ')
        && ["asc", "desc", "nulls", "first", "last"].contains(&word.to_ascii_lowercase().as_str())
    {
        expression = before.trim_end();
    }
    if !has_operator(expression) {
        return Cow::Borrowed(text);
    }
    let order = text.get(expression.len()..).unwrap_or_default();
    Cow::Owned(format!("({expression}){order}"))
}

/// Outside quotes and parentheses.
fn has_operator(expression: &str) -> bool {
    let mut depth = 0_u32;
    let mut quote = None;
    for c in expression.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None => match c {
                '\'' | '"' | '`' => quote = Some(c),
                '(' | '[' => depth += 1,
                ')' | ']' => depth = depth.saturating_sub(1),
                '+' | '-' | '*' | '/' | '|' | '<' | '>' | '=' | '%' | ':' | '^' | '&' | '~' if depth == 0 => {
                    return true;
                }
                _ => {}
            },
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_stand_in_parentheses() {
        for (text, expected) in [
            ("lower(a)", "lower(a)"),
            ("lower(a || b)", "lower(a || b)"),
            ("a DESC NULLS LAST", "a DESC NULLS LAST"),
            ("a + 1", "(a + 1)"),
            ("a || 'x' DESC", "(a || 'x') DESC"),
            ("(a + 1)", "(a + 1)"),
            ("(a + 1) * 2", "((a + 1) * 2)"),
            ("a::text", "(a::text)"),
            ("\"a-b\"", "\"a-b\""),
            ("", ""),
        ] {
            assert_eq!(grouped(text), expected);
        }
    }
}
