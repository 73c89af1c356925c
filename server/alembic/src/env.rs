//! What env.py says: the metadata and its naming convention, and the options of `context.configure`.

use crate::options::{self, ContextOptions};
use fact::{Fact, FileId, Name, Place, Reason, Unknown, name};
use python::ast::{Expr, Stmt};
use python::eval::{Budget, Interp};
use python::host::{Eval, Host};
use python::modules::{SourceModule, Sources, Trace};
use python::value::{Arg, Args, Call, Symbol, Value};
use schema::Kind;
use schema::naming::NamingConvention;
use sqlalchemy::MetadataKey;
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
    /// The file in which the one metadata that is passed is made.
    pub target: Option<FileId>,
    /// What a revision finds in `op.get_context().opts`.
    pub options: ContextOptions,
    /// What could not be followed, by the option that it was asked for; `naming_convention` stands for `target_metadata`.
    pub unknowns: Vec<(&'static str, Unknown)>,
    pub trace: Trace,
    /// The answer rests on [`Workspace::modules_with`] too.
    pub searched: bool,
}

/// What env.py is read in.
pub trait Workspace {
    fn sources(&self) -> &dyn Sources;

    /// The modules of the project whose text contains `needle`.
    fn modules_with(&self, needle: &str) -> Vec<Arc<SourceModule>>;

    /// The database that the migrations are replayed on, where there is one only.
    fn dialect(&self) -> Option<Kind>;
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
            target: None,
            options: Fact::Unknown(Unknown::nowhere(options::untold())),
            unknowns: Vec::new(),
            trace: Trace::default(),
            searched: false,
        }
    }
}

/// Runs env.py as an online upgrade would and reads what it passes on.
pub fn read(env: &Arc<SourceModule>, workspace: &dyn Workspace) -> EnvFacts {
    let mut interp = Interp::new(EnvHost::new(workspace), workspace.sources(), Budget::default());
    let place = Place::whole_file(env.file);
    // env.py may well stop at what only a running application knows; what was configured before counts.
    let _ = interp.run_module(env);
    let configured = interp.host.state.configured.pop();
    let by_convention = interp.module_attribute(env, name("target_metadata"));
    let argument =
        |name: &str| configured.as_ref().and_then(|args| args.keyword(name)).map(|arg| arg.value.clone());
    let open = configured.as_ref().and_then(|args| args.open.clone());
    let metadata = argument("target_metadata").or(by_convention);
    let naming = match (&metadata, &open) {
        (None, Some(open)) => Fact::Unknown((**open).clone()),
        (None | Some(Value::None), _) => Fact::Known(NamingConvention::default()),
        (Some(value), _) => {
            let argument = configured.as_ref().and_then(|args| args.keyword("target_metadata"));
            naming_of(&mut interp, value, argument.map_or(place, |argument| argument.place))
        }
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
        target: metadata.and_then(|value| target(&mut interp, &value)),
        options: options::read(configured.as_ref(), place),
        naming,
        unknowns: Vec::new(),
        trace: interp.trace().clone(),
        searched: interp.host.database.is_some(),
    };
    let all = [
        ("naming_convention", facts.naming.unknown()),
        ("render_as_batch", facts.render_as_batch.unknown()),
        ("include_schemas", facts.include_schemas.unknown()),
        ("transaction_per_migration", facts.transaction_per_migration.unknown()),
        ("compare_type", facts.compare_type.unknown()),
        ("compare_server_default", facts.compare_server_default.unknown()),
        ("version_table", facts.version_table.unknown()),
        ("version_table_schema", facts.version_table_schema.unknown()),
    ];
    let unknowns = all.into_iter().filter_map(|(option, unknown)| Some((option, unknown?.clone())));
    facts.unknowns = unknowns.collect();
    facts
}

