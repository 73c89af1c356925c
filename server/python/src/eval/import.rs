//! Imports. A module of the project is evaluated on demand, name by name: only the statements that bind or change the
//! name, so that importing one constant does not run a whole application.

use super::access::raise;
use super::heap::{ModuleState, Object, ObjectId, Scope};
use super::{Flow, Frame, Interp, LoadedModule, unknown};
use crate::ast::{Alias, ItemTree};
use crate::host::{Eval, Exception, Host, Raise};
use crate::modules::{Found, Resolved, SourceModule};
use crate::value::Value;
use fact::{Name, Place, Reason, Unknown, name};
use std::sync::Arc;

/// What one top-level statement of an imported module may cost, with everything that it needs in turn.
const IMPORT_STEPS: u64 = 12_000;

impl<H: Host> Interp<'_, H> {
    pub(super) fn module_scope(&mut self, source: &Arc<SourceModule>) -> ObjectId {
        let loaded = self.modules.get(&source.file).map(|loaded| loaded.scope);
        // It may have been loaded on another course of a fork.
        if let Some(scope) = loaded
            && !matches!(self.heap.get(scope), Object::Absent)
        {
            return scope;
        }
        let state = ModuleState {
            file: source.file,
            whole: false,
            done: vec![false; source.module.items.len()],
            raised: Vec::new(),
            exhausted: Vec::new(),
        };
        let fresh = Object::Scope(Scope { module: Some(state), ..Scope::default() });
        match loaded {
            Some(scope) => {
                self.heap.set(scope, fresh);
                scope
            }
            None => {
                let scope = self.heap.add(fresh);
                self.modules.insert(source.file, LoadedModule { source: source.clone(), scope });
                scope
            }
        }
    }

    /// Runs a top-level statement unless it has run.
    pub(super) fn run_item(&mut self, source: &Arc<SourceModule>, scope: ObjectId, ordinal: u32) -> Eval<()> {
        let Some(item) = source.module.items.get(ordinal as usize) else { return Ok(()) };
        let is_done = |state: &ModuleState| state.done.get(ordinal as usize).copied().unwrap_or(false);
        if self.module_state(scope).is_some_and(|state| is_done(state)) {
            return Ok(());
        }
        if self.repeat_effect((source.file, ordinal)) {
            return Ok(());
        }
        self.with_effect((source.file, ordinal), |this| {
            if let Some(done) =
                this.module_state(scope).and_then(|state| state.done.get_mut(ordinal as usize))
            {
                *done = true;
            }
            this.running.push((source.file, ordinal));
            let result = this.on_allowance(source, scope, ordinal, |this| {
                this.run_statement(source, scope, ordinal, &item.tree)
            });
            this.running.pop();
            result
        })
    }

    /// Runs a statement of an imported module on an allowance of its own: one that parses a configuration or builds an
    /// application must not use up what the migration needs.
    fn on_allowance(
        &mut self,
        source: &SourceModule,
        scope: ObjectId,
        ordinal: u32,
        run: impl FnOnce(&mut Self) -> Eval<()>,
    ) -> Eval<()> {
        let left = self.steps.get();
        if self.module_state(scope).is_some_and(|state| state.whole) {
            return run(self);
        }
        // What an import needs in turn does not get all that is left of it, so that the importer can go on without.
        let allowance = if self.allowances == 0 { left.min(IMPORT_STEPS) } else { left - left / 4 };
        let mark = self.pending.len();
        self.steps.set(allowance);
        self.allowances += 1;
        let result = run(self);
        self.allowances -= 1;
        let rest = self.steps.get();
        self.steps.set(left - (allowance - rest));
        if rest > 0 {
            return result;
        }
        self.pending.truncate(mark);
        if let Some(state) = self.module_state(scope) {
            state.exhausted.push(ordinal);
        }
        Err(Raise::Stop(Unknown::new(Reason::Budget, Place::whole_file(source.file))))
    }

    fn run_statement(
        &mut self,
        source: &SourceModule,
        scope: ObjectId,
        ordinal: u32,
        tree: &Arc<ItemTree>,
    ) -> Eval<()> {
        let Some(root) = tree.root else { return Ok(()) };
        let frame = Frame { file: source.file, item: ordinal, tree: tree.clone(), scope, owner: None };
        let mark = self.pending.len();
        let flow = self.deeper(|this| this.stmt(&frame, root));
        let settled = self.settle(mark, flow, |flow| match flow {
            Flow::Raise(_) => None,
            _ => Some(Value::None),
        });
        let stopped = self.stopped_since(mark);
        // A course of an import that raises is not the one that a working project takes, unless somebody is prepared.
        if !self.in_try() {
            self.pending.truncate(mark);
        }
        match (settled, stopped) {
            (_, Some(stop)) => Err(stop),
            (Err(Flow::Raise(raise)), None) => {
                if let (Raise::Exception(exception), Some(state)) = (&raise, self.module_state(scope)) {
                    state.raised.push((ordinal, exception.clone()));
                }
                Err(raise)
            }
            _ => Ok(()),
        }
    }

    fn module_state(&mut self, scope: ObjectId) -> Option<&mut ModuleState> {
        match self.heap.get_mut(scope) {
            Some(Object::Scope(Scope { module: Some(state), .. })) => Some(state),
            _ => None,
        }
    }

    /// A name of a module. `None`: the module does not bind it. Where an exception kept it from being bound, that
    /// exception comes out if somebody is prepared for it.
    pub(super) fn module_value(&mut self, source: &Arc<SourceModule>, wanted: Name) -> Eval<Option<Value>> {
        let value = self.module_name(source, wanted);
        if self.in_try()
            && matches!(&value, Some(Value::Unknown(unknown)) if matches!(unknown.reason, Reason::Raised(_)))
        {
            let scope = self.module_scope(source);
            let bound =
                matches!(self.heap.get(scope), Object::Scope(scope) if scope.vars.contains_key(&wanted));
            if !bound && let Some(exception) = self.raised_for(source, scope, wanted) {
                return Err(Raise::Exception(exception));
            }
        }
        Ok(value)
    }

    pub(super) fn module_name(&mut self, source: &Arc<SourceModule>, wanted: Name) -> Option<Value> {
        let scope = self.module_scope(source);
        if let Err(Raise::Stop(unknown)) = self.need(source, scope, wanted) {
            return Some(Value::unknown(unknown));
        }
        if let Object::Scope(scope) = self.heap.get(scope)
            && let Some(value) = scope.vars.get(&wanted)
        {
            return Some(value.clone());
        }
        match wanted.as_str() {
            "__name__" => return Some(Value::str(source.name.as_str())),
            "__file__" => return Some(Value::Str(source.path.clone())),
            "__doc__" => {
                let first = source.module.items.first();
                let doc =
                    first.and_then(|item| Some(super::access::doc_string(&item.tree, &[item.tree.root?])));
                return Some(doc.unwrap_or(Value::None));
            }
            _ => {}
        }
        if let Some(value) = self.star_import(source, wanted) {
            return Some(value);
        }
        // A package that imports its own submodule by name: by then it is an attribute of the package.
        if source.is_package
            && source.bindings.binds(wanted)
            && let Some(module) = self.submodule(source.name, wanted)
        {
            return Some(module);
        }
        if source.bindings.binds(wanted) {
            let exhausted = self.module_state(scope).map(|state| state.exhausted.clone()).unwrap_or_default();
            let exhausted = source.bindings.items_for(wanted).iter().any(|item| exhausted.contains(item));
            let reason = match self.raised_for(source, scope, wanted) {
                Some(exception) => Reason::Raised(exception_name(self, &exception).as_str().into()),
                None if exhausted => Reason::Budget,
                None => Reason::NameNotFound(wanted.as_str().into()),
            };
            return Some(unknown(reason, Place::whole_file(source.file)));
        }
        None
    }

    /// What the module's own `__getattr__` gives for a name that it does not bind.
    pub(super) fn made_on_demand(&mut self, source: &Arc<SourceModule>, wanted: Name) -> Option<Value> {
        let hook = name("__getattr__");
        if wanted.starts_with("__") || source.bindings.binds(wanted) || !source.bindings.binds(hook) {
            return None;
        }
        let function = self.module_name(source, hook)?;
        let place = Place::whole_file(source.file);
        let args = crate::value::Args::values([Value::str(&wanted)], place);
        match self.call(&function, args, place) {
            Ok(value) => Some(value),
            Err(Raise::Stop(because)) => Some(Value::unknown(because)),
            Err(_) => None,
        }
    }

    /// Runs the statements that bind or change a name.
    fn need(&mut self, source: &Arc<SourceModule>, scope: ObjectId, wanted: Name) -> Eval<()> {
        if self.module_state(scope).is_some_and(|state| state.whole) {
            return Ok(());
        }
        self.trace.names.entry((source.name, wanted)).or_insert_with(|| source.fingerprint(wanted));
        let items = source.bindings.items_for(wanted);
        // A statement sees what the ones before it did; in a circle of imports, what there is at all.
        let now = self.running.iter().rev().find(|(file, _)| *file == source.file).map(|(_, item)| *item);
        let before = now.map_or(items.len(), |now| items.iter().take_while(|item| **item < now).count());
        let seen = if before == 0 { items } else { items.get(..before).unwrap_or(items) };
        for &ordinal in seen {
            // After an exception, what was bound before is still bound.
            if let Err(stop @ Raise::Stop(_)) = self.run_item(source, scope, ordinal) {
                return Err(stop);
            }
        }
        Ok(())
    }

    /// The exception that kept a name from being bound.
    fn raised_for(&mut self, source: &Arc<SourceModule>, scope: ObjectId, wanted: Name) -> Option<Exception> {
        let items = source.bindings.items_for(wanted);
        let state = self.module_state(scope)?;
        state.raised.iter().find(|(item, _)| items.contains(item)).map(|(_, exception)| exception.clone())
    }

    /// `module.name = value`, and `global name` in a function of the module.
    pub(super) fn bind_module_name(&mut self, source: &Arc<SourceModule>, wanted: Name, value: Value) {
        let scope = self.module_scope(source);
        // The statements that bind it come first, or they would undo this later.
        if self.need(source, scope, wanted).is_err() {
            return;
        }
        if let Some(Object::Scope(scope)) = self.heap.get_mut(scope) {
            scope.vars.insert(wanted, value);
        }
    }

    pub(super) fn set_module_name(&mut self, module: Name, wanted: Name, value: Value) {
        if let Found::Module(source) = self.find(module) {
            self.bind_module_name(&source, wanted, value);
        }
    }

    /// A name that a `from x import *` of the module brings in.
    fn star_import(&mut self, source: &Arc<SourceModule>, wanted: Name) -> Option<Value> {
        if wanted.starts_with('_') {
            return None;
        }
        let stars = source.bindings.star_imports().to_vec();
        let mut outside: Vec<Name> = Vec::new();
        for star in stars.iter().rev() {
            let Some(module) = absolute(source, star.level, star.module) else { continue };
            match self.find(module) {
                Found::Module(found)
                    if found.file != source.file && !self.searching.contains(&(found.file, wanted)) =>
                {
                    self.searching.push((source.file, wanted));
                    let value = self.deeper(|this| this.module_name(&found, wanted));
                    self.searching.pop();
                    if value.is_some() {
                        return value;
                    }
                }
                Found::Absent { inside: false } if !outside.contains(&module) => outside.push(module),
                _ => {}
            }
        }
        // Of a module that cannot be read, it is as likely as not that it has the name; built-ins win.
        if super::builtins::is_builtin(wanted.as_str()) {
            return None;
        }
        match outside.as_slice() {
            [] => None,
            [module] => Some(Value::path(&format!("{module}.{wanted}"))),
            [module, ..] => {
                let reason = Reason::OutsideProject(module.as_str().into());
                Some(unknown(reason, Place::whole_file(source.file)))
            }
        }
    }

    pub(super) fn find(&mut self, dotted: Name) -> Found {
        let found = self.sources.find(dotted);
        self.trace.modules.insert(dotted, Resolved::from(&found));
        found
    }

    /// `importlib.metadata.version(distribution)`
    pub(super) fn version(&mut self, distribution: &str) -> Option<Arc<str>> {
        let version = self.sources.version(distribution);
        self.trace.versions.insert(name(distribution), version.clone());
        version
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

    /// `importlib.import_module(dotted)`: who loads by name what the project does not have, and is prepared for its
    /// absence, has an optional extension in mind that a fresh checkout lacks.
    pub(super) fn import_by_name(&mut self, dotted: Name, place: Place) -> Eval {
        match self.find(dotted) {
            Found::Absent { .. } if self.in_try() => Err(no_module(dotted, place)),
            _ => self.import_module(dotted, place),
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
                let value =
                    self.module_value(&source, wanted)?.or_else(|| self.made_on_demand(&source, wanted));
                if let Some(value) = value.or_else(|| self.submodule(dotted, wanted)) {
                    return Ok(value);
                }
                if !source.module.errors.is_empty() {
                    return Ok(unknown(Reason::SyntaxError, Place::whole_file(source.file)));
                }
                Err(raise("ImportError", &format!("cannot import name '{wanted}' from '{dotted}'"), place))
            }
            // Other parts of a namespace may come from outside.
            Found::Namespace => {
                Ok(self.submodule(dotted, wanted).unwrap_or_else(|| outside_name(dotted, wanted)))
            }
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

pub(super) fn outside_name(module: Name, wanted: Name) -> Value {
    if module == "builtins" {
        return Value::Builtin(wanted);
    }
    let path = format!("{module}.{wanted}");
    super::stdlib::constant(&path).unwrap_or_else(|| Value::path(&path))
}

/// The dotted name that a relative import means.
pub(super) fn absolute(source: &SourceModule, level: u32, module: Option<Name>) -> Option<Name> {
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
    raise("ModuleNotFoundError", &format!("No module named '{dotted}'"), place)
}

/// What an exception's class is called.
fn exception_name<H: Host>(interp: &Interp<'_, H>, exception: &Exception) -> Name {
    match &exception.class {
        Value::Builtin(name) => *name,
        class => match interp.class_view(class) {
            Some(view) => view.name,
            None => class.as_path().unwrap_or(name("an exception")),
        },
    }
}
