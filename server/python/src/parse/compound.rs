//! Compound statements and the blocks in them.

use super::kind::{Field, Kind};
use super::lower::Lower;
use super::operator::is_punctuation;
use crate::ast::{
    Arg, Block, ClassDef, Expr, ExprId, Exprs, FunctionDef, Handler, Param, Stmt, StmtId, WithItem,
};
use fact::Name;

/// The `test: body` of an `if` or `elif`.
struct Branch {
    test: ExprId,
    body: Block,
    start: usize,
}

pub(super) fn is_compound(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::IfStatement
            | Kind::ForStatement
            | Kind::WhileStatement
            | Kind::TryStatement
            | Kind::WithStatement
            | Kind::FunctionDefinition
            | Kind::ClassDefinition
            | Kind::DecoratedDefinition
            | Kind::MatchStatement
    )
}

impl Lower<'_> {
    pub(super) fn compound(&mut self, kind: Kind) -> StmtId {
        self.head_start = Some(self.node().start_byte());
        let stmt = match kind {
            Kind::IfStatement => self.if_statement(),
            Kind::ForStatement => self.for_statement(),
            Kind::WhileStatement => self.while_statement(),
            Kind::TryStatement => Some(self.try_statement()),
            Kind::WithStatement => Some(self.with_statement()),
            Kind::FunctionDefinition => self.function(Exprs::default()),
            Kind::ClassDefinition => self.class(Exprs::default()),
            Kind::DecoratedDefinition => self.decorated(),
            Kind::MatchStatement => self.match_statement(),
            _ => {
                self.each(|_, _| {});
                None
            }
        };
        self.add_stmt(stmt.unwrap_or(Stmt::Error))
    }

    /// Puts a statement that cannot be evaluated before those of a compound statement whose head did not parse.
    fn guarded(&mut self, body: Block, broken: bool) -> Block {
        if !broken {
            return body;
        }
        let node = self.node();
        let error = self.add_stmt_at(Stmt::Error, node.start_byte(), node.start_byte());
        std::iter::once(error).chain(body).collect()
    }

    fn if_statement(&mut self) -> Option<Stmt> {
        let end = self.node().end_byte();
        let mut branches = Vec::new();
        let mut or_else = Block::default();
        let mut test = None;
        let mut body = Block::default();
        let start = self.node().start_byte();
        let broken = self.each(|this, kind| match kind {
            Kind::ElifClause => {
                let branch = this.elif_clause();
                branches.extend(branch);
            }
            Kind::ElseClause => or_else = this.clause_block(),
            Kind::Block => body = this.block(),
            kind if is_punctuation(kind) => {}
            _ => test = Some(this.expr()),
        });
        let body = self.guarded(body, broken);
        let test = test?;
        branches.insert(0, Branch { test, body, start });
        // An `elif` is an `if` in the `else`: built from the last one backwards.
        while branches.len() > 1 {
            let Some(Branch { test, body, start }) = branches.pop() else { break };
            let nested = self.add_stmt_at(Stmt::If { test, body, or_else }, start, end);
            or_else = Box::new([nested]);
        }
        let Branch { test, body, .. } = branches.pop()?;
        Some(Stmt::If { test, body, or_else })
    }

    fn elif_clause(&mut self) -> Option<Branch> {
        let start = self.node().start_byte();
        self.head_start = Some(start);
        let mut test = None;
        let mut body = Block::default();
        let broken = self.each(|this, kind| match kind {
            Kind::Block => body = this.block(),
            kind if is_punctuation(kind) => {}
            _ => test = Some(this.expr()),
        });
        let body = self.guarded(body, broken);
        let test = test.unwrap_or_else(|| self.error_expr());
        Some(Branch { test, body, start })
    }

    /// The block of an `else` or `finally`.
    fn clause_block(&mut self) -> Block {
        let mut body = Block::default();
        let broken = self.each(|this, kind| {
            if kind == Kind::Block {
                body = this.block();
            }
        });
        self.guarded(body, broken)
    }

    fn for_statement(&mut self) -> Option<Stmt> {
        let mut target = None;
        let mut iter = None;
        let mut body = Block::default();
        let mut or_else = Block::default();
        let mut is_async = false;
        let broken = self.each(|this, kind| match kind {
            Kind::Async => is_async = true,
            Kind::Block => body = this.block(),
            Kind::ElseClause => or_else = this.clause_block(),
            kind if is_punctuation(kind) => {}
            _ if target.is_none() => target = Some(this.expr()),
            _ => iter = Some(this.expr()),
        });
        let body = self.guarded(body, broken);
        Some(Stmt::For { target: target?, iter: iter?, body, or_else, is_async })
    }

    fn while_statement(&mut self) -> Option<Stmt> {
        let mut test = None;
        let mut body = Block::default();
        let mut or_else = Block::default();
        let broken = self.each(|this, kind| match kind {
            Kind::Block => body = this.block(),
            Kind::ElseClause => or_else = this.clause_block(),
            kind if is_punctuation(kind) => {}
            _ => test = Some(this.expr()),
        });
        let body = self.guarded(body, broken);
        Some(Stmt::While { test: test?, body, or_else })
    }

    fn try_statement(&mut self) -> Stmt {
        let mut body = Block::default();
        let mut handlers = Vec::new();
        let mut or_else = Block::default();
        let mut finally = Block::default();
        let mut has_finally = false;
        let broken = self.each(|this, kind| match kind {
            Kind::Block => body = this.block(),
            Kind::ExceptClause => {
                let handler = this.handler();
                handlers.push(handler);
            }
            Kind::ElseClause => or_else = this.clause_block(),
            Kind::FinallyClause => {
                has_finally = true;
                finally = this.clause_block();
            }
            _ => {}
        });
        if handlers.is_empty() && !has_finally && !broken {
            let start = self.node().start_byte();
            self.error(start, start + 3, "`try` needs an `except` or a `finally`");
        }
        let body = self.guarded(body, broken);
        Stmt::Try { body, handlers: handlers.into(), or_else, finally }
    }

    fn handler(&mut self) -> Handler {
        let mut exceptions = Vec::new();
        let mut name = None;
        let mut body = Block::default();
        let broken = self.each(|this, kind| match kind {
            Kind::Block => body = this.block(),
            Kind::AsPattern => {
                let (value, target) = this.as_pattern();
                exceptions.extend(value);
                name = target;
            }
            Kind::As => {}
            kind if is_punctuation(kind) => {}
            _ if this.field() == Field::Alias => name = Some(this.expr()),
            _ => {
                let (exception, target) = this.expr_as();
                exceptions.push(exception);
                name = name.or(target);
            }
        });
        let body = self.guarded(body, broken);
        let exception = match exceptions.as_slice() {
            [] => None,
            // `except *Group` may be read as an unpacking.
            [only] => Some(match self.get(*only) {
                Some(Expr::Starred(inner)) => *inner,
                _ => *only,
            }),
            // Python 3.14 takes several exceptions without parentheses.
            [first, .., last] => {
                let (start, end) = (self.range_of(*first).0, self.range_of(*last).1);
                Some(self.add_expr_at(Expr::Tuple(exceptions.into()), start, end))
            }
        };
        let name = name.and_then(|id| match self.get(id) {
            Some(Expr::Name(name)) => Some(*name),
            Some(Expr::Error) => None,
            _ => {
                self.error_at(id, "an exception can only be bound to a name");
                None
            }
        });
        Handler { exception, name, body }
    }

    /// An expression that may end in `as target`.
    fn expr_as(&mut self) -> (ExprId, Option<ExprId>) {
        let end = self.node().end_byte();
        let outer = self.misread.as_end.replace(end);
        let value = self.expr();
        self.misread.as_end = outer;
        (value, self.misread.as_target.take())
    }

    /// `value as target`.
    pub(super) fn as_pattern(&mut self) -> (Option<ExprId>, Option<ExprId>) {
        let mut value = None;
        let mut target = None;
        let broken = self.each(|this, kind| match kind {
            Kind::As => {}
            Kind::AsPatternTarget => target = Some(this.expr()),
            _ => value = Some(this.expr()),
        });
        if broken {
            return (Some(self.error_expr()), target);
        }
        (value, target)
    }

    fn with_statement(&mut self) -> Stmt {
        let mut items = Vec::new();
        let mut body = Block::default();
        let mut is_async = false;
        let mut broken = false;
        broken |= self.each(|this, kind| match kind {
            Kind::Async => is_async = true,
            Kind::Block => body = this.block(),
            Kind::WithClause => {
                broken |= this.each(|this, kind| {
                    if kind == Kind::WithItem {
                        this.with_items(&mut items);
                    }
                });
            }
            _ => {}
        });
        let body = self.guarded(body, broken);
        Stmt::With { items: items.into(), body, is_async }
    }

    fn with_items(&mut self, items: &mut Vec<WithItem>) {
        self.each(|this, kind| match kind {
            Kind::AsPattern => {
                let (value, target) = this.as_pattern();
                let context = value.unwrap_or_else(|| this.error_expr());
                items.push(WithItem { context, target });
            }
            // `with (a as b, c as d):` is one item to the grammar where it could also be a tuple.
            Kind::Tuple | Kind::ParenthesizedExpression if this.has_as_pattern() => {
                this.deeper(|this| this.with_items(items));
            }
            kind if is_punctuation(kind) => {}
            _ => {
                let (context, target) = this.expr_as();
                items.push(WithItem { context, target });
            }
        });
    }

    fn has_as_pattern(&self) -> bool {
        let mut cursor = self.node().walk();
        self.node().children(&mut cursor).any(|child| child.kind() == "as_pattern")
    }

    fn decorated(&mut self) -> Option<Stmt> {
        let mut decorators = Vec::new();
        let mut definition = None;
        let broken = self.each(|this, kind| match kind {
            Kind::Decorator => {
                this.runs_over_line();
                let decorator = this.inner();
                decorators.push(decorator);
            }
            Kind::FunctionDefinition => definition = this.function(std::mem::take(&mut decorators).into()),
            Kind::ClassDefinition => definition = this.class(std::mem::take(&mut decorators).into()),
            _ => {}
        });
        if broken { None } else { definition }
    }

    fn function(&mut self, decorators: Exprs) -> Option<Stmt> {
        self.head_start = Some(self.node().start_byte());
        let outer = std::mem::replace(&mut self.yields, false);
        let mut name_node = None;
        let mut params: Box<[Param]> = Box::default();
        let mut returns = None;
        let mut body = Block::default();
        let mut is_async = false;
        let broken = self.each(|this, kind| match kind {
            Kind::Async => is_async = true,
            Kind::Identifier => name_node = Some(this.identifier()),
            Kind::Parameters => params = this.parameters(),
            Kind::Type if this.field() == Field::ReturnType => returns = Some(this.expr()),
            Kind::Block => body = this.block(),
            _ => {}
        });
        let is_generator = std::mem::replace(&mut self.yields, outer);
        let body = self.guarded(body, broken);
        let (name, name_node) = self.defined(name_node)?;
        Some(Stmt::FunctionDef(Box::new(FunctionDef {
            name,
            name_node,
            params,
            returns,
            decorators,
            body,
            is_async,
            is_generator,
        })))
    }

    fn class(&mut self, decorators: Exprs) -> Option<Stmt> {
        self.head_start = Some(self.node().start_byte());
        let outer = std::mem::replace(&mut self.yields, false);
        let mut name_node = None;
        let mut args: Box<[Arg]> = Box::default();
        let mut body = Block::default();
        let broken = self.each(|this, kind| match kind {
            Kind::Identifier => name_node = Some(this.identifier()),
            Kind::ArgumentList => args = this.arguments(),
            Kind::Block => body = this.block(),
            _ => {}
        });
        self.yields = outer;
        let body = self.guarded(body, broken);
        let (name, name_node) = self.defined(name_node)?;
        Some(Stmt::ClassDef(Box::new(ClassDef { name, name_node, args, decorators, body })))
    }

    fn defined(&self, name_node: Option<ExprId>) -> Option<(Name, ExprId)> {
        let name_node = name_node?;
        match self.get(name_node) {
            Some(Expr::Name(name)) => Some((*name, name_node)),
            _ => None,
        }
    }
}
