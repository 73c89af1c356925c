//! PostgreSQL compares two defaults by asking the server. What can be told without it: two spellings of one expression,
//! and two constants.

use crate::Type;
use crate::dialect::{Kind, is_integer};
use crate::sql::{Piece, pieces};
use fact::{Fact, Reason, Unknown};

/// Does the server call them different values of a column of this type?
pub(super) fn differ(database: &str, model: &str, ty: &Type) -> Fact<bool> {
    if database == model {
        return Fact::Known(false);
    }
    let (of_database, of_model) = (bare(database), bare(model));
    if of_database == of_model {
        return Fact::Known(false);
    }
    let family = Family::of(ty);
    let literal = Constant::Text(model.to_owned());
    match (constant(&of_database), constant(&of_model)) {
        (Some(database), Some(model)) => database.differs(&model, family),
        // Alembic puts a string in quotes before it asks.
        (Some(database), None) if database.differs(&literal, family) == Fact::Known(false) => {
            Fact::Known(false)
        }
        (Some(_), None) | (None, Some(_)) if family != Family::Other => Fact::Known(true),
        _ if is_now(&of_database) && is_now(&of_model) => Fact::Known(false),
        _ => unclear("a default that is an expression"),
    }
}

fn unclear(what: &str) -> Fact<bool> {
    Fact::Unknown(Unknown::nowhere(Reason::UnreadableArgument(what.into())))
}

#[derive(Debug, PartialEq)]
enum Constant {
    Text(String),
    Number(f64),
    Truth(bool),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Number,
    Truth,
    Text,
    /// Several texts may stand for one value.
    Other,
}

impl Family {
    fn of(ty: &Type) -> Family {
        match ty.on(Kind::Postgresql) {
            Type::Float { .. } | Type::Double { .. } | Type::Real | Type::Numeric { .. } => Family::Number,
            Type::Boolean { .. } => Family::Truth,
            Type::String { .. } | Type::Text { .. } | Type::Char { .. } | Type::Enum(_) => Family::Text,
            ty if is_integer(ty) => Family::Number,
            _ => Family::Other,
        }
    }
}

impl Constant {
    fn differs(&self, other: &Constant, family: Family) -> Fact<bool> {
        let known = match family {
            Family::Number => self.number().zip(other.number()).map(|(a, b)| a != b),
            Family::Truth => self.truth().zip(other.truth()).map(|(a, b)| a != b),
            Family::Text => Some(self.text() != other.text()),
            Family::Other => (self.text() == other.text()).then_some(false),
        };
        known.map_or_else(|| unclear("a default that is written in another way"), Fact::Known)
    }

    fn text(&self) -> String {
        match self {
            Constant::Text(text) => text.clone(),
            Constant::Number(number) => number.to_string(),
            Constant::Truth(truth) => truth.to_string(),
        }
    }

    fn number(&self) -> Option<f64> {
        match self {
            Constant::Text(text) => text.trim().parse().ok(),
            Constant::Number(number) => Some(*number),
            Constant::Truth(_) => None,
        }
    }

    fn truth(&self) -> Option<bool> {
        match self {
            Constant::Truth(truth) => Some(*truth),
            Constant::Number(_) => None,
            Constant::Text(text) => match text.trim().to_ascii_lowercase().as_str() {
                "t" | "true" | "1" | "y" | "yes" | "on" => Some(true),
                "f" | "false" | "0" | "n" | "no" | "off" => Some(false),
                _ => None,
            },
        }
    }
}

fn constant(pieces: &[Piece]) -> Option<Constant> {
    match pieces {
        [Piece::Text(text)] => Some(Constant::Text(text.clone())),
        [Piece::Number(number)] => number.parse().ok().map(Constant::Number),
        [Piece::Symbol(sign), Piece::Number(number)] if sign == "-" => {
            number.parse::<f64>().ok().map(|number| Constant::Number(-number))
        }
        [Piece::Name(word)] if word == "true" => Some(Constant::Truth(true)),
        [Piece::Name(word)] if word == "false" => Some(Constant::Truth(false)),
        _ => None,
    }
}

/// The start of the transaction, by any of its names.
fn is_now(pieces: &[Piece]) -> bool {
    let call = |name: &str| matches!(name, "now" | "transaction_timestamp");
    match pieces {
        [Piece::Name(name)] => name == "current_timestamp",
        [Piece::Name(name), Piece::Symbol(open), Piece::Symbol(close)] => {
            call(name) && open == "(" && close == ")"
        }
        _ => false,
    }
}

