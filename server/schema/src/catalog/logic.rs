//! SQL's three-valued logic, with a fourth value for what is not known.

use super::Cell;
use fact::Unknown;
use std::cmp::Ordering;

/// Why a cell says nothing that could be compared.
pub(super) fn unknown_of(cell: &Cell) -> Option<&Unknown> {
    match cell {
        Cell::Unknown(unknown) => Some(unknown),
        _ => None,
    }
}

fn truth(cell: &Cell) -> Option<bool> {
    match cell {
        Cell::Bool(value) => Some(*value),
        Cell::Int(value) => Some(*value != 0),
        _ => None,
    }
}

/// False beats what is not known, which beats NULL.
pub(super) fn and(left: Cell, right: Cell) -> Cell {
    decide(left, right, false)
}

pub(super) fn or(left: Cell, right: Cell) -> Cell {
    decide(left, right, true)
}

fn decide(left: Cell, right: Cell, wins: bool) -> Cell {
    match (truth(&left), truth(&right)) {
        (Some(value), _) | (_, Some(value)) if value == wins => Cell::Bool(wins),
        (Some(_), Some(_)) => Cell::Bool(!wins),
        _ => match (unknown_of(&left), unknown_of(&right)) {
            (Some(_), _) => left,
            (_, Some(_)) => right,
            _ => Cell::Null,
        },
    }
}

pub(super) fn not(cell: Cell) -> Cell {
    match truth(&cell) {
        Some(value) => Cell::Bool(!value),
        None => cell,
    }
}

/// `not` if `negated`.
pub(super) fn flip(cell: Cell, negated: bool) -> Cell {
    if negated { not(cell) } else { cell }
}

pub(super) fn is_null(cell: &Cell) -> Cell {
    match cell {
        Cell::Unknown(_) => cell.clone(),
        other => Cell::Bool(*other == Cell::Null),
    }
}

/// `IS TRUE`, `IS FALSE`
pub(super) fn is(cell: Cell, wanted: bool) -> Cell {
    match (truth(&cell), &cell) {
        (Some(value), _) => Cell::Bool(value == wanted),
        (None, Cell::Unknown(_)) => cell,
        _ => Cell::Bool(false),
    }
}

/// Numbers by size, texts by their letters; `None` for what has no order.
pub(super) fn order(left: &Cell, right: &Cell) -> Option<Ordering> {
    match (left, right) {
        (Cell::Text(a), Cell::Text(b)) => Some(a.cmp(b)),
        (Cell::Bool(_) | Cell::Int(_), Cell::Bool(_) | Cell::Int(_)) => {
            Some(number(left)?.cmp(&number(right)?))
        }
        _ => None,
    }
}

fn number(cell: &Cell) -> Option<i64> {
    match cell {
        Cell::Int(value) => Some(*value),
        Cell::Bool(value) => Some(i64::from(*value)),
        _ => None,
    }
}

/// `text LIKE pattern`
pub(super) fn like(text: &Cell, pattern: &Cell, fold: bool) -> Cell {
    match (text, pattern) {
        (Cell::Unknown(_), _) => text.clone(),
        (_, Cell::Unknown(_)) => pattern.clone(),
        (Cell::Text(text), Cell::Text(pattern)) => {
            let letters = |of: &str| -> Vec<char> {
                if fold { of.to_lowercase().chars().collect() } else { of.chars().collect() }
            };
            Cell::Bool(fits(&letters(text), &letters(pattern)))
        }
        (Cell::System, Cell::Text(pattern)) if !may_fit_system(pattern) => Cell::Bool(false),
        (Cell::System | Cell::Database, _) => Cell::Unknown(Unknown::nowhere(fact::Reason::ServerMade)),
        _ => Cell::Null,
    }
}

/// Whether a name that the server brings along may fit a pattern: such names are told by how they begin.
fn may_fit_system(pattern: &str) -> bool {
    let start: String = pattern.chars().take_while(|letter| !matches!(letter, '%' | '_' | '\\')).collect();
    start.is_empty() || super::object::may_start_system(&start)
}

/// Wildcards: `%` for any letters, `_` for one, a backslash before either for itself. No recursion: only the last `%` can
/// usefully take more.
fn fits(text: &[char], pattern: &[char]) -> bool {
    let (mut t, mut p) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('%') => {
                retry = Some((t, p + 1));
                p += 1;
                continue;
            }
            Some('\\') if pattern.get(p + 1) == text.get(t) => {
                (t, p) = (t + 1, p + 2);
                continue;
            }
            Some('_') => {
                (t, p) = (t + 1, p + 1);
                continue;
            }
            Some(letter) if Some(letter) == text.get(t) && *letter != '\\' => {
                (t, p) = (t + 1, p + 1);
                continue;
            }
            _ => {}
        }
        let Some((from, after)) = retry else { return false };
        retry = Some((from + 1, after));
        (t, p) = (from + 1, after);
    }
    pattern.get(p..).unwrap_or_default().iter().all(|letter| *letter == '%')
}
