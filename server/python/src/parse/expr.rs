//! Expressions.

use super::kind::Kind;
use super::lower::{Lower, TypeCall};
use super::names;
use super::number;
use super::operator::{binary_op, compare_op, is_punctuation};
use crate::ast::{Arg, ArgKind, CompKind, Expr, ExprId, Param, UnaryOp};

impl Lower<'_> {
    /// Lowers the expression under the cursor.
    pub(super) fn expr(&mut self) -> ExprId {
        match self.deeper(|this| this.spine_expr()) {
            Some(id) => id,
            None => self.error_expr(),
        }
    }

    /// Operators, calls and attributes nest to the left without bound (`a + b + c + ...`, `q.filter().order_by()...`), so
    /// this walks down to the first operand and builds upwards in a loop.
    fn spine_expr(&mut self) -> ExprId {
        let bottom = self.spine.len();
        let mut kind = self.kind();
        while is_left_nested(kind) && self.cursor.goto_first_child() {
            self.spine.push(kind);
            kind = self.kind();
        }
        // `*a[0]` comes as `(*a)[0]`.
        let star = matches!(kind, Kind::ListSplat | Kind::ListSplatPattern) && self.spine.len() > bottom;
        let mut value = if star { self.inner() } else { self.operand(kind) };
        while self.spine.len() > bottom {
            let Some(kind) = self.spine.pop() else { break };
            value = match kind {
                Kind::Call => self.call(value),
                Kind::Attribute => self.attribute(value),
                Kind::Subscript => self.subscript(value),
                _ => self.binary(value),
            };
        }
        if star { self.add_expr(Expr::Starred(value)) } else { value }
    }

    fn operand(&mut self, kind: Kind) -> ExprId {
        if self.misread.type_call == TypeCall::Possible && kind != Kind::Type {
            self.misread.type_call = TypeCall::No;
            if let Some(id) = self.call_of_type(kind) {
                return id;
            }
        }
        match kind {
            Kind::Identifier => self.identifier(),
            Kind::String | Kind::ConcatenatedString => self.string(kind),
            Kind::Integer => self.number(number::integer),
            Kind::Float => self.number(number::float),
            Kind::True => self.add_expr(Expr::True),
            Kind::False => self.add_expr(Expr::False),
            Kind::None => self.add_expr(Expr::None),
            Kind::Ellipsis => self.add_expr(Expr::Ellipsis),
            Kind::List | Kind::ListPattern => self.collection(Expr::List),
            Kind::Set => self.collection(Expr::Set),
            Kind::Tuple | Kind::TuplePattern => self.tuple(),
            Kind::ExpressionList | Kind::PatternList => self.collection(Expr::Tuple),
            Kind::Dictionary => self.dictionary(),
            Kind::ParenthesizedExpression => self.parenthesized(),
            Kind::ListComprehension => self.comprehension(CompKind::List),
            Kind::SetComprehension => self.comprehension(CompKind::Set),
            Kind::DictionaryComprehension => self.comprehension(CompKind::Dict),
            Kind::GeneratorExpression => self.comprehension(CompKind::Generator),
            Kind::ComparisonOperator => self.comparison(),
            Kind::UnaryOperator | Kind::NotOperator => self.unary(),
            Kind::ConditionalExpression => self.conditional(),
            Kind::Lambda => self.lambda(),
            Kind::NamedExpression => self.walrus(),
            Kind::ListSplat | Kind::ListSplatPattern | Kind::SplatType | Kind::ParenthesizedListSplat => {
                self.wrapping(Expr::Starred)
            }
            Kind::Await => self.wrapping(Expr::Await),
            Kind::Yield => self.yield_(),
            Kind::Slice => self.slice_expr(),
            Kind::Type | Kind::AsPatternTarget | Kind::Chevron => self.inner(),
            Kind::GenericType => self.generic_type(),
            Kind::UnionType => self.union_type(),
            Kind::MemberType => self.member_type(),
            Kind::ConstrainedType => self.constrained_type(),
            Kind::DottedName => self.dotted_value(),
            Kind::AsPattern => self.misplaced_as(),
            Kind::Error => {
                self.report_error_node();
                self.error_expr()
            }
            _ => self.opaque(),
        }
    }

    /// `type(...)` or `type[...]` at the start of a statement, where the cursor is on what follows the word.
    fn call_of_type(&mut self, kind: Kind) -> Option<ExprId> {
        let subscripted = match kind {
            Kind::ParenthesizedExpression | Kind::Tuple => false,
            Kind::List => true,
            _ => return None,
        };
        let range = self.node().byte_range();
        let before = self.text.get(..range.start)?.trim_end();
        let start = before.len() - before.strip_suffix("type").map(|_| 4)?;
        let func = self.add_expr_at(Expr::Name(fact::name("type")), start, before.len());
        let (mut operands, broken) = self.operands();
        if broken {
            operands.push(self.error_expr());
        }
        self.misread.type_call = TypeCall::Found;
        let expr = match operands.as_slice() {
            [index] if subscripted => Expr::Subscript { value: func, index: *index },
            _ if subscripted => {
                let index = self.add_expr(Expr::Tuple(operands.into()));
                Expr::Subscript { value: func, index }
            }
            _ => {
                let args = operands.iter().map(|value| match self.get(*value) {
                    Some(Expr::Starred(value)) => Arg { kind: ArgKind::Star, value: *value },
                    _ => Arg { kind: ArgKind::Positional, value: *value },
                });
                Expr::Call { func, args: args.collect() }
            }
        };
        Some(self.add_expr_at(expr, start, range.end))
    }

    /// `value as target` below another expression.
    fn misplaced_as(&mut self) -> ExprId {
        if self.misread.as_end != Some(self.node().end_byte()) {
            self.error_here("`as` is not allowed here");
            return self.opaque();
        }
        let (value, target) = self.as_pattern();
        self.misread.as_target = target;
        value.unwrap_or_else(|| self.error_expr())
    }

    /// An expression that means nothing, with the errors inside it reported.
    fn opaque(&mut self) -> ExprId {
        self.each(|_, _| {});
        self.error_expr()
    }

    pub(super) fn identifier(&mut self) -> ExprId {
        let source = self.source();
        if source.is_empty() {
            return self.error_expr();
        }
        if matches!(source, "async" | "await") {
            self.error_here(format!("`{source}` is a keyword"));
        }
        let name = names::intern(source);
        self.add_expr(Expr::Name(name))
    }

    fn number(&mut self, read: fn(&str) -> Result<Expr, &'static str>) -> ExprId {
        match read(self.source()) {
            Ok(expr) => self.add_expr(expr),
            Err(message) => {
                self.error_here(message);
                self.error_expr()
            }
        }
    }

    /// Lowers the operands among the children of the node under the cursor. `None` if some text between them is an error.
    pub(super) fn operands(&mut self) -> (Vec<ExprId>, bool) {
        let mut operands = Vec::new();
        let broken = self.each(|this, kind| {
            if !is_punctuation(kind) {
                operands.push(this.expr());
            }
        });
        (operands, broken)
    }

    /// The single expression among the children.
    pub(super) fn inner(&mut self) -> ExprId {
        let (operands, broken) = self.operands();
        match operands.as_slice() {
            [only] if !broken => *only,
            _ => self.error_expr(),
        }
    }

    fn wrapping(&mut self, make: fn(ExprId) -> Expr) -> ExprId {
        let value = self.inner();
        self.add_expr(make(value))
    }

    fn parenthesized(&mut self) -> ExprId {
        let value = self.inner();
        self.in_parentheses(value)
    }

    pub(super) fn in_parentheses(&mut self, value: ExprId) -> ExprId {
        if matches!(self.get(value), Some(Expr::Starred(_))) {
            self.error_here("a starred expression cannot stand alone in parentheses");
            return self.error_expr();
        }
        value
    }

    fn attribute(&mut self, value: ExprId) -> ExprId {
        let mut attr = None;
        let broken = self.each_after(|this, kind| {
            if kind == Kind::Identifier {
                attr = Some(this.name());
            }
        });
        self.cursor.goto_parent();
        match attr {
            Some(attr) if !broken => self.add_expr(Expr::Attribute { value, attr }),
            _ => self.error_expr(),
        }
    }

    /// What stands in the brackets of a subscript: a tuple if there is a comma or a star.
    pub(super) fn index(&mut self, indices: Vec<ExprId>, commas: u32) -> ExprId {
        match indices.as_slice() {
            [] => self.error_expr(),
            [only] if commas == 0 && !matches!(self.get(*only), Some(Expr::Starred(_))) => *only,
            [first, ..] => {
                let start = self.range_of(*first).0;
                let end = indices.last().map_or(start, |last| self.range_of(*last).1);
                self.add_expr_at(Expr::Tuple(indices.into()), start, end)
            }
        }
    }

    fn subscript(&mut self, value: ExprId) -> ExprId {
        let mut indices = Vec::new();
        let mut commas = 0;
        let broken = self.each_after(|this, kind| match kind {
            Kind::LeftBracket | Kind::RightBracket => {}
            Kind::Comma => commas += 1,
            _ => indices.push(this.expr()),
        });
        self.cursor.goto_parent();
        let index = if broken { self.error_expr() } else { self.index(indices, commas) };
        self.add_expr(Expr::Subscript { value, index })
    }

    fn call(&mut self, func: ExprId) -> ExprId {
        let mut args: Box<[Arg]> = Box::default();
        let broken = self.each_after(|this, kind| match kind {
            Kind::ArgumentList => args = this.arguments(),
            Kind::GeneratorExpression => {
                let value = this.expr();
                args = Box::new([Arg { kind: ArgKind::Positional, value }]);
            }
            _ => {}
        });
        self.cursor.goto_parent();
        if broken { self.error_expr() } else { self.add_expr(Expr::Call { func, args }) }
    }

    /// Two operands and the operator between them, the first operand lowered already.
    fn binary(&mut self, left: ExprId) -> ExprId {
        let is_left_bare = self.kind() == Kind::BinaryOperator;
        let mut is_right_bare = false;
        let mut operator = None;
        let mut right = None;
        let broken = self.each_after(|this, kind| {
            if operator.is_none() {
                operator = Some(kind);
            } else {
                is_right_bare = kind == Kind::BinaryOperator;
                right = Some(this.expr());
            }
        });
        self.cursor.goto_parent();
        let (Some(operator), Some(right), false) = (operator, right, broken) else {
            return self.error_expr();
        };
        let expr = match operator {
            Kind::Amp => return self.bitwise_and((left, is_left_bare), (right, is_right_bare)),
            Kind::And => Expr::Bool { or: false, left, right },
            Kind::Or => Expr::Bool { or: true, left, right },
            _ => match binary_op(operator) {
                Some(op) => Expr::Binary { op, left, right },
                None => Expr::Error,
            },
        };
        self.add_expr(expr)
    }

    fn comparison(&mut self) -> ExprId {
        let mut first = None;
        let mut rest = Vec::new();
        let mut operator = None;
        let broken = self.each(|this, kind| {
            if let Some(op) = compare_op(kind) {
                if kind == Kind::LessGreater {
                    this.error_here("`<>` is Python 2; write `!=`");
                }
                operator = Some(op);
                return;
            }
            let operand = this.expr();
            match operator.take() {
                Some(op) => rest.push((op, operand)),
                None => first = Some(operand),
            }
        });
        match first {
            Some(left) if !broken => self.add_expr(Expr::Compare { left, rest: rest.into() }),
            _ => self.error_expr(),
        }
    }

    fn unary(&mut self) -> ExprId {
        let mut op = UnaryOp::Not;
        let mut operand = None;
        let broken = self.each(|this, kind| match kind {
            Kind::Minus => op = UnaryOp::Minus,
            Kind::Plus => op = UnaryOp::Plus,
            Kind::Tilde => op = UnaryOp::Invert,
            Kind::Other => {}
            _ => operand = Some(this.expr()),
        });
        match operand {
            Some(operand) if !broken => self.add_expr(Expr::Unary { op, operand }),
            _ => self.error_expr(),
        }
    }

    fn conditional(&mut self) -> ExprId {
        let mut operands = Vec::new();
        let mut is_walrus = false;
        let broken = self.each(|this, kind| {
            if kind != Kind::Other {
                is_walrus |= operands.is_empty() && kind == Kind::NamedExpression;
                operands.push(this.expr());
            }
        });
        let [then, test, or_else] = operands.as_slice() else { return self.error_expr() };
        let (then, test, or_else) = (*then, *test, *or_else);
        if broken {
            return self.error_expr();
        }
        // `x := a if b else c` comes as `(x := a) if b else c`.
        match self.get(then) {
            Some(Expr::Walrus { target, value }) if is_walrus => {
                let (target, then) = (*target, *value);
                let (start, end) = (self.range_of(then).0, self.node().end_byte());
                let value = self.add_expr_at(Expr::Conditional { test, then, or_else }, start, end);
                self.add_expr(Expr::Walrus { target, value })
            }
            _ => self.add_expr(Expr::Conditional { test, then, or_else }),
        }
    }

    fn lambda(&mut self) -> ExprId {
        let yields = self.yields;
        let mut params: Box<[Param]> = Box::default();
        let mut body = None;
        let broken = self.each(|this, kind| match kind {
            Kind::LambdaParameters => params = this.parameters(),
            Kind::Colon | Kind::Other => {}
            _ => body = Some(this.expr()),
        });
        self.yields = yields;
        match body {
            Some(body) if !broken => self.add_expr(Expr::Lambda { params, body }),
            _ => self.error_expr(),
        }
    }

    fn walrus(&mut self) -> ExprId {
        match self.operands() {
            (operands, false) if operands.len() == 2 => {
                self.add_expr(Expr::Walrus { target: operands[0], value: operands[1] })
            }
            _ => self.error_expr(),
        }
    }

    fn yield_(&mut self) -> ExprId {
        self.yields = true;
        let mut from = false;
        let mut value = None;
        let broken = self.each(|this, kind| match kind {
            Kind::From => from = true,
            Kind::Other => {}
            _ => value = Some(this.expr()),
        });
        match value {
            _ if broken => self.error_expr(),
            Some(value) if from => self.add_expr(Expr::YieldFrom(value)),
            value => self.add_expr(Expr::Yield(value)),
        }
    }

    fn slice_expr(&mut self) -> ExprId {
        let mut parts = [None; 3];
        let mut at = 0;
        let broken = self.each(|this, kind| {
            if kind == Kind::Colon {
                at += 1;
                return;
            }
            let part = this.expr();
            if let Some(slot) = parts.get_mut(at) {
                *slot = Some(part);
            }
        });
        let [lower, upper, step] = parts;
        if broken { self.error_expr() } else { self.add_expr(Expr::Slice { lower, upper, step }) }
    }

    /// `a.b.c` where the grammar has one node for it: in patterns.
    pub(super) fn dotted_value(&mut self) -> ExprId {
        let start = self.node().start_byte();
        let mut value = None;
        let broken = self.each(|this, kind| {
            if kind != Kind::Identifier {
                return;
            }
            value = Some(match value {
                None => this.identifier(),
                Some(value) => {
                    let attr = this.name();
                    let end = this.node().end_byte();
                    this.add_expr_at(Expr::Attribute { value, attr }, start, end)
                }
            });
        });
        match value {
            Some(value) if !broken => value,
            _ => self.error_expr(),
        }
    }
}

fn is_left_nested(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::BinaryOperator | Kind::BooleanOperator | Kind::Attribute | Kind::Subscript | Kind::Call
    )
}
