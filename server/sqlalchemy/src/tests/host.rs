use crate::declarative::ModelHost;
use fact::{FileId, Name, NodeId, Place, name};
use python::bindings::Bindings;
use python::eval::{Budget, Interp};
use python::modules::{Found, SourceModule, Sources};
use python::value::Value;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Modules by their dotted names.
#[derive(Default)]
pub struct Modules {
    modules: FxHashMap<Name, Arc<SourceModule>>,
}

impl Modules {
    pub fn add(&mut self, dotted: &str, text: &str, is_package: bool) -> Arc<SourceModule> {
        let module = python::parse::parse(text);
        assert!(module.errors.is_empty(), "{dotted}: {:?}", module.errors);
        let source = Arc::new(SourceModule {
            name: name(dotted),
            file: FileId(self.modules.len() as u32 + 1),
            path: format!("/{}.py", dotted.replace('.', "/")).into(),
            is_package,
            bindings: Arc::new(Bindings::of(&module)),
            module: Arc::new(module),
        });
        self.modules.insert(source.name, source.clone());
        source
    }
}

impl Sources for Modules {
    fn find(&self, dotted: Name) -> Found {
        match self.modules.get(&dotted) {
            Some(module) => Found::Module(module.clone()),
            None => Found::Absent { inside: false },
        }
    }
}

pub const PRELUDE: &str = "\
import enum
import sqlalchemy as sa
import sqlmodel
from sqlalchemy import func, text
from sqlalchemy.dialects import mssql, mysql, postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, declarative_base, mapped_column
from alembic import op
";

/// Evaluates the text and looks at what it binds to `x`.
pub fn evaluate<T>(text: &str, look: impl FnOnce(&mut Interp<'_, ModelHost>, &Value) -> T) -> T {
    let mut modules = Modules::default();
    let source = modules.add("m", &format!("{PRELUDE}{text}"), false);
    let mut interp = Interp::new(ModelHost::default(), &modules, Budget::default());
    if let Err(raise) = interp.run_module(&source) {
        panic!("{text}: {raise:?}");
    }
    let value = interp.module_attribute(&source, name("x")).unwrap_or(Value::None);
    let value = interp.freeze(&value);
    look(&mut interp, &value)
}

pub fn place() -> Place {
    Place::new(FileId(1), 0, NodeId(0))
}
