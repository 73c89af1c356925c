//! String literals of Python, in the style of the text around them.

/// A literal with another content: its prefix and quotes stay. `None` for more than one plain literal, or where the
/// content would need an escape.
pub(crate) fn with_content(literal: &str, content: &str) -> Option<String> {
    let start = literal.find(['\'', '"'])?;
    let (prefix, rest) = literal.split_at(start);
    let quote = rest.chars().next()?;
    let triple: String = std::iter::repeat_n(quote, 3).collect();
    let quotes = if rest.starts_with(&triple) && rest.len() >= 6 { triple } else { quote.to_string() };
    let inner = rest.strip_prefix(&quotes)?.strip_suffix(&quotes)?;
    let plain = |text: &str| !text.contains(['\'', '"', '\\', '\n']);
    (plain(inner) && plain(content) && !prefix.contains(['f', 'F', '(']))
        .then(|| format!("{prefix}{quotes}{content}{quotes}"))
}

/// `text` as a literal, in `quote` where it does not hold that itself.
pub(crate) fn quoted(text: &str, quote: char) -> String {
    let other = if quote == '"' { '\'' } else { '"' };
    let quote = if text.contains(quote) && !text.contains(other) { other } else { quote };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_content(literal: &str, content: &str, expect: Option<&str>) {
        assert_eq!(with_content(literal, content).as_deref(), expect, "{literal}");
    }

    #[test]
    fn the_style_of_a_literal_stays() {
        check_content("'a'", "b", Some("'b'"));
        check_content("\"a\"", "b", Some("\"b\""));
        check_content("u'a'", "b", Some("u'b'"));
        check_content("'''a'''", "b", Some("'''b'''"));
        check_content("''", "b", Some("'b'"));
        check_content("'a' 'c'", "b", None);
        check_content("f'a'", "b", None);
        check_content("'a'", "it's", None);
        check_content("'a\\n'", "b", None);
        check_content("a", "b", None);
        check_content("'", "b", None);
    }

    #[test]
    fn texts_are_quoted() {
        for (text, quote, expect) in [
            ("a", '\'', "'a'"),
            ("a", '"', "\"a\""),
            ("it's", '\'', "\"it's\""),
            ("it's \"b\"", '\'', "'it\\'s \"b\"'"),
            ("a\\b\n", '"', "\"a\\\\b\\n\""),
            ("\u{1}", '"', "\"\\u0001\""),
        ] {
            assert_eq!(quoted(text, quote), expect, "{text}");
        }
    }
}
