use crate::Models;
use fact::{FileId, Name, NodeId, Place, Unknown, name};
use python::bindings::Bindings;
use python::eval::{Budget, Interp};
use python::host::{Eval, Host};
use python::modules::{Found, SourceModule, Sources};
use python::value::{Args, Call, Symbol, Value};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A host that knows SQLAlchemy and nothing else, and notes the tables that are made.
#[derive(Default)]
pub struct Plain {
    pub models: Models,
}

impl Host for Plain {
    type State = ();

    fn save(&self) {}

    fn restore(&mut self, (): ()) {}

    fn join((): (), (): (), _: &Unknown) {}

    fn call(interp: &mut Interp<'_, Self>, callee: &Value, args: &Args, place: Place) -> Option<Eval> {
        if let Some(answer) = crate::hooks::call(interp, callee, args, place) {
            return Some(answer);
        }
        let call = Call { callee: callee.clone(), args: args.clone(), place };
        let value = Value::Symbol(Arc::new(Symbol::Call(call)));
        if crate::table::table_call(interp, &value).is_some() {
            interp.host.models.add_table(value.clone());
        }
        interp.host.models.observe(callee, args, &value);
        Some(Ok(value))
    }

    fn getattr(interp: &mut Interp<'_, Self>, of: &Value, name: Name, place: Place) -> Option<Eval> {
        crate::hooks::getattr(interp, of, name, place)
    }

    fn iterate(interp: &mut Interp<'_, Self>, of: &Value, place: Place) -> Option<Eval<Vec<Value>>> {
        crate::hooks::iterate(interp, of, place)
    }

    fn truth(interp: &mut Interp<'_, Self>, of: &Value) -> Option<bool> {
        crate::hooks::truth(interp, of)
    }

    fn isinstance(interp: &mut Interp<'_, Self>, value: &Value, class: &Value) -> Option<bool> {
        crate::hooks::isinstance(interp, value, class)
    }

    fn is_subclass(class: Name, of: Name) -> Option<bool> {
        crate::hooks::is_subclass(class, of)
    }
}

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
pub fn evaluate<T>(text: &str, look: impl FnOnce(&mut Interp<'_, Plain>, &Value) -> T) -> T {
    let mut modules = Modules::default();
    let source = modules.add("m", &format!("{PRELUDE}{text}"), false);
    let mut interp = Interp::new(Plain::default(), &modules, Budget::default());
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
