//! What an expression can evaluate to.
//!
//! Everything from outside the project is a [`Symbol`]: its path, or what was done with it (an attribute, a call, an
//! operator). Values that reach a host are *frozen*: lists and dicts are passed by content, since the host has no heap.

use crate::ast::{BinaryOp, CompareOp, ExprId, ItemTree, StmtId, UnaryOp};
use fact::{FileId, Name, Place, Unknown};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    None,
    Ellipsis,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(Arc<str>),
    /// Text with holes: what an f-string gives when a part of it is unknown.
    Partial(Arc<[Part]>),
    Bytes(Arc<[u8]>),
    Tuple(Arc<[Value]>),
    /// A frozen list; a list that can still change is an [`Value::Object`].
    List(Arc<[Value]>),
    Set(Arc<[Value]>),
    Dict(Arc<[(Value, Value)]>),
    /// A mutable thing in the evaluator's heap: list, dict, set, class, instance.
    Object(ObjectId),
    Function(Arc<Function>),
    Method(Arc<Method>),
    /// A module of the project.
    Module(Name),
    /// A built-in function, type or exception.
    Builtin(Name),
    Symbol(Arc<Symbol>),
    /// Something that only the host knows: a connection, an inspector, a batch.
    Handle(Handle),
    Unknown(Arc<Unknown>),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    Text(Arc<str>),
    Unknown(Arc<Unknown>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectId(pub(crate) u32);

/// `kind` and `id` are the host's own numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Handle {
    pub kind: u32,
    pub id: u32,
}

/// A function or lambda of the project.
#[derive(Debug, Clone)]
pub struct Function {
    pub name: Name,
    pub file: FileId,
    pub item: u32,
    pub tree: Arc<ItemTree>,
    pub body: FunctionBody,
    /// The scope that the function closes over; `None` at module level.
    pub(crate) scope: Option<ObjectId>,
    /// Evaluated once, at the definition; by parameter.
    pub defaults: Vec<Option<Value>>,
    pub role: Role,
    /// Decorators that were not applied because they come from outside the project.
    pub decorators: Vec<Value>,
    /// The class that the function was defined in.
    pub(crate) owner: Option<ObjectId>,
    /// Of a property: what `@name.setter` was put on.
    pub(crate) setter: Option<Arc<Function>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionBody {
    Def(StmtId),
    Lambda(ExprId),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Plain,
    Static,
    Class,
    Property,
    ContextManager,
}

impl PartialEq for Function {
    fn eq(&self, other: &Function) -> bool {
        Arc::ptr_eq(&self.tree, &other.tree)
            && self.body == other.body
            && self.scope == other.scope
            && self.defaults == other.defaults
    }
}

/// A callable taken from an object: `"x".format`, `cls.make`, `partial(f, 1)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Method {
    pub receiver: Value,
    pub kind: MethodKind,
}

#[derive(Debug, Clone, PartialEq)]
pub enum MethodKind {
    /// A function of the project, called with the receiver first.
    Function(Arc<Function>),
    /// A method of a built-in type.
    Native(Name),
    /// `functools.partial`: the receiver is called with these first.
    Partial(Args),
    /// A call of a `@contextmanager` function that waits for its `with`.
    Context(Args),
    /// `super()`: attributes are looked up behind this class.
    Super(ObjectId),
}

/// Something outside the project, as far as it can be told from the text.
#[derive(Debug, Clone, PartialEq)]
pub enum Symbol {
    /// `sqlalchemy.Column`
    Path(Name),
    Attribute {
        of: Value,
        name: Name,
        place: Place,
    },
    Call(Call),
    Item {
        of: Value,
        index: Value,
    },
    Unary {
        op: UnaryOp,
        operand: Value,
    },
    Binary {
        op: BinaryOp,
        left: Value,
        right: Value,
    },
    Compare {
        op: CompareOp,
        left: Value,
        right: Value,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    pub callee: Value,
    pub args: Args,
    pub place: Place,
}

/// Evaluated arguments, in the order of the text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Args {
    pub list: Vec<Arg>,
    /// There were `*args` or `**kwargs` that could not be evaluated: what is absent may still have been given.
    pub open: Option<Arc<Unknown>>,
    /// The call is a statement: nobody looks at its result.
    pub discarded: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Arg {
    pub name: Option<Name>,
    pub value: Value,
    pub place: Place,
}

impl Args {
    pub fn positional(&self) -> impl Iterator<Item = &Arg> {
        self.list.iter().filter(|arg| arg.name.is_none())
    }

    pub fn keywords(&self) -> impl Iterator<Item = (Name, &Arg)> {
        self.list.iter().filter_map(|arg| Some((arg.name?, arg)))
    }

    pub fn keyword(&self, name: &str) -> Option<&Arg> {
        self.list.iter().find(|arg| arg.name.is_some_and(|n| n == name))
    }