fn why(value: &Value, place: Place) -> Unknown {
    match value.as_unknown() {
        Some(unknown) => (**unknown).clone(),
        None => Unknown::new(Reason::UnreadableArgument("an option of context.configure()".into()), place),
    }
}

fn target(interp: &mut Interp<'_, EnvHost>, metadata: &Value) -> Option<FileId> {
    let one = match interp.freeze(metadata).as_items() {
        Some([one]) => one.clone(),
        Some(_) => return None,
        None => metadata.clone(),
    };
    sqlalchemy::metadata::made_in(interp, &one)
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
    let Some(found) = sqlalchemy::metadata(interp, &one) else {
        return Fact::Unknown(interp.why_unknown(&one, place));
    };
    let set = interp.host.state.conventions.iter().rev().find(|(key, ..)| *key == found.key).cloned();
    match set {
        Some((_, value, place)) => sqlalchemy::metadata::naming_convention(interp, &value, place),
        None => found.convention,
    }
}

/// Answers what env.py asks on its way to `context.configure`.
struct EnvHost<'w> {
    workspace: &'w dyn Workspace,
    state: Told,
    /// The Flask-SQLAlchemy object of the project, once somebody asked for it.
    database: Option<Value>,
}

/// What env.py and the modules that it imports have said so far.
#[derive(Clone, Default)]
struct Told {
    configured: Vec<Args>,
    /// `metadata.naming_convention = value`, in order.
    conventions: Vec<(MetadataKey, Value, Place)>,
}

impl<'w> EnvHost<'w> {
    fn new(workspace: &'w dyn Workspace) -> EnvHost<'w> {
        EnvHost { workspace, state: Told::default(), database: None }
    }
}

impl Host for EnvHost<'_> {
    type State = Told;

    fn save(&self) -> Told {
        self.state.clone()
    }

    fn restore(&mut self, state: Told) {
        self.state = state;
    }

    fn join(left: Told, right: Told, because: &Unknown) -> Told {
        let conventions = match left.conventions == right.conventions {
            true => left.conventions,
            // What one course sets and the other does not is not known.
            false => {
                let all = left.conventions.into_iter().chain(right.conventions);
                all.map(|(key, _, place)| (key, Value::unknown(because.clone()), place)).collect()
            }
        };
        // Whichever course configured: two courses that both do mean the same environment.
        let configured = match left.configured.len() >= right.configured.len() {
            true => left.configured,
            false => right.configured,
        };
        Told { configured, conventions }
    }

    fn call(cx: &mut Interp<'_, Self>, callee: &Value, args: &Args, place: Place) -> Option<Eval> {
        match callee.as_symbol() {
            Some(Symbol::Path(path)) => match path.as_str() {
                "alembic.context.configure" => {
                    cx.host.state.configured.push(args.clone());
                    return Some(Ok(Value::None));
                }
                "alembic.context.is_offline_mode" => return Some(Ok(Value::Bool(false))),
                "alembic.context.run_migrations" => return Some(Ok(Value::None)),
                _ => {}
            },
            Some(Symbol::Attribute { name, .. }) if name == "run_sync" => {
                let (function, rest) = (args.list.first()?.value.clone(), args.list.get(1..)?.to_vec());
                let callee = Value::path("sqlalchemy.engine.Connection");
                let connection = Symbol::Call(Call { callee, args: Args::default(), place });
                let value = Value::Symbol(Arc::new(connection));
                let mut list = vec![Arg { name: None, value, place }];
                list.extend(rest);
                return Some(cx.call(&function, Args { list, open: None, discarded: false }, place));
            }
            _ => {}
        }
        sqlalchemy::hooks::call(cx, callee, args, place)
    }

