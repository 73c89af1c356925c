//! The name that stands at a position.

use python::ast::{Arg, ArgKind, Expr, ItemTree, Module};
use std::ops::Range;

/// A string literal of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    pub text: String,
    /// Bytes of the file, quotes included.
    pub span: Range<u32>,
    /// It is given for this keyword.
    pub keyword: Option<String>,
}

/// The string literal at `offset`, the innermost if several hold it.
pub fn literal_at(module: &Module, offset: u32) -> Option<Literal> {
    let last = module.items.partition_point(|item| item.start <= offset).checked_sub(1)?;
    let item = module.items.get(last)?;
    let inside = offset.checked_sub(item.start)?;
    let tree = &*item.tree;
    let strings = tree.exprs.iter().zip(&tree.expr_spans).enumerate().filter_map(|(id, (expr, span))| {
        let Expr::Str(text) = expr else { return None };
        (span.start <= inside && inside <= span.end).then_some((id, text, span))
    });
    let (id, text, span) = strings.min_by_key(|(_, _, span)| span.end - span.start)?;
    Some(Literal {
        text: text.to_string(),
        span: item.start + span.start..item.start + span.end,
        keyword: keyword_of(tree, id as u32),
    })
}

fn keyword_of(tree: &ItemTree, id: u32) -> Option<String> {
    let of_arg = |arg: &Arg| match &arg.kind {
        ArgKind::Keyword(name) if arg.value.0 == id => Some(name.to_string()),
        _ => None,
    };
    tree.exprs.iter().find_map(|expr| match expr {
        Expr::Call { args, .. } => args.iter().find_map(of_arg),
        _ => None,
    })
}

/// The identifier around `offset`, for names inside SQL.
pub fn word_at(text: &str, offset: u32) -> Option<(&str, Range<u32>)> {
    let offset = offset as usize;
    let before = text.get(..offset)?;
    let after = text.get(offset..)?;
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let start =
        before.rfind(|c| !part(c)).map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let end = offset + after.find(|c| !part(c)).unwrap_or(after.len());
    let word = text.get(start..end).filter(|word| !word.is_empty())?;
    Some((word, start as u32..end as u32))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::marked;

    /// `$0` is the position.
    #[track_caller]
    fn check_literal(text: &str, expect: Option<(&str, &str, Option<&str>)>) {
        let (text, offset) = marked(text);
        let literal = literal_at(&python::parse::parse(&text), offset);
        let told = literal.as_ref().map(|literal| {
            let source = &text[literal.span.start as usize..literal.span.end as usize];
            (literal.text.as_str(), source, literal.keyword.as_deref())
        });
        assert_eq!(told, expect);
    }

    #[test]
    fn literals() {
        check_literal("f('a$0b')", Some(("ab", "'ab'", None)));
        check_literal("f($0'ab')", Some(("ab", "'ab'", None)));
        check_literal("f('ab'$0)", Some(("ab", "'ab'", None)));
        check_literal("x = 1\n\nf('é', name='😀 $0b')", Some(("😀 b", "'😀 b'", Some("name"))));
        check_literal("f(g('a', h=['$0b']))", Some(("b", "'b'", None)));
        check_literal("f$0('a')", None);
        check_literal("$0", None);
        check_literal("x = 'a'\n\n\n$0", None);
    }

    #[track_caller]
    fn check_word(text: &str, expect: Option<&str>) {
        let (text, offset) = marked(text);
        assert_eq!(word_at(&text, offset).map(|(word, _)| word), expect);
    }

    #[test]
    fn words() {
        check_word("update ta$0sks set", Some("tasks"));
        check_word("$0tasks", Some("tasks"));
        check_word("tasks$0", Some("tasks"));
        check_word("é.t_1$0", Some("t_1"));
        check_word("a ($0) b", None);
        check_word("", None);
    }
}