    /// The argument at `index`, or else the one called `name`.
    pub fn get(&self, index: usize, name: &str) -> Option<&Arg> {
        self.positional().nth(index).or_else(|| self.keyword(name))
    }

    pub fn values(values: impl IntoIterator<Item = Value>, place: Place) -> Args {
        let list = values.into_iter().map(|value| Arg { name: None, value, place }).collect();
        Args { list, open: None, discarded: false }
    }
}

impl Value {
    pub fn str(text: &str) -> Value {
        Value::Str(text.into())
    }

    pub fn path(path: &str) -> Value {
        Value::Symbol(Arc::new(Symbol::Path(fact::name(path))))
    }

    pub fn unknown(unknown: Unknown) -> Value {
        Value::Unknown(Arc::new(unknown))
    }

    pub fn tuple(items: Vec<Value>) -> Value {
        Value::Tuple(items.into())
    }

    pub fn list(items: Vec<Value>) -> Value {
        Value::List(items.into())
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(int) => Some(*int),
            Value::Bool(bool) => Some(i64::from(*bool)),
            _ => None,
        }
    }

    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(bool) => Some(*bool),
            _ => None,
        }
    }

    /// The items of a frozen list, tuple or set.
    pub fn as_items(&self) -> Option<&[Value]> {
        match self {
            Value::Tuple(items) | Value::List(items) | Value::Set(items) => Some(items),
            _ => None,
        }
    }

    pub fn as_symbol(&self) -> Option<&Symbol> {
        match self {
            Value::Symbol(symbol) => Some(symbol),
            _ => None,
        }
    }

    /// The dotted path of something outside the project.
    pub fn as_path(&self) -> Option<Name> {
        match self.as_symbol()? {
            Symbol::Path(path) => Some(*path),
            _ => None,
        }
    }

    /// A call of something outside the project.
    pub fn as_call(&self) -> Option<&Call> {
        match self.as_symbol()? {
            Symbol::Call(call) => Some(call),
            _ => None,
        }
    }

    pub fn as_unknown(&self) -> Option<&Arc<Unknown>> {
        match self {
            Value::Unknown(unknown) => Some(unknown),
            Value::Partial(parts) => parts.iter().find_map(|part| match part {
                Part::Unknown(unknown) => Some(unknown),
                Part::Text(_) => None,
            }),
            _ => None,
        }
    }

    pub fn is_none(&self) -> bool {
        matches!(self, Value::None)
    }
}

impl Call {
    /// The dotted path of what is called, where it has one.
    pub fn path(&self) -> Option<Name> {
        self.callee.as_path()
    }
}

impl Symbol {
    /// The path at the root of a chain of attributes, calls and items: where the thing comes from.
    pub fn root(&self) -> Option<Name> {
        match self {
            Symbol::Path(path) => Some(*path),
            Symbol::Attribute { of, .. } | Symbol::Item { of, .. } => of.as_symbol()?.root(),
            Symbol::Call(call) => call.callee.as_symbol()?.root(),
            Symbol::Unary { operand, .. } => operand.as_symbol()?.root(),
            Symbol::Binary { left, right, .. } | Symbol::Compare { left, right, .. } => {
                left.as_symbol().and_then(Symbol::root).or_else(|| right.as_symbol()?.root())
            }
        }
    }
}

/// A value as a key of a dict or an element of a set: equal as Python has it (`1 == True == 1.0`).
#[derive(Debug, Clone)]
pub(crate) struct Key(pub Value);

impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        same(&self.0, &other.0)
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Value::Bool(b) => i64::from(*b).hash(state),
            Value::Int(i) => i.hash(state),
            Value::Float(f) if f.fract() == 0.0 => (*f as i64).hash(state),
            Value::Float(f) => f.to_bits().hash(state),
            Value::Str(text) => text.hash(state),
            Value::Bytes(bytes) => bytes.hash(state),
            Value::Tuple(items) => {
                for item in items.iter() {
                    Key(item.clone()).hash(state);
                }
            }
            Value::Object(id) => id.hash(state),
            Value::Symbol(symbol) => symbol.root().hash(state),
            _ => 0u8.hash(state),
        }
    }
}

/// Python's `==` on values that need no heap.
pub(crate) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Tuple(a), Value::Tuple(b)) | (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| same(a, b))
        }
        (Value::Float(a), b) => {
            b.as_int().map_or_else(|| matches!(b, Value::Float(b) if a == b), |b| *a == b as f64)
        }
        (a, Value::Float(b)) => a.as_int().is_some_and(|a| a as f64 == *b),
        _ => match (a.as_int(), b.as_int()) {
            (Some(a), Some(b)) => a == b,
            _ => a == b,
        },
    }
}
