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
    pub doc: Option<Value>,
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
    /// Items that did not end in the steps that they were given.
    pub exhausted: Vec<u32>,
}

impl PartialEq for ModuleState {
    fn eq(&self, other: &ModuleState) -> bool {
        self.file == other.file && self.done == other.done
    }
}

/// Objects of one chunk: a fork shares chunks until one of their objects changes.
const CHUNK: usize = 32;

type Chunk = Arc<Vec<Option<Arc<Object>>>>;

/// Numbers are given out once and for all courses of a fork, so that no number means two things.
#[derive(Debug, Clone, Default)]
pub(crate) struct Heap {
    chunks: Vec<Chunk>,
    next: usize,
}

static ABSENT: Object = Object::Absent;

impl Heap {
    pub fn add(&mut self, object: Object) -> ObjectId {
        let id = ObjectId(self.next as u32);
        self.set(id, object);
        id
    }

    pub fn get(&self, id: ObjectId) -> &Object {
        self.shared(id).map_or(&ABSENT, |object| object)
    }

    pub fn get_mut(&mut self, id: ObjectId) -> Option<&mut Object> {
        let at = id.0 as usize;
        let chunk = self.chunks.get_mut(at / CHUNK)?;
        chunk.get(at % CHUNK)?.as_ref()?;
        Arc::make_mut(chunk).get_mut(at % CHUNK)?.as_mut().map(Arc::make_mut)
    }

    /// Puts an object under a number that was given out, here or on another course.
    pub fn set(&mut self, id: ObjectId, object: Object) {
        self.put(id, Arc::new(object));
    }

    pub fn ids(&self) -> impl Iterator<Item = ObjectId> + use<> {
        (0..self.next as u32).map(ObjectId)
    }

    /// How much copying it costs, more or less.
    pub fn cost(&self) -> usize {
        self.chunks.len() / 16 + 1
    }

    /// Takes the objects of `other`, but none of its numbers again.
    pub fn put_back(&mut self, other: Heap) {
        self.next = self.next.max(other.next);
        self.chunks = other.chunks;
    }

    /// Objects of `other` that are not the very same here, with what is here instead.
    pub(super) fn changes(&self, other: &Heap) -> Vec<(ObjectId, Option<Arc<Object>>, Arc<Object>)> {
        let mut changes = Vec::new();
        for (at, theirs) in other.chunks.iter().enumerate() {
            let mine = self.chunks.get(at);
            if mine.is_some_and(|mine| Arc::ptr_eq(mine, theirs)) {
                continue;
            }
            for (offset, their) in theirs.iter().enumerate() {
                let my = mine.and_then(|chunk| chunk.get(offset)?.as_ref());
                match (my, their) {
                    (Some(my), Some(their)) if Arc::ptr_eq(my, their) => {}
                    (my, Some(their)) => {
                        changes.push((ObjectId((at * CHUNK + offset) as u32), my.cloned(), their.clone()));
                    }
                    (_, None) => {}
                }
            }
        }
        changes
    }

    pub(super) fn shared(&self, id: ObjectId) -> Option<&Arc<Object>> {
        let at = id.0 as usize;
        self.chunks.get(at / CHUNK)?.get(at % CHUNK)?.as_ref()
    }

    pub(super) fn put(&mut self, id: ObjectId, object: Arc<Object>) {
        let at = id.0 as usize;
        self.next = self.next.max(at + 1);
        if self.chunks.len() <= at / CHUNK {
            self.chunks.resize_with(at / CHUNK + 1, Chunk::default);
        }
        let Some(chunk) = self.chunks.get_mut(at / CHUNK) else { return };
        let chunk = Arc::make_mut(chunk);
        if chunk.len() <= at % CHUNK {
            chunk.resize(at % CHUNK + 1, None);
        }
        if let Some(slot) = chunk.get_mut(at % CHUNK) {
            *slot = Some(object);
        }
    }
}
