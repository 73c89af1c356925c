//! Imports. A module of the project is evaluated on demand, name by name: only the statements that bind or change the
//! name, so that importing one constant does not run a whole application.

use super::heap::{ModuleState, Object, ObjectId, Scope};
use super::{Flow, Frame, Interp, LoadedModule, unknown};
use crate::ast::Alias;
use crate::host::{Eval, Exception, Host, Raise};
use crate::modules::{Found, SourceModule};
use crate::value::Value;
use fact::{Name, Place, Reason, name};
use std::sync::Arc;

impl<H: Host> Interp<'_, H> {
    pub(super) fn module_scope(&mut self, source: &Arc<SourceModule>) -> ObjectId {
        let fresh = || {
            let done = vec![false; source.module.items.len()];
            Object::Scope(Scope {
                module: Some(ModuleState { file: source.file, whole: false, done }),
                ..Scope::default()
            })
        };
        if let Some(loaded) = self.modules.get(&source.file) {
            let scope = loaded.scope;
            if matches!(self.heap.get(scope), Object::Absent) {
                // It was loaded on another course of a fork.
                self.heap.pad(scope.0 as usize + 1);
                self.heap.set(scope, fresh());
            }
            return scope;
        }
        let scope = self.heap.add(fresh());
        self.modules.insert(source.file, LoadedModule { source: source.clone(), scope });
        scope
    }

    /// Runs a top-level statement unless it has run.
    pub(super) fn run_item(&mut self, source: &Arc<SourceModule>, scope: ObjectId, ordinal: u32) -> Eval<()> {
        let Some(item) = source.module.items.get(ordinal as usize) else { return Ok(()) };
        if let Some(Object::Scope(Scope { module: Some(state), .. })) = self.heap.get_mut(scope)
            && let Some(done) = state.done.get_mut(ordinal as usize)
        {
            if *done {
                return Ok(());
            }
            *done = true;
        }
        let Some(root) = item.tree.root else { return Ok(()) };
        let frame = Frame { file: source.file, item: ordinal, tree: item.tree.clone(), scope, owner: None };
        let mark = self.pending.len();
        let flow = self.stmt(&frame, root);
        let settled = self.settle(mark, flow, |flow| match flow {
            Flow::Raise(_) => None,
            _ => Some(Value::None),
        });
        // A course of an import that raises is not the one that a working project takes.
        self.pending.truncate(mark);
        match settled {
            Err(Flow::Raise(raise)) => Err(raise),
            _ => Ok(()),
        }
    }

    pub(super) fn module_name(&mut self, source: &Arc<SourceModule>, wanted: Name) -> Option<Value> {
        let scope = self.module_scope(source);
        let whole = match self.heap.get(scope) {
            Object::Scope(Scope { module: Some(state), vars, .. }) => state.whole && vars.contains_key(&wanted),
            _ => false,
        };
        if !whole {
            self.trace.names.entry((source.name, wanted)).or_insert_with(|| source.fingerprint(wanted));
            for &ordinal in source.bindings.items_for(wanted) {
                if let Err(Raise::Stop(unknown)) = self.run_item(source, scope, ordinal) {
                    return Some(Value::unknown(unknown));
                }
            }
        }
        if let Object::Scope(scope) = self.heap.get(scope)
            && let Some(value) = scope.vars.get(&wanted)
        {
            return Some(value.clone());
        }
        match wanted.as_str() {
            "__name__" => return Some(Value::str(source.name.as_str())),
            "__file__" => return Some(Value::Str(source.path.clone())),
            "__doc__" => return Some(Value::None),
            _ => {}
        }
        if let Some(value) = self.star_import(source, wanted) {
            return Some(value);
        }
        if !source.bindings.items_for(wanted).is_empty() {
            let place = Place::whole_file(source.file);
            return Some(unknown(Reason::Raised("an exception in its module".into()), place));
        }
        None
    }

    /// A name that a `from x import *` of the module brings in.
    fn star_import(&mut self, source: &Arc<SourceModule>, wanted: Name) -> Option<Value> {
        if wanted.starts_with('_') {
            return None;
        }
        let stars = source.bindings.star_imports().to_vec();
        let mut outside = None;
        for star in stars.iter().rev() {
            let Some(module) = absolute(source, star.level, star.module) else { continue };
            match self.find(module) {
                Found::Module(found) if found.file != source.file => {
                    if let Some(value) = self.module_name(&found, wanted) {
                        return Some(value);
                    }
                }
                Found::Absent { inside: false } => outside = outside.or(Some(module)),
                _ => {}
            }
        }
        // Of a module that cannot be read, it is as likely as not that it has the name; built-ins win.
        let module = outside?;
        (!super::builtins::is_builtin(wanted.as_str())).then(|| Value::path(&format!("{module}.{wanted}")))
    }

    pub(super) fn find(&mut self, dotted: Name) -> Found {
        let found = self.sources.find(dotted);
        let file = match &found {
            Found::Module(module) => Some(module.file),
            _ => None,
        };
        self.trace.modules.insert(dotted, file);
        found
    }

    pub(super) fn source_of(&self, frame: &Frame) -> Option<Arc<SourceModule>> {
        self.modules.get(&frame.file).map(|loaded| loaded.source.clone())
    }

    pub(super) fn import(&mut self, frame: &Frame, aliases: &[Alias], place: Place) -> Eval<()> {
        for alias in aliases {
            let value = self.import_module(alias.name, place)?;
            match alias.alias {
                Some(as_name) => self.assign_name(frame, as_name, value, place),
                None => {
                    // `import a.b` binds `a`.
                    let first = name(alias.name.split('.').next().unwrap_or_default());
                    let value = self.import_module(first, place)?;
                    self.assign_name(frame, first, value, place);
                }
            }
        }
        Ok(())
    }

    fn import_module(&mut self, dotted: Name, place: Place) -> Eval {
        match self.find(dotted) {
            Found::Module(_) | Found::Namespace => Ok(Value::Module(dotted)),
            Found::Absent { inside: false } => Ok(Value::path(&dotted)),
            Found::Absent { inside: true } => Err(no_module(dotted, place)),
        }
    }

    pub(super) fn import_from(
        &mut self,
        frame: &Frame,
        module: Option<Name>,
        level: u32,
        names: Option<&[Alias]>,
        place: Place,
    ) -> Eval<()> {
        let source = self.source_of(frame);
        let dotted = match (&source, level) {
            (_, 0) => module,
            (Some(source), _) => absolute(source, level, module),
            (None, _) => None,
        };
        // Star imports are looked through when a name is not found otherwise.
        let Some(names) = names else { return Ok(()) };
        for alias in names {
            let value = match dotted {
                Some(dotted) => self.import_name(dotted, alias.name, place)?,
                None => unknown(Reason::ModuleNotFound(".".repeat(level as usize).into()), place),
            };
            self.assign_name(frame, alias.alias.unwrap_or(alias.name), value, place);
        }
        Ok(())
    }

    fn import_name(&mut self, dotted: Name, wanted: Name, place: Place) -> Eval {
        match self.find(dotted) {
            Found::Module(source) => {
                if let Some(value) = self.module_name(&source, wanted) {
                    return Ok(value);
                }
                self.submodule(dotted, wanted)
                    .ok_or_else(|| import_error(format!("cannot import name '{wanted}' from '{dotted}'"), place))
                    .or_else(|raise| if source.module.errors.is_empty() { Err(raise) } else {
                        Ok(unknown(Reason::SyntaxError, Place::whole_file(source.file)))
                    })
            }
            Found::Namespace => self.submodule(dotted, wanted).ok_or_else(|| no_module(dotted, place)),
            Found::Absent { inside: false } => Ok(outside_name(dotted, wanted)),
            Found::Absent { inside: true } => Err(no_module(dotted, place)),
        }
    }

    /// A module inside a package.
    pub(super) fn submodule(&mut self, package: Name, wanted: Name) -> Option<Value> {
        let dotted = name(&format!("{package}.{wanted}"));
        match self.find(dotted) {
            Found::Module(_) | Found::Namespace => Some(Value::Module(dotted)),
            Found::Absent { .. } => None,
        }
    }
}

