//! What a revision's `upgrade()` or `downgrade()` does, evaluated statically.

use crate::host::{Dependence, Given, MigrationHost, Surroundings};
use fact::files::Files;
use fact::{Name, Place, Reason, Unknown};
use python::eval::{Budget, Interp};
use python::host::{Exception, Raise};
use python::modules::{SourceModule, Sources, Trace};
use python::value::{Arg, Args, FunctionBody, Value};
use schema::{Dialect, Step};
use std::sync::Arc;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Direction {
    Upgrade,
    Downgrade,
}

impl Direction {
    pub fn function(self) -> &'static str {
        match self {
            Direction::Upgrade => "upgrade",
            Direction::Downgrade => "downgrade",
        }
    }
}

/// What one direction of one revision does.
#[derive(Debug, Clone)]
pub struct Evaluation {
    pub steps: Arc<[Step]>,
    pub ended: Ended,
    /// What could not be read on the way.
    pub unknowns: Vec<Unknown>,
    pub trace: Trace,
    pub dependence: Dependence,
}

/// How the function ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Ended {
    Normally,
    /// The module has no such function.
    Missing,
    /// An exception that the code raises itself: its class, and where.
    Raised {
        class: Arc<str>,
        message: Option<Arc<str>>,
        place: Place,
    },
    /// The evaluation gave up; the steps end with an opaque one.
    Stopped(Unknown),
}

/// Where modules and files come from, and what the caller knows of the environment.
#[derive(Clone, Copy)]
pub struct Code<'a> {
    pub sources: &'a dyn Sources,
    pub files: &'a dyn Files,
    /// The database that a multidb environment runs the revision for.
    pub engine: Option<&'a str>,
}

/// Evaluates one direction of a revision. Without surroundings only code that asks nothing of the database can be
/// evaluated; `None` says that it asks.
pub fn evaluate(
    revision: &Arc<SourceModule>,
    direction: Direction,
    code: Code<'_>,
    surroundings: Option<&Surroundings>,
) -> Option<Evaluation> {
    run(revision, direction, code, surroundings.map_or(Given::Nothing, Given::All))
}

/// As [`evaluate`], for code that asks no more than what kind of database it is. `None`: it asks what is in it.
pub fn evaluate_on(
    revision: &Arc<SourceModule>,
    direction: Direction,
    code: Code<'_>,
    dialect: Option<Dialect>,
) -> Option<Evaluation> {
    run(revision, direction, code, Given::Dialect(dialect))
}

fn run(
    revision: &Arc<SourceModule>,
    direction: Direction,
    code: Code<'_>,
    given: Given<'_>,
) -> Option<Evaluation> {
    let host = MigrationHost::new(code.files, given);
    let mut interp = Interp::new(host, code.sources, Budget::default());
    let place = Place::whole_file(revision.file);
    let loaded = interp.run_module(revision);
    let function = interp.module_attribute(revision, fact::name(direction.function()));
    let ended = match (function, loaded) {
        (None, Err(raise)) => ended(&mut interp, raise),
        (None, Ok(())) => Ended::Missing,
        (Some(function), _) => {
            let args = arguments(&function, code.engine, place);
            match interp.call_whole(&function, args, place) {
                Ok(_) => Ended::Normally,
                Err(raise) => ended(&mut interp, raise),
            }
        }
    };
    let (host, trace) = interp.into_parts();
    if host.is_unanswered() {
        return None;
    }
    let (steps, dependence, unknowns) = host.finish();
    Some(Evaluation { steps: steps.into(), ended, unknowns, trace, dependence })
}

fn ended(interp: &mut Interp<'_, MigrationHost<'_>>, raise: Raise) -> Ended {
    match raise {
        Raise::Exception(Exception { class, args, place }) => {
            let told = match &class {
                Value::Builtin(name) => *name,
                other => interp
                    .class_view(other)
                    .map(|view| view.name)
                    .or(other.as_path())
                    .unwrap_or_else(|| fact::name("an exception")),
            };
            let message = args.first().and_then(Value::as_str).map(Arc::from);
            Ended::Raised { class: told.as_str().into(), message, place }
        }
        Raise::Stop(because) => {
            interp.host.stop(because.clone());
            Ended::Stopped(because)
        }
        Raise::Leave(_) => Ended::Normally,
    }
}

/// multidb environments pass the name of the database: `upgrade(engine_name)`.
fn arguments(function: &Value, engine: Option<&str>, place: Place) -> Args {
    let Value::Function(function) = function else { return Args::default() };
    let FunctionBody::Def(def) = function.body else { return Args::default() };
    let python::ast::Stmt::FunctionDef(def) = function.tree.stmt(def) else { return Args::default() };
    let list = def
        .params
        .iter()
        .filter(|param| param.default.is_none())
        .filter(|param| {
            matches!(param.kind, python::ast::ParamKind::PositionalOnly | python::ast::ParamKind::Normal)
        })
        .map(|param| Arg { name: None, value: parameter(param.name, engine, place), place })
        .collect();
    Args { list, open: None, discarded: true }
}

fn parameter(name: Name, engine: Option<&str>, place: Place) -> Value {
    match engine {
        Some(engine) if name.contains("engine") || name.contains("db") => Value::str(engine),
        _ => {
            Value::unknown(Unknown::new(Reason::Environment("an argument of run_migrations()".into()), place))
        }
    }
}
