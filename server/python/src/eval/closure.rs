//! What a running program would have loaded: every statement of every module that the code imports, directly or not.
//!
//! On-demand evaluation sees only what is asked for. A metadata holds whatever the imported modules put into it, asked
//! for or not.

use super::heap::Object;
use super::{Interp, LoadedModule};
use crate::ast::{Block, ItemTree, Stmt};
use crate::host::Host;
use crate::modules::{Found, SourceModule};
use crate::value::Value;
use fact::{FileId, Name};
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// More modules than this are not followed.
const MAX_MODULES: usize = 400;

impl<H: Host> Interp<'_, H> {
    /// Evaluates all names of the modules loaded so far and of those that they import. False: there were too many.
    ///
    /// An installed package imports a great deal that has nothing to do with the project: of those, only modules that
    /// import `about` themselves take part.
    pub fn load_imports(&mut self, about: &str) -> bool {
        let mut waiting: Vec<Arc<SourceModule>> =
            self.modules.values().map(|LoadedModule { source, .. }| source.clone()).collect();
        waiting.sort_by_key(|source| source.file);
        let mut seen: FxHashSet<FileId> = waiting.iter().map(|source| source.file).collect();
        let mut at = 0;
        while let Some(source) = waiting.get(at).cloned() {
            at += 1;
            if at > MAX_MODULES {
                return false;
            }
            for dotted in imports(&source) {
                if let Found::Module(found) = self.find(dotted)
                    && seen.insert(found.file)
                    && (!self.sources.is_installed(found.file) || imports_from(&found, about))
                {
                    waiting.push(found);
                }
            }
        }
        // Modules that were imported come first, as they would have run.
        for source in waiting.iter().rev() {
            let names: Vec<Name> = source.bindings.names().collect();
            for name in names {
                self.module_name(source, name);
            }
        }
        true
    }

    /// Evaluates all names of a module that was looked at before. False: it was not.
    pub fn load_module(&mut self, file: FileId) -> bool {
        let Some(source) = self.modules.get(&file).map(|loaded| loaded.source.clone()) else { return false };
        let names: Vec<Name> = source.bindings.names().collect();
        for name in names {
            self.module_name(&source, name);
        }
        true
    }

    /// Runs every top-level statement of a module, each on its own allowance as an import would. One that raises or costs
    /// too much ends there, and the others run all the same.
    pub fn run_statements(&mut self, source: &Arc<SourceModule>) {
        let scope = self.module_scope(source);
        for ordinal in 0..source.module.items.len() as u32 {
            // What the statement was to bind is unknown from here on, with this as the reason.
            let _ = self.run_item(source, scope, ordinal);
        }
    }

    /// Every class that was evaluated, in the order of making.
    pub fn classes(&self) -> Vec<Value> {
        self.heap
            .ids()
            .filter(|id| matches!(self.heap.get(*id), Object::Class(_)))
            .map(Value::Object)
            .collect()
    }
}

fn imports_from(source: &SourceModule, package: &str) -> bool {
    imports(source).iter().any(|dotted| dotted.split('.').next() == Some(package))
}

/// The dotted names that top-level statements of a module import, and the modules that names may stand for.
fn imports(source: &SourceModule) -> Vec<Name> {
    let mut found = Vec::new();
    for item in &source.module.items {
        if let Some(root) = item.tree.root {
            statement(source, &item.tree, root, &mut found);
        }
    }
    found
}

fn statement(source: &SourceModule, tree: &ItemTree, id: crate::ast::StmtId, found: &mut Vec<Name>) {
    let block = |block: &Block, found: &mut Vec<Name>| {
        for id in block {
            statement(source, tree, *id, found);
        }
    };
    match tree.stmt(id) {
        Stmt::Import(aliases) => found.extend(aliases.iter().map(|alias| alias.name)),
        Stmt::ImportFrom { module, level, names } => {
            let Some(dotted) = super::import::absolute(source, *level, *module) else { return };
            found.push(dotted);
            for alias in names.iter().flatten() {
                found.push(fact::name(&format!("{dotted}.{}", alias.name)));
            }
        }
        Stmt::If { body, or_else, .. } => {
            block(body, found);
            block(or_else, found);
        }
        Stmt::Try { body, handlers, or_else, finally } => {
            block(body, found);
            for handler in handlers {
                block(&handler.body, found);
            }
            block(or_else, found);
            block(finally, found);
        }
        Stmt::With { body, .. } => block(body, found),
        _ => {}
    }
}
