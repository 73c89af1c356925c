//! What the variables of a program hold.

use super::Session;
use super::cursor::Cursor;
use super::dynamic::{Variables, evaluate};
use super::lex::TokenKind;

/// `name := value`, `name = value` and `SET @name = value` keep the text that the value makes.
pub(super) fn assignment(said: &Cursor<'_>, session: &mut Session) -> bool {
    let mut said = *said;
    let set = said.eat_any(&["SET", "SELECT", "DECLARE"]);
    let mut assigned = false;
    while !said.done() {
        let mut one = said.until_comma();
        let Some(name) = one.peek(0).filter(|t| matches!(t.kind, TokenKind::Word | TokenKind::Param)) else {
            break;
        };
        let variable = name.kind == TokenKind::Param;
        if set != variable {
            break;
        }
        one.at += 1;
        if set && !one.word(0).is_empty() {
            // `DECLARE @sql NVARCHAR(MAX) = '...'`
            one.until(|c| c.symbol(0) == "=");
        }
        if one.eat_symbol(":=") || one.eat_symbol("=") {
            let value = evaluate(&one, &session.variables);
            session.variables.insert(one.text_of(name).to_ascii_lowercase(), value);
            assigned = true;
        } else if !set {
            break;
        }
    }
    assigned
}

/// What a statement may have put into variables is not known any more.
pub(super) fn forget(said: &Cursor<'_>, session: &mut Session) {
    let mut said = *said;
    while !session.variables.is_empty() && !said.done() {
        if let Some(token) = said.peek(0) {
            session.variables.remove(&said.text_of(token).to_ascii_lowercase());
        }
        said.at += 1;
    }
}

/// Nor is what a loop, which starts here, may put into them in an earlier round.
pub(super) fn forget_assigned(rest: &Cursor<'_>, session: &mut Session) {
    let mut rest = *rest;
    let mut into = false;
    while !session.variables.is_empty() && !rest.done() {
        into = rest.is("INTO") || (into && !rest.is("FROM") && rest.symbol(0) != ";");
        if (into || matches!(rest.symbol(1), ":=" | "="))
            && let Some(token) = rest.peek(0)
        {
            session.variables.remove(&rest.text_of(token).to_ascii_lowercase());
        }
        rest.at += 1;
    }
}

/// Keeps of the variables what holds after either of two courses.
pub(super) fn join_variables(session: &mut Session, other: &Variables) {
    session.variables.retain(|name, value| other.get(name) == Some(value));
}
