//! The module-level variables of a file, as far as literals, concatenation and earlier variables tell.

use fact::{Fact, FileId, Name, Place, Reason, Unknown, name};
use python::ast::{Arg, ArgKind, BinaryOp, Expr, ExprId, FPart, ItemTree, Module, Stmt, StmtId};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What a variable holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    None(Place),
    Text(Arc<str>, Place),
    /// A tuple, a list or a set.
    Sequence(Vec<Value>, Place),
    /// A value of another type: what it is.
    Other(&'static str, Place),
    Unknown(Unknown),
}

impl Value {
    pub(super) fn place(&self) -> Option<Place> {
        match self {
            Value::None(place)
            | Value::Text(_, place)
            | Value::Sequence(_, place)
            | Value::Other(_, place) => Some(*place),
            Value::Unknown(unknown) => unknown.place,
        }
    }

    pub(super) fn describe(&self) -> &'static str {
        match self {
            Value::None(_) => "None",
            Value::Text(..) => "a string",
            Value::Sequence(..) => "a sequence",
            Value::Other(what, _) => what,
            Value::Unknown(_) => "not known",
        }
    }

    fn truth(&self) -> Option<bool> {
        match self {
            Value::None(_) => Some(false),
            Value::Text(text, _) => Some(!text.is_empty()),
            Value::Sequence(items, _) => Some(!items.is_empty()),
            Value::Other(..) | Value::Unknown(_) => None,
        }
    }

    fn at(self, place: Place) -> Value {
        match self {
            Value::None(_) => Value::None(place),
            Value::Text(text, _) => Value::Text(text, place),
            Value::Sequence(items, _) => Value::Sequence(items, place),
            Value::Other(what, _) => Value::Other(what, place),
            Value::Unknown(unknown) => Value::Unknown(unknown),
        }
    }
}

/// The module-level variables after the whole file has run.
#[derive(Debug, Default)]
pub(super) struct Variables {
    values: FxHashMap<Name, Value>,
    /// A star import may bind what nothing else binds.
    star: Option<Value>,
}

impl Variables {
    pub(super) fn of(module: &Module, file: FileId) -> Variables {
        let mut variables = Variables::default();
        for (index, item) in (0u32..).zip(&module.items) {
            let mut runner = Runner { tree: &item.tree, file, item: index, variables: &mut variables };
            if let Some(root) = item.tree.root {
                runner.run(root, None);
            }
        }
        variables
    }

    pub(super) fn get(&self, variable: Name) -> Option<&Value> {
        self.values.get(&variable).or(self.star.as_ref())
    }

    /// Where `variable` is bound, if it is.
    pub(super) fn place(&self, variable: Name) -> Fact<Option<Place>> {
        match (self.values.get(&variable), &self.star) {
            (Some(value), _) => Fact::Known(value.place()),
            (None, Some(Value::Unknown(unknown))) => Fact::Unknown(unknown.clone()),
            (None, _) => Fact::Known(None),
        }
    }
}

struct Runner<'a> {
    tree: &'a ItemTree,
    file: FileId,
    item: u32,
    variables: &'a mut Variables,
}