fn outside_name(module: Name, wanted: Name) -> Value {
    match (module.as_str(), wanted.as_str()) {
        ("typing", "TYPE_CHECKING") => Value::Bool(false),
        ("builtins", _) => Value::Builtin(wanted),
        _ => Value::path(&format!("{module}.{wanted}")),
    }
}

/// The dotted name that a relative import means.
fn absolute(source: &SourceModule, level: u32, module: Option<Name>) -> Option<Name> {
    if level == 0 {
        return module;
    }
    let mut package = source.package();
    for _ in 1..level {
        package = package.rsplit_once('.').map_or("", |(outer, _)| outer);
    }
    match module {
        Some(module) if package.is_empty() => Some(module),
        Some(module) => Some(name(&format!("{package}.{module}"))),
        None if package.is_empty() => None,
        None => Some(name(package)),
    }
}

fn no_module(dotted: Name, place: Place) -> Raise {
    Raise::Exception(Exception {
        class: Value::Builtin(name("ModuleNotFoundError")),
        args: vec![Value::str(&format!("No module named '{dotted}'"))],
        place,
    })
}

fn import_error(message: String, place: Place) -> Raise {
    Raise::Exception(Exception {
        class: Value::Builtin(name("ImportError")),
        args: vec![Value::str(&message)],
        place,
    })
}
