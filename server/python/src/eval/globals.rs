//! `globals()`: the names of a module as a dict that is filled by need, so that looking one up does not run the module.

use super::heap::{Object, ObjectId};
use super::{Interp, access};
use crate::host::{Eval, Host};
use crate::modules::SourceModule;
use crate::value::{Args, Value};
use fact::{FileId, Name, Place, Reason};
use std::sync::Arc;

impl<H: Host> Interp<'_, H> {
    fn module_of(&self, file: FileId) -> Option<Arc<SourceModule>> {
        self.modules.get(&file).map(|loaded| loaded.source.clone())
    }

    /// The value of a global by its name; `None`: there is none.
    pub(super) fn global(&mut self, file: FileId, key: &Value) -> Option<Value> {
        let source = self.module_of(file)?;
        let wanted = fact::name(key.as_str()?);
        match self.module_name(&source, wanted) {
            Some(Value::Unknown(unknown)) if matches!(unknown.reason, Reason::NameNotFound(_)) => None,
            value => value,
        }
    }

    pub(super) fn set_global(&mut self, file: FileId, key: &Value, value: Value) {
        if let (Some(source), Some(name)) = (self.module_of(file), key.as_str()) {
            self.bind_module_name(&source, fact::name(name), value);
        }
    }

    /// `globals()[key]`
    pub(super) fn global_item(&mut self, file: FileId, key: &Value, place: Place) -> Eval {
        if let Some(unknown) = key.as_unknown() {
            return Ok(Value::Unknown(unknown.clone()));
        }
        match self.global(file, key) {
            Some(value) => Ok(value),
            None => Err(access::raise("KeyError", "no such name", place)),
        }
    }

    /// A method of `globals()`; all but the look-ups see every name of the module.
    pub(super) fn globals_method(
        &mut self,
        id: ObjectId,
        file: FileId,
        name: Name,
        args: Args,
        place: Place,
    ) -> Eval {
        let key = args.positional().next().map(|arg| arg.value.clone());
        if let ("get", Some(key)) = (name.as_str(), &key)
            && key.as_unknown().is_none()
        {
            let default = args.positional().nth(1).map_or(Value::None, |arg| arg.value.clone());
            return Ok(self.global(file, key).unwrap_or(default));
        }
        self.fill_globals(id, file);
        super::containers::method(self, &Value::Object(id), name, args, place)
    }

    /// Runs what binds any name of the module.
    pub(super) fn fill_globals(&mut self, id: ObjectId, file: FileId) {
        let names: Vec<Name> = match self.module_of(file) {
            Some(source) => source.bindings.names().collect(),
            None => Vec::new(),
        };
        let mut dict = super::heap::Dict::default();
        for name in names {
            let key = Value::str(&name);
            if let Some(value) = self.global(file, &key) {
                dict.insert(crate::value::Key(key), value);
            }
        }
        self.heap.set(id, Object::Dict(dict));
    }
}
