//! Annotations of mapped attributes: `Mapped[Optional[int]]`, also as text.

use super::naming::is_name;
use crate::column::{ColumnSpec, column_spec};
use crate::path::{Canonical, canonical, core_name};
use crate::scope::Scope;
use fact::{Name, Place, Reason, Unknown, name};
use python::ast::{BinaryOp, Expr, ExprId, ItemTree, Stmt};
use python::eval::Interp;
use python::host::Host;
use python::value::{Symbol, Value};
use std::sync::Arc;

/// What an annotation says of a column.
#[derive(Debug, Clone)]
pub(super) struct Annotated {
    /// It stood in `Mapped[...]`.
    pub mapped: bool,
    /// None is allowed.
    pub optional: bool,
    /// The type without `Optional` around it; `Annotated[...]` is still on.
    pub inner: Value,
    /// `mapped_column(...)` and other things inside `Annotated[...]`.
    pub extras: Vec<Value>,
}

/// Annotations nested deeper than this are not looked into.
const MAX_DEPTH: u32 = 12;

/// Takes an annotation apart. `None`: it marks no column (`ClassVar`, `relationship` collections).
pub(super) fn read<H: Host>(
    interp: &mut Interp<'_, H>,
    annotation: &Value,
    module: Name,
    place: Place,
) -> Option<Annotated> {
    let mut value = resolve(interp, annotation, module, place);
    let mut mapped = false;
    if let Some(Symbol::Item { of, index }) = value.as_symbol() {
        if is_mapped(of) {
            mapped = true;
            value = resolve(interp, &index.clone(), module, place);
        } else if is_no_column(of) {
            return None;
        }
    }
    if is_no_column(&value) {
        return None;
    }
    let mut annotated = Annotated { mapped, optional: false, inner: value, extras: Vec::new() };
    annotated.unwrap(interp, module, place, 0);
    Some(annotated)
}

/// `Mapped` and what may stand for it; `MappedColumn` too.
fn is_mapped(value: &Value) -> bool {
    core_name(value).is_some_and(|name| matches!(name.as_str(), "Mapped" | "MappedColumn"))
}

fn is_no_column(value: &Value) -> bool {
    let last = value.as_path().and_then(|path| path.rsplit('.').next().map(str::to_owned));
    last.is_some_and(|last| {
        matches!(
            last.as_str(),
            "ClassVar" | "DynamicMapped" | "WriteOnlyMapped" | "AssociationProxy" | "Relationship"
        )
    })
}

impl Annotated {
    fn unwrap<H: Host>(&mut self, interp: &mut Interp<'_, H>, module: Name, place: Place, depth: u32) {
        if depth > MAX_DEPTH {
            return;
        }
        self.inner = resolve(interp, &self.inner.clone(), module, place);
        let parts = match self.inner.as_symbol() {
            Some(Symbol::Item { of, index }) if is_typing(of, "Optional") => {
                self.optional = true;
                vec![index.clone()]
            }
            Some(Symbol::Item { of, index }) if is_typing(of, "Union") => match index.as_items() {
                Some(items) => items.to_vec(),
                None => vec![index.clone()],
            },
            Some(Symbol::Binary { op: BinaryOp::BitOr, .. }) => {
                let mut parts = Vec::new();
                alternatives(&self.inner, &mut parts);
                parts
            }
            Some(Symbol::Item { of, index }) if is_typing(of, "Annotated") => {
                let Some((first, extras)) = index.as_items().and_then(<[Value]>::split_first) else { return };
                self.extras.extend(extras.iter().cloned());
                // The type map may have the whole; None inside makes it optional all the same.
                let mut inside =
                    Annotated { mapped: false, optional: false, inner: first.clone(), extras: Vec::new() };
                inside.unwrap(interp, module, place, depth + 1);
                self.optional |= inside.optional;
                self.extras.extend(inside.extras);
                return;
            }
            _ => return,
        };
        let mut kept = Vec::new();
        for part in parts {
            let part = resolve(interp, &part, module, place);
            if is_none(&part) {
                self.optional = true;
            } else {
                kept.push(part);
            }
        }
        if let [one] = kept.as_slice() {
            self.inner = one.clone();
            self.unwrap(interp, module, place, depth + 1);
        }
    }

    /// The `mapped_column(...)` inside `Annotated[...]`.
    pub fn column<H: Host>(&self, interp: &mut Interp<'_, H>) -> Option<ColumnSpec> {
        self.extras.iter().find_map(|extra| column_spec(interp, &Scope::default(), extra))
    }

    /// The type inside `Annotated[...]`, `NewType` and type aliases, step by step, the outermost first.
    pub fn layers<H: Host>(&self, interp: &mut Interp<'_, H>, module: Name, place: Place) -> Vec<Value> {
        let mut layers = vec![self.inner.clone()];
        let mut at = self.inner.clone();
        for _ in 0..MAX_DEPTH {
            let next = match at.as_symbol() {
                Some(Symbol::Item { of, index }) if is_typing(of, "Annotated") => {
                    // One inside another is flattened by Python: only the whole and the type at the bottom are left.
                    let mut inside = index.as_items().and_then(<[Value]>::first).cloned();
                    while let Some(Symbol::Item { of, index }) = inside.as_ref().and_then(Value::as_symbol)
                        && is_typing(of, "Annotated")
                    {
                        inside = index.as_items().and_then(<[Value]>::first).cloned();
                    }
                    inside
                }
                Some(Symbol::Call(call)) if is_typing(&call.callee, "NewType") => {
                    call.args.get(1, "tp").map(|arg| arg.value.clone())
                }
                Some(Symbol::Call(call)) if is_typing(&call.callee, "TypeAliasType") => {
                    call.args.get(1, "value").map(|arg| arg.value.clone())
                }
                _ => None,
            };
            let Some(next) = next else { break };
            let mut inside = Annotated { mapped: false, optional: false, inner: next, extras: Vec::new() };
            inside.inner = resolve(interp, &inside.inner, module, place);
            if !matches!(inside.inner.as_symbol(), Some(Symbol::Item { of, .. }) if is_typing(of, "Annotated"))
            {
                inside.unwrap(interp, module, place, 0);
            }
            at = inside.inner;
            layers.push(at.clone());
        }
        layers
    }
}