/// The expression without casts and without parentheses around it.
fn bare(sql: &str) -> Vec<Piece> {
    let mut out = Vec::new();
    let all = pieces(sql, Kind::Postgresql);
    let mut rest = all.as_slice();
    while let Some((piece, after)) = rest.split_first() {
        if is_symbol(piece, "::") {
            rest = after_type(after);
        } else {
            out.push(piece.clone());
            rest = after;
        }
    }
    let mut inner = out.as_slice();
    while let Some(inside) = parenthesised(inner) {
        inner = inside;
    }
    inner.to_vec()
}

/// What follows a type's name: `character varying(20)[]`, `timestamp(3) without time zone`, `s."Mood"`.
fn after_type(pieces: &[Piece]) -> &[Piece] {
    const FOLLOW: &[&str] = &["varying", "precision", "with", "without", "time", "zone", "local"];
    let mut rest = pieces.get(1..).unwrap_or_default();
    loop {
        rest = match rest {
            [Piece::Name(word), after @ ..] if FOLLOW.contains(&word.as_str()) => after,
            [dot, Piece::Name(_), after @ ..] if is_symbol(dot, ".") => after,
            [open, close, after @ ..] if is_symbol(open, "[") && is_symbol(close, "]") => after,
            [open, after @ ..] if is_symbol(open, "(") => {
                let Some(close) = after.iter().position(|piece| is_symbol(piece, ")")) else { return rest };
                after.get(close + 1..).unwrap_or_default()
            }
            _ => return rest,
        };
    }
}

fn parenthesised(pieces: &[Piece]) -> Option<&[Piece]> {
    let [open, inside @ .., close] = pieces else { return None };
    if !is_symbol(open, "(") || !is_symbol(close, ")") {
        return None;
    }
    let mut depth = 0i64;
    for piece in inside {
        match piece {
            Piece::Symbol(symbol) if symbol == "(" => depth += 1,
            Piece::Symbol(symbol) if symbol == ")" => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return None;
        }
    }
    Some(inside)
}

fn is_symbol(piece: &Piece, symbol: &str) -> bool {
    matches!(piece, Piece::Symbol(text) if text == symbol)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::TypeConstraint;

    #[track_caller]
    fn check(ty: &Type, cases: &[(&str, &str, Option<bool>)]) {
        for (database, model, expected) in cases {
            let found = differ(database, model, ty);
            assert_eq!(found.known().copied(), *expected, "{database} against {model}");
        }
    }

    #[test]
    fn texts() {
        check(
            &Type::string(None),
            &[
                ("'x'::character varying", "x", Some(false)),
                ("'x'::character varying", "'x'", Some(false)),
                ("'x'::character varying(20)", "'y'", Some(true)),
                ("''::character varying", "", Some(false)),
                ("'a b'::character varying", "a b", Some(false)),
                ("'a b'::character varying", "a c", Some(true)),
                ("'it''s'::text", "'it''s'", Some(false)),
                ("'{}'::s.\"Mood\"[]", "'{}'", Some(false)),
                ("\"substring\"('name'::text, 1, 3)", "SUBSTRING('name', 1, 3)", Some(false)),
                ("'x'::text", "lower('X')", Some(true)),
                ("upper('x'::text)", "lower('X')", None),
            ],
        );
    }

    #[test]
    fn numbers() {
        let numeric = Type::Numeric { precision: None, scale: None };
        for ty in [&Type::Integer, &numeric, &Type::Double { precision: None }] {
            check(
                ty,
                &[
                    ("5", "5.0", Some(false)),
                    ("'5'::double precision", "5.0", Some(false)),
                    ("'-1'::integer", "-1", Some(false)),
                    ("(-1)", "-1", Some(false)),
                    ("15", "20", Some(true)),
                    ("15", "(20 - 5)", Some(true)),
                ],
            );
        }
    }

    #[test]
    fn truth_and_time() {
        check(
            &Type::Boolean { constraint: TypeConstraint::default() },
            &[
                ("true", "1", None),
                ("true", "'1'", Some(false)),
                ("true", "t", Some(false)),
                ("true", "false", Some(true)),
            ],
        );
        check(
            &Type::DateTime { timezone: true },
            &[
                ("now()", "(NOW())", Some(false)),
                ("CURRENT_TIMESTAMP", "now()", Some(false)),
                ("timezone('utc'::text, now())", "timezone('utc', now())", Some(false)),
                ("now()", "clock_timestamp()", None),
                ("'2020-01-01 00:00:00'::timestamp without time zone", "'2020-01-01'", None),
            ],
        );
    }
}
