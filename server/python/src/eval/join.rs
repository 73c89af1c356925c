//! What is certain after either of two courses that started together.
//!
//! Objects that both courses made for themselves are told apart by number but may be the same in all that matters
//! (`columns = []` on both sides): such a pair is joined into one object, as long as each has one partner only.

use super::heap::{Class, Heap, Instance, Object, ObjectId, Scope};
use crate::value::{Args, Function, Method, MethodKind, Value};
use fact::Unknown;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Joins `theirs` into `mine`, and a value of each. Whether an object of `mine` changed comes second.
pub(super) fn join(
    mine: &mut Heap,
    theirs: &Heap,
    values: (&Value, &Value),
    because: &Unknown,
) -> (Value, bool) {
    let mut join = Join {
        mine,
        theirs,
        because,
        pairs: FxHashMap::default(),
        partners: FxHashMap::default(),
        todo: Vec::new(),
    };
    let value = join.value(values.0, values.1);
    let mut results: Vec<(ObjectId, Arc<Object>)> = Vec::new();
    let mut changed = false;
    for (id, my, their) in join.mine.changes(theirs) {
        let Some(my) = my else {
            results.push((id, their));
            continue;
        };
        if *my != *their {
            let joined = join.objects(&my, &their);
            changed |= joined != *my;
            results.push((id, Arc::new(joined)));
        }
    }
    while let Some((my, their)) = join.todo.pop() {
        let joined = join.objects(&join.mine.get(my).clone(), &theirs.get(their).clone());
        results.push((my, Arc::new(joined)));
    }
    for (id, object) in results {
        mine.put(id, object);
    }
    (value, changed)
}

struct Join<'a> {
    mine: &'a Heap,
    theirs: &'a Heap,
    because: &'a Unknown,
    /// My number -> theirs, and back.
    pairs: FxHashMap<ObjectId, ObjectId>,
    partners: FxHashMap<ObjectId, ObjectId>,
    /// Pairs whose contents are not joined yet.
    todo: Vec<(ObjectId, ObjectId)>,
}