pub(super) fn is_typing(value: &Value, wanted: &str) -> bool {
    value.as_path().is_some_and(|path| {
        path.strip_prefix("typing.")
            .or_else(|| path.strip_prefix("typing_extensions."))
            .is_some_and(|n| n == wanted)
    })
}

pub(super) fn is_none(value: &Value) -> bool {
    value.is_none() || value.as_path().is_some_and(|path| path == "types.NoneType")
}

fn alternatives(value: &Value, out: &mut Vec<Value>) {
    match value.as_symbol() {
        Some(Symbol::Binary { op: BinaryOp::BitOr, left, right }) => {
            alternatives(left, out);
            alternatives(right, out);
        }
        _ => out.push(value.clone()),
    }
}

/// An annotation that is text, read as the expression that it holds.
fn resolve<H: Host>(interp: &mut Interp<'_, H>, value: &Value, module: Name, place: Place) -> Value {
    match value {
        Value::Str(text) => text_value(interp, text, module, place),
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Call(call) if is_typing(&call.callee, "ForwardRef") => match call.args.list.first() {
                Some(arg) => resolve(interp, &arg.value.clone(), module, place),
                None => value.clone(),
            },
            _ => value.clone(),
        },
        _ => value.clone(),
    }
}

fn text_value<H: Host>(interp: &mut Interp<'_, H>, text: &str, module: Name, place: Place) -> Value {
    let parsed = python::parse::parse(text.trim());
    let unknown = || Value::unknown(crate::args::unreadable("the annotation", place));
    let [item] = parsed.items.as_slice() else { return unknown() };
    let Some(root) = item.tree.root else { return unknown() };
    match item.tree.stmt(root) {
        Stmt::Expr(expr) if parsed.errors.is_empty() => {
            expression(interp, &item.tree, *expr, module, place, 0)
        }
        _ => unknown(),
    }
}

/// An expression of an annotation, with the names of its module.
pub(super) fn expression<H: Host>(
    interp: &mut Interp<'_, H>,
    tree: &ItemTree,
    expr: ExprId,
    module: Name,
    place: Place,
    depth: u32,
) -> Value {
    let unknown = || Value::unknown(crate::args::unreadable("the annotation", place));
    if depth > MAX_DEPTH {
        return unknown();
    }
    let part =
        |interp: &mut Interp<'_, H>, expr: &ExprId| expression(interp, tree, *expr, module, place, depth + 1);
    match tree.expr(expr) {
        Expr::None => Value::None,
        Expr::Ellipsis => Value::Ellipsis,
        Expr::Str(text) => Value::Str(text.clone()),
        Expr::Int(Some(int)) => Value::Int(*int),
        Expr::Name(wanted) => module_name(interp, *wanted, module, place),
        Expr::Attribute { value, attr } => {
            let of = part(interp, value);
            interp.getattr(&of, *attr, place).unwrap_or_else(|_| unknown())
        }
        Expr::Subscript { value, index } => {
            let (of, index) = (part(interp, value), part(interp, index));
            interp.subscript(&of, &index, place).unwrap_or_else(|_| unknown())
        }
        Expr::Tuple(items) => Value::tuple(items.iter().map(|item| part(interp, item)).collect()),
        Expr::List(items) => Value::list(items.iter().map(|item| part(interp, item)).collect()),
        Expr::Binary { op: BinaryOp::BitOr, left, right } => {
            let (left, right) = (part(interp, left), part(interp, right));
            Value::Symbol(Arc::new(Symbol::Binary { op: BinaryOp::BitOr, left, right }))
        }
        _ => unknown(),
    }
}

fn module_name<H: Host>(interp: &mut Interp<'_, H>, wanted: Name, module: Name, place: Place) -> Value {
    let found = interp.getattr(&Value::Module(module), wanted, place);
    match found {
        Ok(Value::Unknown(unknown))
            if matches!(unknown.reason, Reason::NameNotFound(_)) && is_name(&wanted) =>
        {
            Value::Builtin(wanted)
        }
        Ok(value) => value,
        Err(_) => Value::unknown(Unknown::new(Reason::NameNotFound(wanted.as_str().into()), place)),
    }
}

/// The classes that text stands for in annotations of columns: a string of SQLModel's, or of anything that is one.
pub(super) fn path_of(value: &Value) -> Option<Name> {
    match value {
        Value::Builtin(name) => Some(*name),
        _ => value.as_path(),
    }
}

/// The members of a `Literal["a", "b"]`.
pub(super) fn literal(value: &Value) -> Option<Vec<Value>> {
    match value.as_symbol()? {
        Symbol::Item { of, index } if is_typing(of, "Literal") => Some(match index {
            Value::Tuple(items) => items.to_vec(),
            one => vec![one.clone()],
        }),
        _ => None,
    }
}

/// Is it `Field(...)` of SQLModel or Pydantic?
pub(super) fn is_field(value: &Value) -> bool {
    let Some(call) = value.as_call() else { return false };
    match canonical(&call.callee) {
        Some(Canonical::Sqlmodel(field)) => field == name("Field"),
        _ => call
            .path()
            .is_some_and(|path| matches!(path.as_str(), "pydantic.Field" | "pydantic.fields.Field")),
    }
}
