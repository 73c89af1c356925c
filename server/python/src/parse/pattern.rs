//! `match` and its patterns.

use super::kind::{Field, Kind};
use super::lower::Lower;
use crate::ast::{Block, Expr, ExprId, MatchCase, MatchPattern, Stmt, UnaryOp};

impl Lower<'_> {
    pub(super) fn match_statement(&mut self) -> Option<Stmt> {
        let mut subjects = Vec::new();
        let mut commas = 0;
        let mut cases = Vec::new();
        let broken = self.each(|this, kind| match kind {
            Kind::Comma => commas += 1,
            Kind::Block => {
                this.each(|this, kind| {
                    if kind == Kind::CaseClause {
                        let case = this.case();
                        cases.push(case);
                    }
                });
            }
            _ if this.field() == Field::Subject => subjects.push(this.expr()),
            _ => {}
        });
        if cases.is_empty() && !broken {
            let start = self.node().start_byte();
            self.error(start, start + 5, "`match` needs a `case`");
        }
        let subject = match subjects.as_slice() {
            _ if broken => return None,
            [] => return None,
            [only] if commas == 0 => *only,
            [first, ..] => {
                let start = self.range_of(*first).0;
                let end = subjects.last().map_or(start, |last| self.range_of(*last).1);
                self.add_expr_at(Expr::Tuple(subjects.into()), start, end)
            }
        };
        Some(Stmt::Match { subject, cases: cases.into() })
    }

    fn case(&mut self) -> MatchCase {
        self.head_start = Some(self.node().start_byte());
        let mut patterns = Vec::new();
        let mut commas = 0;
        let mut guard = None;
        let mut body = Block::default();
        let broken = self.each(|this, kind| match kind {
            Kind::Comma => commas += 1,
            Kind::CasePattern => {
                let pattern = this.pattern();
                patterns.push(pattern);
            }
            Kind::IfClause if this.field() == Field::Guard => guard = Some(this.inner()),
            Kind::Block => body = this.block(),
            _ => {}
        });
        let pattern = match patterns.pop() {
            Some(only) if patterns.is_empty() && commas == 0 && !broken => only,
            _ => None,
        };
        MatchCase { pattern, guard, body }
    }

    /// The alternatives under a `case_pattern`, a `union_pattern` or a pattern in parentheses: values, names or a wildcard; `None` for any other.
    fn pattern(&mut self) -> Option<MatchPattern> {
        self.deeper(|this| this.alternatives()).flatten()
    }

    fn alternatives(&mut self) -> Option<MatchPattern> {
        let mut values = Vec::new();
        let mut simple = true;
        let mut single = None;
        let mut minus = None;
        let broken = self.each(|this, kind| match kind {
            Kind::Underscore => single = Some(MatchPattern::Wildcard),
            Kind::Minus => minus = Some(this.node().start_byte()),
            Kind::DottedName => {
                let value = this.dotted_value();
                match this.get(value) {
                    Some(Expr::Name(name)) if name.as_str() == "_" => single = Some(MatchPattern::Wildcard),
                    Some(Expr::Name(name)) => single = Some(MatchPattern::Capture(*name)),
                    _ => values.push(value),
                }
            }
            Kind::UnionPattern | Kind::CasePattern | Kind::TuplePattern => match this.pattern() {
                Some(MatchPattern::Values(alternatives)) => values.extend(alternatives),
                Some(other) => single = Some(other),
                None => simple = false,
            },
            Kind::Pipe | Kind::LeftParen | Kind::RightParen => {}
            _ if is_literal(kind) => {
                let value = this.literal_pattern(minus.take());
                values.push(value);
            }
            _ => simple = false,
        });
        match single {
            _ if broken || !simple => None,
            // Python allows a name or wildcard as the last alternative only; it then takes whatever comes.
            Some(single) => values.is_empty().then_some(single),
            None if values.is_empty() => None,
            None => Some(MatchPattern::Values(values.into())),
        }
    }

    fn literal_pattern(&mut self, minus: Option<usize>) -> ExprId {
        let operand = self.expr();
        match minus {
            None => operand,
            Some(start) => {
                let end = self.node().end_byte();
                self.add_expr_at(Expr::Unary { op: UnaryOp::Minus, operand }, start, end)
            }
        }
    }
}

fn is_literal(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::String
            | Kind::ConcatenatedString
            | Kind::Integer
            | Kind::Float
            | Kind::True
            | Kind::False
            | Kind::None
    )
}
