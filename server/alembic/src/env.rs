//! What env.py says: the metadata and its naming convention, and the options of `context.configure`.

use fact::{Fact, Name, Place, Reason, Unknown};
use python::eval::{Budget, Interp};
use python::host::{Eval, Host};
use python::modules::{SourceModule, Sources, Trace};
use python::value::{Args, Symbol, Value};
use schema::naming::NamingConvention;
use std::sync::Arc;

/// Facts of one env.py.
#[derive(Debug, Clone)]
pub struct EnvFacts {
    /// The convention of the one metadata that is passed; with several, or none, Alembic uses SQLAlchemy's default.
    pub naming: Fact<NamingConvention>,
    pub render_as_batch: Fact<bool>,
    pub include_schemas: Fact<bool>,
    pub transaction_per_migration: Fact<bool>,
    pub compare_type: Fact<bool>,
    pub compare_server_default: Fact<bool>,
    /// `None`: `alembic_version`.
    pub version_table: Fact<Option<Arc<str>>>,
    pub version_table_schema: Fact<Option<Arc<str>>>,
    /// What could not be followed.
    pub unknowns: Vec<Unknown>,
    pub trace: Trace,
}

impl Default for EnvFacts {
    /// What holds where there is no env.py.
    fn default() -> EnvFacts {
        EnvFacts {
            naming: Fact::Known(NamingConvention::default()),
            render_as_batch: Fact::Known(false),
            include_schemas: Fact::Known(false),
            transaction_per_migration: Fact::Known(false),
            compare_type: Fact::Known(true),
            compare_server_default: Fact::Known(false),
            version_table: Fact::Known(None),
            version_table_schema: Fact::Known(None),
            unknowns: Vec::new(),
            trace: Trace::default(),
        }
    }
}

/// Runs env.py as an online upgrade would and reads what it passes on.
pub fn read(env: &Arc<SourceModule>, sources: &dyn Sources) -> EnvFacts {
    let mut interp = Interp::new(EnvHost::default(), sources, Budget::default());
    let place = Place::whole_file(env.file);
    // env.py may well stop at what only a running application knows; what was configured before counts.
    let _ = interp.run_module(env);
    let configured = interp.host.configured.pop();
    let by_convention = interp.module_attribute(env, fact::name("target_metadata"));
    let argument =
        |name: &str| configured.as_ref().and_then(|args| args.keyword(name)).map(|arg| arg.value.clone());
    let open = configured.as_ref().and_then(|args| args.open.clone());
    let metadata = argument("target_metadata").or(by_convention);
    let naming = match &metadata {
        None | Some(Value::None) => Fact::Known(NamingConvention::default()),
        Some(value) => naming_of(&mut interp, value, place),
    };
    let flag = |name: &str, default: bool| match (argument(name), &open) {
        (None, Some(open)) => Fact::Unknown((**open).clone()),
        (None, None) | (Some(Value::None), _) => Fact::Known(default),
        (Some(value), _) => match value {
            Value::Bool(flag) => Fact::Known(flag),
            // A function decides case by case: the comparison as such is on.
            Value::Function(_) | Value::Method(_) => Fact::Known(true),
            other => Fact::Unknown(why(&other, place)),
        },
    };
    let text = |name: &str| match (argument(name), &open) {
        (None, Some(open)) => Fact::Unknown((**open).clone()),
        (None, None) | (Some(Value::None), _) => Fact::Known(None),
        (Some(Value::Str(text)), _) => Fact::Known(Some(text)),
        (Some(other), _) => Fact::Unknown(why(&other, place)),
    };
    let mut facts = EnvFacts {
        render_as_batch: flag("render_as_batch", false),
        include_schemas: flag("include_schemas", false),
        transaction_per_migration: flag("transaction_per_migration", false),
        compare_type: flag("compare_type", true),
        compare_server_default: flag("compare_server_default", false),
        version_table: text("version_table"),
        version_table_schema: text("version_table_schema"),
        naming,
        unknowns: Vec::new(),
        trace: interp.trace().clone(),
    };
    facts.unknowns.extend(facts.naming.unknown().cloned());
    facts.unknowns.extend(facts.version_table.unknown().cloned());
    facts.unknowns.extend(facts.render_as_batch.unknown().cloned());
    facts
}

fn why(value: &Value, place: Place) -> Unknown {
    match value.as_unknown() {
        Some(unknown) => (**unknown).clone(),
        None => Unknown::new(Reason::UnreadableArgument("an option of context.configure()".into()), place),
    }
}

fn naming_of(interp: &mut Interp<'_, EnvHost>, metadata: &Value, place: Place) -> Fact<NamingConvention> {
    let frozen = interp.freeze(metadata);
    let one = match frozen.as_items() {
        // With a list of metadata Alembic builds its own objects under the default convention.
        Some([one]) => one.clone(),
        Some(_) => return Fact::Known(NamingConvention::default()),
        None if matches!(frozen, Value::Dict(_)) => return Fact::Known(NamingConvention::default()),
        None => metadata.clone(),
    };
    match sqlalchemy::metadata(interp, &one) {
        Some(found) => found.convention,
        None => Fact::Unknown(interp.why_unknown(&one, place)),
    }
}

/// Answers what env.py asks on its way to `context.configure`.
#[derive(Default)]
struct EnvHost {
    configured: Vec<Args>,
}

impl Host for EnvHost {
    type State = Vec<Args>;

    fn save(&self) -> Vec<Args> {
        self.configured.clone()
    }

    fn restore(&mut self, state: Vec<Args>) {
        self.configured = state;
    }

    fn join(left: Vec<Args>, right: Vec<Args>, _: &Unknown) -> Vec<Args> {
        // Whichever course configured: two courses that both do mean the same environment.
        if left.len() >= right.len() { left } else { right }
    }

    fn call(cx: &mut Interp<'_, Self>, callee: &Value, args: &Args, place: Place) -> Option<Eval> {
        match callee.as_symbol() {
            Some(Symbol::Path(path)) => match path.as_str() {
                "alembic.context.configure" => {
                    cx.host.configured.push(args.clone());
                    return Some(Ok(Value::None));
                }
                "alembic.context.is_offline_mode" => return Some(Ok(Value::Bool(false))),
                "alembic.context.run_migrations" => return Some(Ok(Value::None)),
                _ => {}
            },
            Some(Symbol::Attribute { name, .. }) if name == "run_sync" => {
                let (function, rest) = (args.list.first()?.value.clone(), args.list.get(1..)?.to_vec());
                let connection = Value::path("sqlalchemy.engine.Connection");
                let mut list = vec![python::value::Arg { name: None, value: connection, place }];
                list.extend(rest);
                return Some(cx.call(&function, Args { list, open: None, discarded: false }, place));
            }
            _ => {}
        }
        sqlalchemy::hooks::call(cx, callee, args, place)
    }

    fn getattr(cx: &mut Interp<'_, Self>, of: &Value, name: Name, place: Place) -> Option<Eval> {
        sqlalchemy::hooks::getattr(cx, of, name, place)
    }

    fn truth(cx: &mut Interp<'_, Self>, of: &Value) -> Option<bool> {
        sqlalchemy::hooks::truth(cx, of)
    }

    fn isinstance(cx: &mut Interp<'_, Self>, value: &Value, class: &Value) -> Option<bool> {
        sqlalchemy::hooks::isinstance(cx, value, class)
    }

    fn is_subclass(raised: Name, handler: Name) -> Option<bool> {
        sqlalchemy::hooks::is_subclass(raised, handler)
    }
}
