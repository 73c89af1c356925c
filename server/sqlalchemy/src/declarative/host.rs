//! Reads modules for what they map.

use super::models::Models;
use fact::{Name, Place, Unknown};
use python::eval::Interp;
use python::host::{Eval, Host};
use python::value::{Args, Call, Symbol, Value};
use std::sync::Arc;

/// Knows SQLAlchemy and nothing else, and notes the tables that are made and what happens to them.
#[derive(Default)]
pub struct ModelHost {
    /// Shared with the states that forks have kept.
    pub models: Arc<Models>,
}

impl ModelHost {
    fn models(&mut self) -> &mut Models {
        Arc::make_mut(&mut self.models)
    }
}

impl Host for ModelHost {
    type State = Arc<Models>;

    fn save(&self) -> Arc<Models> {
        self.models.clone()
    }

    fn restore(&mut self, state: Arc<Models>) {
        self.models = state;
    }

    fn join(left: Arc<Models>, right: Arc<Models>, because: &Unknown) -> Arc<Models> {
        if Arc::ptr_eq(&left, &right) {
            return left;
        }
        Arc::new(Models::joined(&left, &right, because))
    }

    fn call(interp: &mut Interp<'_, Self>, callee: &Value, args: &Args, place: Place) -> Option<Eval> {
        if let Some(answer) = crate::hooks::call(interp, callee, args, place) {
            return Some(answer);
        }
        let call = Call { callee: callee.clone(), args: args.clone(), place };
        let value = Value::Symbol(Arc::new(Symbol::Call(call)));
        if crate::table::makes_table(callee) {
            interp.host.models().add_table(value.clone());
        }
        if Models::concerns(callee, args) {
            interp.host.models().observe(callee, args, &value);
        }
        Some(Ok(value))
    }

    fn getattr(interp: &mut Interp<'_, Self>, of: &Value, name: Name, place: Place) -> Option<Eval> {
        crate::hooks::getattr(interp, of, name, place)
    }

    fn setattr(interp: &mut Interp<'_, Self>, of: &Value, name: Name, value: &Value, _: Place) {
        if matches!(name.as_str(), "naming_convention" | "schema") {
            let value = interp.freeze(value);
            interp.host.models().assign(of, name, &value);
        }
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
