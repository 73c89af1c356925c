//! Simple statements.

use super::compound::is_compound;
use super::kind::{Field, Kind};
use super::lower::{Lower, TypeCall};
use super::names;
use super::operator::{binary_op, is_punctuation};
use crate::ast::{Alias, Expr, ExprId, Exprs, Stmt, StmtId};
use fact::Name;

/// One `target = value` or `target: annotation = value`.
#[derive(Default)]
struct Link {
    target: Option<ExprId>,
    annotation: Option<ExprId>,
    value: Option<ExprId>,
    /// The value is an assignment itself.
    is_chain: bool,
    broken: bool,
}

impl Lower<'_> {
    /// Lowers the statement under the cursor.
    pub(super) fn stmt(&mut self) -> StmtId {
        match self.deeper(|this| this.stmt_inner()) {
            Some(id) => id,
            None => self.add_stmt(Stmt::Error),
        }
    }

    fn stmt_inner(&mut self) -> StmtId {
        let kind = self.kind();
        if !is_compound(kind) && self.runs_over_line() {
            return self.add_stmt(Stmt::Error);
        }
        let stmt = match kind {
            Kind::ExpressionStatement => self.expression_statement(),
            Kind::ImportStatement => Some(Stmt::Import(self.import_names())),
            Kind::ImportFromStatement => self.import_from(),
            Kind::FutureImportStatement => Some(Stmt::ImportFrom {
                module: Some(fact::name("__future__")),
                level: 0,
                names: Some(self.import_names()),
            }),
            Kind::ReturnStatement => self.optional_value().map(Stmt::Return),
            Kind::RaiseStatement => self.raise(),
            Kind::AssertStatement => self.assert(),
            Kind::DeleteStatement => self.delete(),
            Kind::GlobalStatement => self.names().map(Stmt::Global),
            Kind::NonlocalStatement => self.names().map(Stmt::Nonlocal),
            Kind::TypeAliasStatement => self.type_alias(),
            Kind::PassStatement => Some(Stmt::Pass),
            Kind::BreakStatement => Some(Stmt::Break),
            Kind::ContinueStatement => Some(Stmt::Continue),
            Kind::PrintStatement => self.print(),
            Kind::ExecStatement => {
                self.error_here("the exec statement is Python 2; write exec(...)");
                None
            }
            Kind::Error => {
                self.report_error_node();
                None
            }
            kind => return self.compound(kind),
        };
        self.add_stmt(stmt.unwrap_or(Stmt::Error))
    }

    fn expression_statement(&mut self) -> Option<Stmt> {
        let mut assignment = None;
        let mut values = Vec::new();
        let mut commas = 0;
        let broken = self.each(|this, kind| match kind {
            Kind::Assignment => assignment = this.assignment(),
            Kind::AugmentedAssignment => assignment = this.augmented(),
            Kind::Comma => commas += 1,
            _ => values.push(this.expr()),
        });
        if broken {
            return None;
        }
        if assignment.is_some() {
            return assignment;
        }
        match values.as_slice() {
            [] => None,
            [only] if commas == 0 => {
                if matches!(self.get(*only), Some(Expr::Starred(_))) {
                    self.error_at(*only, "a starred expression cannot stand alone");
                }
                Some(Stmt::Expr(*only))
            }
            _ => Some(Stmt::Expr(self.add_expr(Expr::Tuple(values.into())))),
        }
    }

    /// `a = b = value` is a chain of assignments on the right of one another. It may be long.
    fn assignment(&mut self) -> Option<Stmt> {
        let mut targets = Vec::new();
        let mut links = 0;
        let mut last = self.link();
        while last.is_chain {
            targets.extend(last.target);
            if last.broken || last.annotation.is_some() || !self.cursor.goto_last_child() {
                break;
            }
            links += 1;
            last = self.link();
        }
        let stmt = self.end_of_chain(targets, last);
        for _ in 0..links {
            self.cursor.goto_parent();
        }
        stmt
    }

    /// The parts of one assignment, but for another on its right.
    fn link(&mut self) -> Link {
        let mut link = Link::default();
        link.broken = self.each(|this, kind| match this.field() {
            Field::Left => link.target = Some(this.expr()),
            Field::Type => link.annotation = Some(this.expr()),
            Field::Right if kind == Kind::Assignment => link.is_chain = true,
            Field::Right if kind == Kind::AugmentedAssignment => {
                this.error_here("an augmented assignment has no value");
                link.value = Some(this.error_expr());
            }
            Field::Right => link.value = Some(this.expr()),
            _ => {}
        });
        link
    }

    fn end_of_chain(&mut self, mut targets: Vec<ExprId>, last: Link) -> Option<Stmt> {
        let Link { target, annotation, value, is_chain, broken } = last;
        let target = target?;
        if broken {
            return None;
        }
        if let Some(annotation) = annotation {
            if !targets.is_empty() || is_chain {
                self.error_here("only a single target can be annotated");
                return None;
            }
            if !matches!(
                self.get(target),
                Some(Expr::Name(_) | Expr::Attribute { .. } | Expr::Subscript { .. })
            ) {
                self.error_at(target, "this target cannot be annotated");
            }
            return Some(Stmt::AnnAssign { target, annotation, value });
        }
        if matches!(self.get(target), Some(Expr::Starred(_))) {
            self.error_at(target, "a starred target must be in a list or tuple");
        }
        let value = value?;
        if matches!(self.get(value), Some(Expr::Starred(_))) {
            self.error_at(value, "a starred expression cannot stand alone");
        }
        targets.push(target);
        Some(Stmt::Assign { targets: targets.into(), value })
    }

    fn augmented(&mut self) -> Option<Stmt> {
        let mut target = None;
        let mut op = None;
        let mut value = None;
        let broken = self.each(|this, kind| match this.field() {
            Field::Left => target = Some(this.expr()),
            Field::Right if matches!(kind, Kind::Assignment | Kind::AugmentedAssignment) => {
                this.error_here("an augmented assignment cannot be chained");
            }
            Field::Right => value = Some(this.expr()),
            _ => op = binary_op(kind),
        });
        let target = target?;
        if !matches!(self.get(target), Some(Expr::Name(_) | Expr::Attribute { .. } | Expr::Subscript { .. }))
        {
            self.error_at(target, "this target cannot be changed in place");
        }
        if broken { None } else { Some(Stmt::AugAssign { target, op: op?, value: value? }) }
    }

    fn import_names(&mut self) -> Box<[Alias]> {
        let mut names = Vec::new();
        self.check_last_comma();
        self.each(|this, kind| match kind {
            Kind::DottedName => {
                let name = this.dotted_name();
                names.push(Alias { name, alias: None });
            }
            Kind::AliasedImport => {
                let alias = this.aliased_import();
                names.extend(alias);
            }
            _ => {}
        });
        names.into()
    }

    fn check_last_comma(&mut self) {
        let source = self.source();
        if source.ends_with(',') {
            let end = self.node().end_byte();
            self.error(end - 1, end, "an import can only end in a comma inside parentheses");
        }
    }

    fn aliased_import(&mut self) -> Option<Alias> {
        let mut name = None;
        let mut alias = None;
        self.each(|this, kind| match kind {
            Kind::DottedName => name = Some(this.dotted_name()),
            Kind::Identifier => alias = Some(this.name()),
            _ => {}
        });
        Some(Alias { name: name?, alias })
    }

    /// A dotted name as one, however it is spaced.
    fn dotted_name(&mut self) -> Name {
        let source = self.source();
        if source.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.')) {
            return names::intern(source);
        }
        let mut parts = Vec::new();
        self.each(|this, kind| {
            if kind == Kind::Identifier {
                parts.push(this.source());
            }
        });
        fact::name(&parts.join("."))
    }

    fn import_from(&mut self) -> Option<Stmt> {
        let mut module = None;
        let mut level = 0;
        let mut star = false;
        let mut names = Vec::new();
        self.check_last_comma();
        let broken = self.each(|this, kind| match kind {
            Kind::RelativeImport => {
                this.each(|this, kind| match kind {
                    Kind::ImportPrefix => level = this.source().bytes().filter(|b| *b == b'.').count() as u32,
                    Kind::DottedName => module = Some(this.dotted_name()),
                    _ => {}
                });
            }
            Kind::DottedName if this.field() == Field::Name => {
                let name = this.dotted_name();
                if name.contains('.') {
                    this.error_here("an imported name cannot be dotted");
                }
                names.push(Alias { name, alias: None });
            }
            Kind::DottedName => module = Some(this.dotted_name()),
            Kind::AliasedImport => {
                let alias = this.aliased_import();
                names.extend(alias);
            }
            Kind::WildcardImport => star = true,
            _ => {}
        });
        if broken || (!star && names.is_empty()) || (module.is_none() && level == 0) {
            return None;
        }
        Some(Stmt::ImportFrom { module, level, names: (!star).then(|| names.into()) })
    }

    /// The value of a statement that may go without; `None` if it cannot be read.
    fn optional_value(&mut self) -> Option<Option<ExprId>> {
        match self.operands() {
            (_, true) => None,
            (operands, _) => Some(operands.first().copied()),
        }
    }

    fn raise(&mut self) -> Option<Stmt> {
        let mut exception = None;
        let mut cause = None;
        let broken = self.each(|this, kind| {
            if is_punctuation(kind) || kind == Kind::From {
                return;
            }
            if kind == Kind::ExpressionList {
                this.error_here("raise with a comma is Python 2; write raise Error(message)");
            }
            if this.field() == Field::Cause {
                cause = Some(this.expr());
            } else {
                exception = Some(this.expr());
            }
        });
        if exception.is_none() && cause.is_some() {
            self.error_here("raise ... from needs an exception");
        }
        (!broken).then_some(Stmt::Raise { exception, cause })
    }

    fn assert(&mut self) -> Option<Stmt> {
        let (operands, broken) = self.operands();
        match operands.as_slice() {
            _ if broken => None,
            [test] => Some(Stmt::Assert { test: *test, message: None }),
            [test, message] => Some(Stmt::Assert { test: *test, message: Some(*message) }),
            _ => {
                self.error_here("assert takes a test and a message");
                None
            }
        }
    }

    fn delete(&mut self) -> Option<Stmt> {
        let (mut targets, broken) = self.operands();
        let broken = broken || targets.is_empty();
        if let [only] = targets.as_slice()
            && let Some(Expr::Tuple(elements)) = self.get(*only)
        {
            targets = elements.to_vec();
        }
        for target in &targets {
            self.check_deletable(*target);
        }
        (!broken).then(|| Stmt::Delete(targets.into()))
    }

    fn check_deletable(&mut self, target: ExprId) {
        let nested: Exprs = match self.get(target) {
            Some(Expr::Name(_) | Expr::Attribute { .. } | Expr::Subscript { .. } | Expr::Error) => return,
            Some(Expr::Tuple(elements) | Expr::List(elements)) => elements.clone(),
            _ => return self.error_at(target, "this cannot be deleted"),
        };
        for element in nested {
            self.check_deletable(element);
        }
    }

    fn names(&mut self) -> Option<Box<[Name]>> {
        let mut names = Vec::new();
        let broken = self.each(|this, kind| {
            if kind == Kind::Identifier {
                names.push(this.name());
            }
        });
        (!broken && !names.is_empty()).then(|| names.into())
    }

    /// `type Name = value`, or an assignment to something of `type(...)`.
    fn type_alias(&mut self) -> Option<Stmt> {
        let mut left = None;
        let mut value = None;
        let broken = self.each(|this, _| match this.field() {
            Field::Left => {
                this.misread.type_call = TypeCall::Possible;
                left = Some(this.expr());
            }
            Field::Right => value = Some(this.expr()),
            _ => {}
        });
        let left = left?;
        if std::mem::take(&mut self.misread.type_call) == TypeCall::Found {
            let value = value.filter(|_| !broken)?;
            return Some(Stmt::Assign { targets: Box::new([left]), value });
        }
        // `type Pair[T] = ...`: the parameters do not matter to the name.
        let name_node = match self.get(left) {
            Some(Expr::Subscript { value, .. }) => *value,
            _ => left,
        };
        match (self.get(name_node), value) {
            (Some(Expr::Name(name)), Some(value)) if !broken => Some(Stmt::TypeAlias { name: *name, value }),
            _ => {
                self.error_at(left, "a type alias needs a plain name");
                None
            }
        }
    }

    fn print(&mut self) -> Option<Stmt> {
        let start = self.node().start_byte();
        let mut arguments = Vec::new();
        let mut commas = 0;
        let mut chevron = None;
        let broken = self.each(|this, kind| match kind {
            Kind::Comma => commas += 1,
            Kind::Other => {}
            Kind::Chevron => {
                let end = this.node().end_byte();
                let right = this.inner();
                let left = this.add_expr_at(Expr::Name(fact::name("print")), start, start + 5);
                let op = crate::ast::BinaryOp::RShift;
                chevron = Some(this.add_expr_at(Expr::Binary { op, left, right }, start, end));
            }
            _ => arguments.push(this.expr()),
        });
        // `print >> file, text` is an expression to Python 3: a tuple whose first element is a shift.
        match chevron {
            Some(shift) if commas == 0 && !broken => Some(Stmt::Expr(shift)),
            Some(shift) if !broken => {
                arguments.insert(0, shift);
                Some(Stmt::Expr(self.add_expr(Expr::Tuple(arguments.into()))))
            }
            _ => {
                self.error_here("the print statement is Python 2; write print(...)");
                None
            }
        }
    }
}