    fn getattr(cx: &mut Interp<'_, Self>, of: &Value, wanted: Name, place: Place) -> Option<Eval> {
        if wanted == "name" && is_dialect(of) {
            // A server that is spoken to as MySQL says mysql, whatever it is.
            let kind = cx.host.workspace.dialect().filter(|kind| *kind != Kind::Mariadb)?;
            return Some(Ok(Value::str(kind.name())));
        }
        if wanted == "db" && is_extension(of, "migrate") {
            return database(cx).map(Ok);
        }
        if matches!(wanted.as_str(), "metadata" | "db") && is_extension(of, "sqlalchemy") {
            let database = database(cx)?;
            return match wanted == "db" {
                true => Some(Ok(database)),
                false => Some(cx.getattr(&database, wanted, place)),
            };
        }
        // Since version 3 there is a metadata for each bind; older code asks whether there is.
        if wanted == "metadatas" && cx.host.database.as_ref() == Some(of) {
            let symbol = Symbol::Attribute { of: of.clone(), name: name("metadata"), place };
            return Some(Ok(Value::Dict(vec![(Value::None, Value::Symbol(Arc::new(symbol)))].into())));
        }
        sqlalchemy::hooks::getattr(cx, of, wanted, place)
    }

    fn environment_variable(_: &mut Interp<'_, Self>, _: &str, fallback: &Value) -> Option<Value> {
        Some(fallback.clone())
    }

    fn setattr(cx: &mut Interp<'_, Self>, of: &Value, attribute: Name, value: &Value, place: Place) {
        if attribute != "naming_convention" {
            return;
        }
        if let Some(metadata) = sqlalchemy::metadata(cx, of) {
            let value = cx.freeze(value);
            cx.host.state.conventions.push((metadata.key, value, place));
        }
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

/// `connection.dialect`
fn is_dialect(value: &Value) -> bool {
    matches!(value.as_symbol(), Some(Symbol::Attribute { name, .. }) if name == "dialect")
}

/// `current_app.extensions[wanted]`
fn is_extension(value: &Value, wanted: &str) -> bool {
    match value.as_symbol() {
        Some(Symbol::Item { of, index }) => {
            of.as_path().is_some_and(|path| path == "flask.current_app.extensions")
                && index.as_str() == Some(wanted)
        }
        _ => false,
    }
}

/// The one Flask-SQLAlchemy object that the modules of the project make. `None`: there is none, or more than one.
fn database(cx: &mut Interp<'_, EnvHost>) -> Option<Value> {
    if let Some(known) = &cx.host.database {
        return (!known.is_none()).then(|| known.clone());
    }
    cx.host.database = Some(Value::None);
    let mut found: Option<Value> = None;
    for module in cx.host.workspace.modules_with("SQLAlchemy(") {
        for variable in variables(&module) {
            let Some(value) = cx.module_attribute(&module, variable) else { continue };
            if sqlalchemy::metadata(cx, &value).is_none() || found.as_ref() == Some(&value) {
                continue;
            }
            if found.replace(value).is_some() {
                return None;
            }
        }
    }
    cx.host.database.clone_from(&found);
    cx.host.database.get_or_insert(Value::None);
    found
}

/// The variables of a module that are bound to a call of something that is named like Flask-SQLAlchemy's class.
fn variables(module: &SourceModule) -> Vec<Name> {
    let mut variables = Vec::new();
    for item in &module.module.items {
        let Some(root) = item.tree.root else { continue };
        let (targets, value) = match item.tree.stmt(root) {
            Stmt::Assign { targets, value } => (&**targets, *value),
            Stmt::AnnAssign { target, value: Some(value), .. } => (std::slice::from_ref(target), *value),
            _ => continue,
        };
        let Expr::Call { func, .. } = item.tree.expr(value) else { continue };
        let class = match item.tree.expr(*func) {
            Expr::Name(class) => *class,
            Expr::Attribute { attr, .. } => *attr,
            _ => continue,
        };
        if !class.ends_with("SQLAlchemy") {
            continue;
        }
        variables.extend(targets.iter().filter_map(|target| match item.tree.expr(*target) {
            Expr::Name(variable) => Some(*variable),
            _ => None,
        }));
    }
    variables
}
