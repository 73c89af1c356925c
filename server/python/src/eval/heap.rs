//! Mutable objects. The heap is copied at a fork and merged at a join, so objects are shared until they change.

use crate::value::{Args, Key, Value};
use fact::{FileId, Name, Place, Unknown};
use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::sync::Arc;

pub(crate) use crate::value::ObjectId;

/// In the order of binding: a class body's order is the order of its columns.
pub(crate) type Vars = IndexMap<Name, Value, FxBuildHasher>;

pub(crate) type Dict = IndexMap<Key, Value, FxBuildHasher>;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Object {
    List(Vec<Value>),
    Dict(Dict),
    Set(Dict),
    Iterator { items: Vec<Value>, next: usize },
    Instance(Instance),
    Class(Class),
    Scope(Scope),
    /// Its contents differ between two courses that were joined.
    Unknown(Unknown),
    /// Not made on this course of a fork.
    Absent,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Instance {
    pub class: ObjectId,
    pub attrs: Vec<(Name, Value)>,
    /// What the constructor of the base class outside the project was given.
    pub args: Args,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Class {
    pub name: Name,
    pub module: Name,
    pub bases: Vec<Value>,
    pub keywords: Vec<(Name, Value)>,
    /// In the order of the class body.
    pub attrs: Vars,
    pub decorators: Vec<Value>,
    pub place: Place,
    pub body: ClassBody,
}

/// What a class body says beside the values of its names.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct ClassBody {
    /// What each annotation evaluates to.
    pub annotations: Vec<(Name, Value)>,
    /// Where each name was bound last.
    pub places: FxHashMap<Name, Place>,
}

/// Names of a function call or of a module.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Scope {
    pub vars: Vars,
    /// The function scope around this one.
    pub parent: Option<ObjectId>,
    /// Names declared `global` here.
    pub globals: Vec<Name>,
    /// Names declared `nonlocal` here.
    pub nonlocals: Vec<Name>,
    /// For the body of a class.
    pub class: Option<ClassBody>,
    /// For a module: the file, and which of its items have run.
    pub module: Option<ModuleState>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ModuleState {
    pub file: FileId,
    /// The whole file runs in order; otherwise statements run when a name that they bind is needed.
    pub whole: bool,
    pub done: Vec<bool>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Heap {
    objects: Vec<Arc<Object>>,
}

static ABSENT: Object = Object::Absent;

impl Heap {
    pub fn add(&mut self, object: Object) -> ObjectId {
        let id = ObjectId(self.objects.len() as u32);
        self.objects.push(Arc::new(object));
        id
    }

    pub fn get(&self, id: ObjectId) -> &Object {
        self.objects.get(id.0 as usize).map_or(&ABSENT, |object| object)
    }

    pub fn get_mut(&mut self, id: ObjectId) -> Option<&mut Object> {
        self.objects.get_mut(id.0 as usize).map(Arc::make_mut)
    }

    pub fn set(&mut self, id: ObjectId, object: Object) {
        if let Some(slot) = self.objects.get_mut(id.0 as usize) {
            *slot = Arc::new(object);
        }
    }

    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// Leaves room for the objects that another course of the same fork made, so that no number means two things.
    pub fn pad(&mut self, len: usize) {
        if self.objects.len() < len {
            let absent = Arc::new(Object::Absent);
            self.objects.resize(len, absent);
        }
    }

    pub fn join(&mut self, other: &Heap, because: &Unknown) {
        self.pad(other.objects.len());
        for (mine, theirs) in self.objects.iter_mut().zip(&other.objects) {
            if !Arc::ptr_eq(mine, theirs) {
                *mine = join_objects(mine, theirs, because);
            }
        }
    }
}

fn join_objects(a: &Arc<Object>, b: &Arc<Object>, because: &Unknown) -> Arc<Object> {
    let joined = match (&**a, &**b) {
        (Object::Absent, _) => return b.clone(),
        (_, Object::Absent) => return a.clone(),
        (a_object, b_object) if a_object == b_object => return a.clone(),
        (Object::Scope(a), Object::Scope(b)) => Object::Scope(join_scopes(a, b, because)),
        (Object::Instance(a), Object::Instance(b)) if a.class == b.class => {
            let mut attrs = a.attrs.clone();
            for (name, value) in &mut attrs {
                let other = b.attrs.iter().find(|(n, _)| n == name).map(|(_, v)| v);
                *value = join_bound(Some(value), other, because);
            }
            for (name, _) in b.attrs.iter().filter(|(n, _)| !a.attrs.iter().any(|(m, _)| m == n)) {
                attrs.push((*name, Value::unknown(because.clone())));
            }
            Object::Instance(Instance { class: a.class, attrs, args: a.args.clone() })
        }
        (Object::Class(a), Object::Class(b)) if a.name == b.name => {
            let mut class = a.clone();
            for (name, value) in &mut class.attrs {
                *value = join_bound(Some(value), b.attrs.get(name), because);
            }
            for name in b.attrs.keys().filter(|name| !a.attrs.contains_key(*name)) {
                class.attrs.insert(*name, Value::unknown(because.clone()));
            }
            Object::Class(class)
        }
        (Object::Dict(a), Object::Dict(b)) if a.keys().eq(b.keys()) => {
            let joined = a.iter().zip(b.values()).map(|((key, a), b)| (key.clone(), join_values(a, b, because)));
            Object::Dict(joined.collect())
        }
        (Object::List(a), Object::List(b)) if a.len() == b.len() => {
            Object::List(a.iter().zip(b).map(|(a, b)| join_values(a, b, because)).collect())
        }
        _ => Object::Unknown(because.clone()),
    };
    Arc::new(joined)
}

fn join_scopes(a: &Scope, b: &Scope, because: &Unknown) -> Scope {
    let mut scope = a.clone();
    let module = a.module.is_some();
    for (name, theirs) in &b.vars {
        let value = match a.vars.get(name) {
            Some(mine) => join_values(mine, theirs, because),
            // A module's statements run when they are first needed: not having needed them is no difference.
            None if module => theirs.clone(),
            None => Value::unknown(because.clone()),
        };
        scope.vars.insert(*name, value);
    }
    if !module {
        for name in a.vars.keys().filter(|name| !b.vars.contains_key(*name)) {
            scope.vars.insert(*name, Value::unknown(because.clone()));
        }
    }
    if let (Some(mine), Some(theirs)) = (&mut scope.module, &b.module) {
        for (mine, theirs) in mine.done.iter_mut().zip(&theirs.done) {
            *mine |= theirs;
        }
    }
    scope
}

fn join_bound(a: Option<&Value>, b: Option<&Value>, because: &Unknown) -> Value {
    match (a, b) {
        (Some(a), Some(b)) => join_values(a, b, because),
        _ => Value::unknown(because.clone()),
    }
}

/// The value after a join: the same on both courses, or unknown.
pub(crate) fn join_values(a: &Value, b: &Value, because: &Unknown) -> Value {
    if a == b { a.clone() } else { Value::unknown(because.clone()) }
}
