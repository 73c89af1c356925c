//! An expression as the words that it is made of, to compare spellings.

use super::cursor::string_value;
use super::lex::{Lexis, TokenKind, lex};
use crate::Kind;

/// One token by its meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A name or keyword: in lower case, unless it was quoted.
    Name(String),
    /// The value of a string.
    Text(String),
    Number(String),
    /// Anything else, as it stands.
    Symbol(String),
}

/// The tokens of `sql`. Blanks, comments and needless quotes around names make no difference to them.
pub(crate) fn pieces(sql: &str, dialect: Kind) -> Vec<Piece> {
    let escapes = dialect.is_mysql_like();
    lex(sql, Lexis::of(Some(dialect)))
        .into_iter()
        .map(|token| {
            let text = sql.get(token.start..token.end).unwrap_or_default();
            match token.kind {
                TokenKind::Word => Piece::Name(text.to_lowercase()),
                TokenKind::Quoted => Piece::Name(string_value(text, false)),
                TokenKind::Text => Piece::Text(string_value(text, escapes)),
                TokenKind::Number => Piece::Number(text.to_owned()),
                TokenKind::Param | TokenKind::Symbol => Piece::Symbol(text.to_owned()),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_expression() {
        for (a, b) in [
            ("NOW ( )", "now()"),
            ("\"lower\"('A')", "LOWER( 'A' ) -- small"),
            ("$$it's$$", "'it''s'"),
            ("1+ 2", "1 + 2"),
        ] {
            assert_eq!(pieces(a, Kind::Postgresql), pieces(b, Kind::Postgresql), "{a}");
        }
        assert_ne!(pieces("'a'", Kind::Postgresql), pieces("a", Kind::Postgresql));
        assert_ne!(pieces("\"A\"", Kind::Postgresql), pieces("A", Kind::Postgresql));
    }
}
