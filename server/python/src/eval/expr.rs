//! Expressions.

use super::format::Pieces;
use super::heap::{Dict, Object};
use super::{Frame, Interp, Yield, unknown};
use crate::ast::{Arg as ArgNode, ArgKind, CompareOp, Expr, ExprId, FPart, UnaryOp};
use crate::host::{Eval, Host};
use crate::value::{Arg, Args, Function, FunctionBody, Key, Role, Symbol, Value};
use fact::{Reason, Unknown};
use std::sync::Arc;

impl<H: Host> Interp<'_, H> {
    pub(super) fn expr(&mut self, frame: &Frame, id: ExprId) -> Eval {
        self.step()?;
        let value = self.deeper(|this| this.evaluate(frame, id))?;
        self.charge(self.size_hint(&value) / 64);
        Ok(value)
    }

    fn evaluate(&mut self, frame: &Frame, id: ExprId) -> Eval {
        let tree = frame.tree.clone();
        Ok(match tree.expr(id) {
            Expr::None => Value::None,
            Expr::True => Value::Bool(true),
            Expr::False => Value::Bool(false),
            Expr::Ellipsis => Value::Ellipsis,
            Expr::Str(text) => Value::Str(text.clone()),
            Expr::Bytes(bytes) => Value::Bytes(bytes.clone()),
            Expr::Int(Some(int)) => Value::Int(*int),
            Expr::Int(None) => {
                unknown(Reason::UnsupportedSyntax("a very large integer".into()), frame.place(id))
            }
            Expr::Float(bits) => Value::Float(f64::from_bits(*bits)),
            Expr::Complex => unknown(Reason::UnsupportedSyntax("a complex number".into()), frame.place(id)),
            Expr::Name(name) => self.lookup(frame, *name, frame.place(id))?,
            Expr::FString(parts) => {
                let text = self.fstring(frame, parts)?;
                self.sized_text(text, frame.place(id))
            }
            Expr::Tuple(items) => match self.exprs(frame, items)? {
                Ok(items) => self.sized(Value::tuple(items), frame.place(id)),
                Err(unknown) => Value::Unknown(unknown),
            },
            Expr::List(items) => match self.exprs(frame, items)? {
                Ok(items) => Value::Object(self.heap.add(Object::List(items))),
                Err(unknown) => Value::Unknown(unknown),
            },
            Expr::Set(items) => match self.exprs(frame, items)? {
                Ok(items) => self.new_set(items, frame.place(id))?,
                Err(unknown) => Value::Unknown(unknown),
            },
            Expr::Dict(entries) => self.dict(frame, entries)?,
            Expr::Attribute { value, attr } => {
                let of = self.expr(frame, *value)?;
                self.getattr(&of, *attr, frame.place(id))?
            }
            Expr::Subscript { value, index } => {
                let of = self.expr(frame, *value)?;
                let index_value = self.expr(frame, *index)?;
                self.subscript(&of, &index_value, frame.place(id))?
            }
            Expr::Slice { lower, upper, step } => {
                // A slice is a value of its own: a symbol that `subscript` takes apart.
                let mut bounds = Vec::with_capacity(3);
                for bound in [lower, upper, step] {
                    bounds.push(match bound {
                        Some(bound) => self.expr(frame, *bound)?,
                        None => Value::None,
                    });
                }
                let args = Args::values(bounds, frame.place(id));
                let callee = Value::path("builtins.slice");
                let call = crate::value::Call { callee, args, place: frame.place(id) };
                Value::Symbol(Arc::new(Symbol::Call(call)))
            }
            Expr::Call { func, args } => self.call_expr(frame, id, *func, args, false)?,
            Expr::Unary { op: UnaryOp::Not, .. } => match self.test(frame, id)? {
                Ok(truth) => Value::Bool(truth),
                Err(because) => Value::unknown(because),
            },
            Expr::Unary { op, operand } => {
                let value = self.expr(frame, *operand)?;
                self.unary(*op, value, frame.place(id))?
            }
            Expr::Binary { op, left, right } => {
                let left = self.expr(frame, *left)?;
                let right = self.expr(frame, *right)?;
                self.binary(*op, left, right, frame.place(id))?
            }
            Expr::Bool { or, left, right } => self.bool_op(frame, *or, *left, *right)?,
            Expr::Compare { left, rest } => self.comparison(frame, *left, rest)?,
            Expr::Conditional { test, then, or_else } => self.conditional(frame, *test, *then, *or_else)?,
            Expr::Lambda { params, .. } => {
                let mut defaults = Vec::with_capacity(params.len());
                for param in params {
                    defaults.push(match param.default {
                        Some(default) => Some(self.expr(frame, default)?),
                        None => None,
                    });
                }
                Value::Function(Arc::new(Function {
                    name: fact::name("<lambda>"),
                    file: frame.file,
                    item: frame.item,
                    tree: frame.tree.clone(),
                    body: FunctionBody::Lambda(id),
                    scope: self.closure_scope(frame),
                    defaults,
                    role: Role::Plain,
                    decorators: Vec::new(),
                    owner: frame.owner.as_ref().map(|(class, _)| *class),
                    setter: None,
                }))
            }
            Expr::Comprehension { kind, key, element, clauses } => {
                self.comprehension(frame, *kind, *key, *element, clauses)?
            }
            Expr::Starred(inner) => self.expr(frame, *inner)?,
            Expr::Await(inner) => self.expr(frame, *inner)?,
            Expr::Yield(value) => {
                let value = match value {
                    Some(value) => self.expr(frame, *value)?,
                    None => Value::None,
                };
                self.yield_value(value)?
            }
            Expr::YieldFrom(items) => {
                let items_value = self.expr(frame, *items)?;
                match self.iterate(&items_value, frame.place(*items))? {
                    Ok(items) => {
                        for item in items {
                            self.yield_value(item)?;
                        }
                    }
                    Err(because) => {
                        self.yield_unknown(because);
                    }
                }
                Value::None
            }
            Expr::Walrus { target, value } => {
                let result = self.expr(frame, *value)?;
                let around = Frame { scope: self.walrus_scope(frame.scope), ..frame.clone() };
                self.assign(&around, *target, result.clone())?;
                result
            }
            Expr::Error => unknown(Reason::SyntaxError, frame.place(id)),
        })
    }

    /// Evaluates items, `*items` spread. `Err`: one of the spread values is unknown.
    pub(super) fn exprs(&mut self, frame: &Frame, ids: &[ExprId]) -> Eval<Result<Vec<Value>, Arc<Unknown>>> {
        let mut items = Vec::with_capacity(ids.len());
        for &id in ids {
            if let Expr::Starred(inner) = *frame.tree.expr(id) {
                let value = self.expr(frame, inner)?;
                match self.iterate(&value, frame.place(inner))? {
                    Ok(more) => items.extend(more),
                    Err(because) => return Ok(Err(Arc::new(because))),
                }
            } else {
                items.push(self.expr(frame, id)?);
            }
        }
        Ok(Ok(items))
    }

    fn dict(&mut self, frame: &Frame, entries: &[(Option<ExprId>, ExprId)]) -> Eval {
        let mut dict = Dict::with_capacity_and_hasher(entries.len(), Default::default());
        let mut open = None;
        for (key, value) in entries {
            match key {
                Some(key) => {
                    let key = self.expr(frame, *key)?;
                    let value = self.expr(frame, *value)?;
                    match key.as_unknown() {
                        Some(unknown) => open = Some((**unknown).clone()),
                        None => {
                            dict.insert(Key(key), value);
                        }
                    }
                }
                None => {
                    let spread = self.expr(frame, *value)?;
                    match self.dict_entries(&spread) {
                        Some(entries) => dict.extend(entries.into_iter().map(|(k, v)| (Key(k), v))),
                        None => open = Some(self.why_unknown(&spread, frame.place(*value))),
                    }
                }
            }
        }
        Ok(match open {
            Some(because) => Value::unknown(because),
            None => Value::Object(self.heap.add(Object::Dict(dict))),
        })
    }

    fn fstring(&mut self, frame: &Frame, parts: &[FPart]) -> Eval {
        let mut out = Pieces::default();
        for part in parts {
            match part {
                FPart::Text(text) => out.push(text),
                FPart::Value { value, conversion, spec, debug: _ } => {
                    let evaluated = self.expr(frame, *value)?;
                    let spec_value = self.fstring(frame, spec)?;
                    let place = frame.place(*value);
                    out.extend(self.format_value(&evaluated, *conversion, &spec_value, place)?);
                }
            }
        }
        Ok(out.into_value())
    }

    /// A call; `discarded` when it is a statement of its own.
    pub(super) fn call_expr(
        &mut self,
        frame: &Frame,
        id: ExprId,
        func: ExprId,
        args: &[ArgNode],
        discarded: bool,
    ) -> Eval {
        if let Expr::Name(name) = frame.tree.expr(func)
            && let Some(result) = self.frame_builtin(frame, *name, args, id)
        {
            return result;
        }
        let callee = self.expr(frame, func)?;
        let args = self.args(frame, args, discarded)?;
        self.call(&callee, args, frame.place(id))
    }

    pub(super) fn args(&mut self, frame: &Frame, nodes: &[ArgNode], discarded: bool) -> Eval<Args> {
        let mut args = Args { list: Vec::with_capacity(nodes.len()), open: None, discarded };
        let mut shifted = false;
        for node in nodes {
            let value = self.expr(frame, node.value)?;
            let place = frame.place(node.value);
            match node.kind {
                // Behind `*unknown` nobody can tell which parameter this is.
                ArgKind::Positional if shifted => {}
                ArgKind::Positional => args.list.push(Arg { name: None, value, place }),
                ArgKind::Keyword(name) => args.list.push(Arg { name: Some(name), value, place }),
                ArgKind::Star => match self.iterate(&value, place)? {
                    Ok(_) if shifted => {}
                    Ok(items) => {
                        args.list.extend(items.into_iter().map(|value| Arg { name: None, value, place }));
                    }
                    Err(because) => {
                        shifted = true;
                        args.open = Some(Arc::new(because));
                    }
                },
                ArgKind::DoubleStar => match self.dict_entries(&value) {
                    Some(entries) => {
                        for (key, value) in entries {
                            match key.as_str() {
                                Some(key) => {
                                    args.list.push(Arg { name: Some(fact::name(key)), value, place })
                                }
                                None => args.open = Some(Arc::new(self.why_unknown(&key, place))),
                            }
                        }
                    }
                    None => args.open = Some(Arc::new(self.why_unknown(&value, place))),
                },
            }
        }
        Ok(args)
    }

    fn comparison(&mut self, frame: &Frame, left: ExprId, rest: &[(CompareOp, ExprId)]) -> Eval {
        let mut left_value = self.expr(frame, left)?;
        let mut result = Value::Bool(true);
        for (op, right) in rest {
            let right_value = self.expr(frame, *right)?;
            result = self.compare(*op, &left_value, &right_value, frame.place(*right))?;
            match self.truth(&result, frame.place(*right)) {
                Ok(true) => {}
                _ => return Ok(result),
            }
            left_value = right_value;
        }
        Ok(result)
    }

    fn yield_value(&mut self, value: Value) -> Eval {
        match self.yields.pop() {
            Some(Yield::Collect(list)) => {
                if let Some(Object::List(items)) = self.heap.get_mut(list) {
                    items.push(value);
                }
                self.yields.push(Yield::Collect(list));
                Ok(Value::None)
            }
            Some(Yield::Body(managed)) => {
                // The body of the `with` stands outside of the generator.
                let result = self.managed_body(&managed, value);
                self.yields.push(Yield::Body(managed));
                result
            }
            None => Ok(Value::None),
        }
    }

    fn yield_unknown(&mut self, because: Unknown) {
        if let Some(Yield::Collect(list)) = self.yields.last() {
            self.heap.set(*list, Object::Unknown(because));
        }
    }
}