impl Join<'_> {
    fn unknown(&self) -> Value {
        Value::unknown(self.because.clone())
    }

    /// The value after the join: the same on both courses, or unknown.
    fn value(&mut self, a: &Value, b: &Value) -> Value {
        match (a, b) {
            (Value::Unknown(_), _) => a.clone(),
            (Value::Tuple(x), Value::Tuple(y)) if !Arc::ptr_eq(x, y) && x.len() == y.len() => {
                Value::Tuple(x.iter().zip(y.iter()).map(|(a, b)| self.value(a, b)).collect())
            }
            _ if self.same(a, b) => a.clone(),
            _ => self.unknown(),
        }
    }

    fn bound(&mut self, a: Option<&Value>, b: Option<&Value>) -> Value {
        match (a, b) {
            (Some(a), Some(b)) => self.value(a, b),
            _ => self.unknown(),
        }
    }

    fn same(&mut self, a: &Value, b: &Value) -> bool {
        match (a, b) {
            (Value::Object(a), Value::Object(b)) => self.pair(*a, *b),
            (Value::Tuple(a), Value::Tuple(b)) => Arc::ptr_eq(a, b) || self.all_same(a, b),
            (Value::Symbol(a), Value::Symbol(b)) => Arc::ptr_eq(a, b) || a == b,
            (Value::Function(a), Value::Function(b)) => Arc::ptr_eq(a, b) || self.same_function(a, b),
            (Value::Method(a), Value::Method(b)) => Arc::ptr_eq(a, b) || self.same_method(a, b),
            _ => a == b,
        }
    }

    fn all_same(&mut self, a: &[Value], b: &[Value]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.same(a, b))
    }

    fn same_function(&mut self, a: &Function, b: &Function) -> bool {
        let defaults: Vec<_> = a.defaults.iter().zip(&b.defaults).collect();
        Arc::ptr_eq(&a.tree, &b.tree)
            && a.body == b.body
            && self.pair_some(a.scope, b.scope)
            && self.pair_some(a.owner, b.owner)
            && defaults.into_iter().all(|pair| match pair {
                (Some(a), Some(b)) => self.same(a, b),
                (a, b) => a.is_none() && b.is_none(),
            })
    }

    fn same_method(&mut self, a: &Method, b: &Method) -> bool {
        self.same(&a.receiver, &b.receiver)
            && match (&a.kind, &b.kind) {
                (MethodKind::Function(a), MethodKind::Function(b)) => self.same_function(a, b),
                (MethodKind::Partial(a), MethodKind::Partial(b))
                | (MethodKind::Context(a), MethodKind::Context(b)) => self.same_args(a, b),
                (MethodKind::Super(a), MethodKind::Super(b)) => self.pair(*a, *b),
                (a, b) => a == b,
            }
    }

    fn same_args(&mut self, a: &Args, b: &Args) -> bool {
        a.list.len() == b.list.len()
            && a.open == b.open
            && a.list.iter().zip(&b.list).all(|(a, b)| a.name == b.name && self.same(&a.value, &b.value))
    }

    fn pair_some(&mut self, a: Option<ObjectId>, b: Option<ObjectId>) -> bool {
        match (a, b) {
            (Some(a), Some(b)) => self.pair(a, b),
            (a, b) => a == b,
        }
    }

    /// Whether the two numbers mean one object; both courses having made one each is taken so, if it is consistent.
    fn pair(&mut self, a: ObjectId, b: ObjectId) -> bool {
        if a == b {
            return true;
        }
        if let Some(partner) = self.pairs.get(&a) {
            return *partner == b;
        }
        let is_new = |heap: &Heap, id| matches!(heap.get(id), Object::Absent);
        if self.partners.contains_key(&b)
            || !is_new(self.theirs, a)
            || !is_new(self.mine, b)
            || std::mem::discriminant(self.mine.get(a)) != std::mem::discriminant(self.theirs.get(b))
        {
            return false;
        }
        self.pairs.insert(a, b);
        self.partners.insert(b, a);
        self.todo.push((a, b));
        true
    }

    fn objects(&mut self, a: &Object, b: &Object) -> Object {
        match (a, b) {
            (Object::Scope(a), Object::Scope(b)) => Object::Scope(self.scopes(a, b)),
            (Object::Instance(a), Object::Instance(b)) if self.pair(a.class, b.class) => {
                Object::Instance(self.instances(a, b))
            }
            (Object::Class(a), Object::Class(b)) if a.name == b.name && self.all_same(&a.bases, &b.bases) => {
                Object::Class(self.classes(a, b))
            }
            (Object::Dict(a), Object::Dict(b)) if a.keys().eq(b.keys()) => Object::Dict(
                a.iter().zip(b.values()).map(|((key, a), b)| (key.clone(), self.value(a, b))).collect(),
            ),
            (Object::Set(a), Object::Set(b)) if a.keys().eq(b.keys()) => Object::Set(a.clone()),
            (Object::List(a), Object::List(b)) if a.len() == b.len() => {
                Object::List(a.iter().zip(b).map(|(a, b)| self.value(a, b)).collect())
            }
            (Object::Iterator { items: a, next }, Object::Iterator { items: b, next: other })
                if a.len() == b.len() && next == other =>
            {
                let items = a.iter().zip(b).map(|(a, b)| self.value(a, b)).collect();
                Object::Iterator { items, next: *next }
            }
            (Object::Unknown(_), _) => a.clone(),
            _ => Object::Unknown(self.because.clone()),
        }
    }

    fn instances(&mut self, a: &Instance, b: &Instance) -> Instance {
        let mut attrs = Vec::with_capacity(a.attrs.len());
        for (name, value) in &a.attrs {
            let other = b.attrs.iter().find(|(n, _)| n == name).map(|(_, v)| v);
            attrs.push((*name, self.bound(Some(value), other)));
        }
        for (name, _) in b.attrs.iter().filter(|(n, _)| !a.attrs.iter().any(|(m, _)| m == n)) {
            attrs.push((*name, self.unknown()));
        }
        let mut args = a.args.clone();
        if !self.same_args(&a.args, &b.args) {
            args.open = Some(Arc::new(self.because.clone()));
        }
        Instance { class: a.class, attrs, args }
    }

    fn classes(&mut self, a: &Class, b: &Class) -> Class {
        let mut class = a.clone();
        for (name, value) in &mut class.attrs {
            *value = self.bound(Some(value), b.attrs.get(name));
        }
        for name in b.attrs.keys().filter(|name| !a.attrs.contains_key(*name)) {
            class.attrs.insert(*name, self.unknown());
        }
        class
    }

    fn scopes(&mut self, a: &Scope, b: &Scope) -> Scope {
        let mut scope = a.clone();
        for (name, mine) in &mut scope.vars {
            match b.vars.get(name) {
                Some(theirs) => *mine = self.value(mine, theirs),
                None => *mine = self.unknown(),
            }
        }
        for name in b.vars.keys().filter(|name| !a.vars.contains_key(*name)) {
            scope.vars.insert(*name, self.unknown());
        }
        if let (Some(mine), Some(theirs)) = (&mut scope.module, &b.module) {
            for (mine, theirs) in mine.done.iter_mut().zip(&theirs.done) {
                *mine |= theirs;
            }
        }
        if let (Some(mine), Some(theirs)) = (&mut scope.class, &b.class) {
            for (name, annotation) in &theirs.annotations {
                if !mine.annotations.iter().any(|(n, _)| n == name) {
                    mine.annotations.push((*name, annotation.clone()));
                }
            }
            for (name, place) in &theirs.places {
                mine.places.entry(*name).or_insert(*place);
            }
        }
        scope
    }
}