impl Runner<'_> {
    fn place(&self, expr: ExprId) -> Place {
        Place::new(self.file, self.item, expr.into())
    }

    fn unknown(&self, reason: Reason, expr: ExprId) -> Value {
        Value::Unknown(Unknown::new(reason, self.place(expr)))
    }

    fn block(&mut self, block: &[StmtId], doubt: Option<&Reason>) {
        for stmt in block {
            self.run(*stmt, doubt);
        }
    }

    /// Runs a statement; with a `doubt`, whether it runs is not known, and neither is what it binds.
    fn run(&mut self, id: StmtId, doubt: Option<&Reason>) {
        let tree = self.tree;
        let undecided = Some(&Reason::UndecidedTest);
        match tree.stmt(id) {
            Stmt::Assign { targets, value } => {
                let value = self.evaluate(*value);
                for target in targets {
                    self.assign(*target, value.clone(), doubt);
                }
            }
            Stmt::AnnAssign { target, value: Some(value), .. } => {
                let value = self.evaluate(*value);
                self.assign(*target, value, doubt);
            }
            Stmt::AugAssign { target, op, value } => {
                let left = self.evaluate(*target);
                let right = self.evaluate(*value);
                let value = self.binary(*op, left, right, *value);
                self.assign(*target, value, doubt);
            }
            Stmt::FunctionDef(function) => {
                self.bind(function.name, Value::Other("a function", self.place(function.name_node)), doubt);
            }
            Stmt::ClassDef(class) => {
                self.bind(class.name, Value::Other("a class", self.place(class.name_node)), doubt);
            }
            Stmt::Import(names) => {
                for alias in names {
                    let first = alias.name.split('.').next().unwrap_or_default();
                    self.import(alias.alias.unwrap_or(name(first)), &alias.name, id);
                }
            }
            Stmt::ImportFrom { module, names: Some(names), .. } => {
                for alias in names {
                    let module = module.map_or("", |module| module.as_str());
                    let path = format!("{module}.{}", alias.name);
                    self.import(alias.alias.unwrap_or(alias.name), &path, id);
                }
            }
            Stmt::ImportFrom { module, names: None, .. } => {
                let path = module.map_or("a relative import", |module| module.as_str());
                self.variables.star = Some(self.imported(path, id));
            }
            Stmt::Delete(targets) => {
                for target in targets {
                    if let Expr::Name(variable) = tree.expr(*target) {
                        self.variables.values.remove(variable);
                    }
                }
            }
            Stmt::If { test, body, or_else } => match self.decide(*test) {
                Some(true) => self.block(body, doubt),
                Some(false) => self.block(or_else, doubt),
                None => {
                    self.block(body, undecided);
                    self.block(or_else, undecided);
                }
            },
            Stmt::For { body, or_else, .. } | Stmt::While { body, or_else, .. } => {
                self.block(body, Some(&Reason::UnknownLoop));
                self.block(or_else, doubt);
            }
            Stmt::Try { body, handlers, or_else, finally } => {
                self.block(body, doubt);
                for handler in handlers {
                    self.block(&handler.body, undecided);
                }
                self.block(or_else, doubt);
                self.block(finally, doubt);
            }
            Stmt::With { body, .. } => self.block(body, doubt),
            Stmt::Match { cases, .. } => {
                for case in cases {
                    self.block(&case.body, undecided);
                }
            }
            _ => {}
        }
    }

    fn import(&mut self, variable: Name, path: &str, stmt: StmtId) {
        let value = self.imported(path, stmt);
        self.variables.values.insert(variable, value);
    }

    fn imported(&self, path: &str, stmt: StmtId) -> Value {
        let place = Place::new(self.file, self.item, stmt.into());
        Value::Unknown(Unknown::new(Reason::OutsideProject(path.into()), place))
    }

    fn bind(&mut self, variable: Name, value: Value, doubt: Option<&Reason>) {
        let value = match doubt {
            Some(reason) => Value::Unknown(Unknown { reason: reason.clone(), place: value.place() }),
            None => value,
        };
        self.variables.values.insert(variable, value);
    }

    fn assign(&mut self, target: ExprId, value: Value, doubt: Option<&Reason>) {
        match self.tree.expr(target) {
            Expr::Name(variable) => self.bind(*variable, value, doubt),
            Expr::Tuple(targets) | Expr::List(targets) => {
                let items = match value {
                    Value::Sequence(items, _) if items.len() == targets.len() => items,
                    _ => {
                        let what = Reason::UnsupportedSyntax("unpacking this value".into());
                        vec![self.unknown(what, target); targets.len()]
                    }
                };
                for (target, item) in targets.iter().zip(items) {
                    self.assign(*target, item, doubt);
                }
            }
            Expr::Starred(inner) => {
                let what = Reason::UnsupportedSyntax("a starred target".into());
                let value = self.unknown(what, target);
                self.assign(*inner, value, doubt);
            }
            _ => {}
        }
    }

    fn decide(&self, test: ExprId) -> Option<bool> {
        match self.tree.expr(test) {
            Expr::True => Some(true),
            Expr::False => Some(false),
            Expr::Name(variable) if variable == "TYPE_CHECKING" => Some(false),
            Expr::Attribute { attr, .. } if attr == "TYPE_CHECKING" => Some(false),
            _ => None,
        }
    }

    fn evaluate(&self, id: ExprId) -> Value {
        let place = self.place(id);
        let unsupported = |what: &str| self.unknown(Reason::UnsupportedSyntax(what.into()), id);
        match self.tree.expr(id) {
            Expr::None => Value::None(place),
            Expr::Str(text) => Value::Text(text.clone(), place),
            Expr::Int(_) | Expr::Float(_) | Expr::Complex => Value::Other("a number", place),
            Expr::True | Expr::False => Value::Other("a boolean", place),
            Expr::Bytes(_) => Value::Other("a bytes object", place),
            Expr::Dict(_) => Value::Other("a dictionary", place),
            Expr::Ellipsis => Value::Other("an ellipsis", place),
            Expr::Lambda { .. } => Value::Other("a function", place),
            Expr::Tuple(items) | Expr::List(items) | Expr::Set(items) => self.sequence(items, id),
            Expr::Name(variable) => match self.variables.get(*variable) {
                Some(value) => value.clone().at(place),
                None => self.unknown(Reason::NameNotFound(variable.as_str().into()), id),
            },
            Expr::Binary { op, left, right } => {
                self.binary(*op, self.evaluate(*left), self.evaluate(*right), id)
            }
            Expr::FString(parts) => self.formatted(parts, id),
            Expr::Conditional { test, then, or_else } => match self.decide(*test) {
                Some(true) => self.evaluate(*then),
                Some(false) => self.evaluate(*or_else),
                None => self.unknown(Reason::UndecidedTest, *test),
            },
            Expr::Bool { or, left, right } => {
                let left = self.evaluate(*left);
                match left.truth() {
                    Some(truth) if truth == *or => left,
                    Some(_) => self.evaluate(*right),
                    None => self.unknown(Reason::UndecidedTest, id),
                }
            }
            Expr::Walrus { value, .. } => self.evaluate(*value),
            Expr::Call { func, args } => self.call(*func, args, id),
            Expr::Attribute { .. } => unsupported("an attribute"),
            Expr::Subscript { .. } => unsupported("a subscript"),
            Expr::Comprehension { .. } => unsupported("a comprehension"),
            Expr::Error => self.unknown(Reason::SyntaxError, id),
            _ => unsupported("this expression"),
        }
    }

    fn sequence(&self, items: &[ExprId], id: ExprId) -> Value {
        let mut values = Vec::new();
        for item in items {
            match self.tree.expr(*item) {
                Expr::Starred(inner) => match self.evaluate(*inner) {
                    Value::Sequence(items, _) => values.extend(items),
                    Value::Unknown(unknown) => return Value::Unknown(unknown),
                    _ => return self.unknown(Reason::UnsupportedSyntax("a starred item".into()), *item),
                },
                _ => values.push(self.evaluate(*item)),
            }
        }
        Value::Sequence(values, self.place(id))
    }

    fn binary(&self, op: BinaryOp, left: Value, right: Value, id: ExprId) -> Value {
        match (op, left, right) {
            (_, Value::Unknown(unknown), _) | (_, _, Value::Unknown(unknown)) => Value::Unknown(unknown),
            (BinaryOp::Add, Value::Text(a, _), Value::Text(b, _)) => {
                Value::Text(format!("{a}{b}").into(), self.place(id))
            }
            (BinaryOp::Add, Value::Sequence(mut a, _), Value::Sequence(b, _)) => {
                a.extend(b);
                Value::Sequence(a, self.place(id))
            }
            _ => self.unknown(Reason::UnsupportedSyntax("this operation".into()), id),
        }
    }

    fn formatted(&self, parts: &[FPart], id: ExprId) -> Value {
        let mut out = String::new();
        for part in parts {
            match part {
                FPart::Text(text) => out.push_str(text),
                FPart::Value { value, conversion: None | Some('s'), spec, debug: false }
                    if spec.is_empty() =>
                {
                    match self.evaluate(*value) {
                        Value::Text(text, _) => out.push_str(&text),
                        Value::Unknown(unknown) => return Value::Unknown(unknown),
                        _ => return self.unknown(Reason::UnsupportedSyntax("an f-string".into()), *value),
                    }
                }
                FPart::Value { value, .. } => {
                    return self.unknown(Reason::UnsupportedSyntax("an f-string".into()), *value);
                }
            }
        }
        Value::Text(out.into(), self.place(id))
    }

    /// Conversions between the types that Alembic takes; any other call is not run.
    fn call(&self, func: ExprId, args: &[Arg], id: ExprId) -> Value {
        let unsupported = || self.unknown(Reason::UnsupportedSyntax("a call".into()), id);
        let Expr::Name(function) = self.tree.expr(func) else { return unsupported() };
        if self.variables.get(*function).is_some() {
            return unsupported();
        }
        let place = self.place(id);
        match (function.as_str(), args) {
            ("tuple" | "list" | "set" | "frozenset", []) => Value::Sequence(Vec::new(), place),
            ("tuple" | "list" | "set" | "frozenset", [Arg { kind: ArgKind::Positional, value }]) => {
                match self.evaluate(*value) {
                    value @ (Value::Sequence(..) | Value::Unknown(_)) => value.at(place),
                    _ => unsupported(),
                }
            }
            ("str", [Arg { kind: ArgKind::Positional, value }]) => match self.evaluate(*value) {
                value @ (Value::Text(..) | Value::Unknown(_)) => value.at(place),
                _ => unsupported(),
            },
            _ => unsupported(),
        }
    }
}
