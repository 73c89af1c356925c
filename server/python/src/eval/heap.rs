//! Mutable objects. The heap is copied at a fork and merged at a join, so objects are shared until they change.

use crate::host::Exception;
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
    Iterator {
        items: Vec<Value>,
        next: usize,
    },
    Instance(Instance),
    Class(Class),
    Scope(Scope),
    /// `globals()` of a module.
    Globals(FileId),
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
    /// The class and its bases inside the project, in the order of attribute look-up.
    pub lineage: Arc<[ObjectId]>,
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
    /// Of a comprehension: the scope around it, where `:=` binds.
    pub around: Option<ObjectId>,
    /// Names declared `global` here.
    pub globals: Vec<Name>,
    /// Names declared `nonlocal` here.
    pub nonlocals: Vec<Name>,
    /// For the body of a class.
    pub class: Option<ClassBody>,
    /// For a module: the file, and which of its items have run.
    pub module: Option<ModuleState>,
}

#[derive(Debug, Clone)]
pub(crate) struct ModuleState {
    pub file: FileId,
    /// The whole file runs in order; otherwise statements run when a name that they bind is needed.
    pub whole: bool,
    pub done: Vec<bool>,
    /// Items that ended with an exception.
    pub raised: Vec<(u32, Exception)>,
}

impl PartialEq for ModuleState {
    fn eq(&self, other: &ModuleState) -> bool {
        self.file == other.file && self.done == other.done
    }
}

/// Numbers are given out once and for all courses of a fork, so that no number means two things.
#[derive(Debug, Clone, Default)]
pub(crate) struct Heap {
    objects: Vec<Arc<Object>>,
    next: usize,
    absent: Option<Arc<Object>>,
}

static ABSENT: Object = Object::Absent;

impl Heap {
    pub fn add(&mut self, object: Object) -> ObjectId {
        let id = self.next;
        if self.objects.len() < id {
            let absent = self.absent.get_or_insert_with(|| Arc::new(Object::Absent));
            self.objects.resize(id, absent.clone());
        }
        self.objects.push(Arc::new(object));
        self.next += 1;
        ObjectId(id as u32)
    }

    pub fn get(&self, id: ObjectId) -> &Object {
        self.objects.get(id.0 as usize).map_or(&ABSENT, |object| object)
    }

    pub fn get_mut(&mut self, id: ObjectId) -> Option<&mut Object> {
        self.objects.get_mut(id.0 as usize).map(Arc::make_mut)
    }

    /// Puts an object under a number that was given out, here or on another course.
    pub fn set(&mut self, id: ObjectId, object: Object) {
        self.put(id, Arc::new(object));
    }

    pub fn ids(&self) -> impl Iterator<Item = ObjectId> + use<> {
        (0..self.objects.len() as u32).map(ObjectId)
    }

    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// Takes the objects of `other`, but none of its numbers again.
    pub fn put_back(&mut self, other: Heap) {
        self.next = self.next.max(other.next);
        self.objects = other.objects;
    }

    pub(super) fn objects(&self) -> &[Arc<Object>] {
        &self.objects
    }

    pub(super) fn shared(&self, id: ObjectId) -> Option<&Arc<Object>> {
        self.objects.get(id.0 as usize)
    }

    pub(super) fn put(&mut self, id: ObjectId, object: Arc<Object>) {
        let at = id.0 as usize;
        if self.objects.len() <= at {
            let absent = self.absent.get_or_insert_with(|| Arc::new(Object::Absent));
            self.objects.resize(at + 1, absent.clone());
        }
        if let Some(slot) = self.objects.get_mut(at) {
            *slot = object;
        }
    }
}
