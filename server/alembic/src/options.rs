//! What `op.get_context().opts` holds: the options that env.py passes to `context.configure`, its own ones included.

use fact::{Fact, Name, Place, Reason, Unknown, name};
use python::value::{Args, Value};
use std::sync::Arc;

/// Plain data by keyword: a function or an object of env.py means nothing to the code of a revision.
pub type ContextOptions = Fact<Arc<[(Name, Value)]>>;

/// What Alembic puts there whether env.py passes it or not; `None` where it depends on the command that runs.
const DEFAULTS: &[(&str, Option<Value>)] = &[
    ("as_sql", Some(Value::Bool(false))),
    ("compare_server_default", Some(Value::Bool(false))),
    ("compare_type", Some(Value::Bool(true))),
    ("destination_rev", None),
    ("fn", None),
    ("include_name", Some(Value::None)),
    ("include_object", Some(Value::None)),
    ("include_schemas", Some(Value::Bool(false))),
    ("literal_binds", Some(Value::Bool(false))),
    ("on_version_apply", None),
    ("process_revision_directives", Some(Value::None)),
    ("render_as_batch", Some(Value::Bool(false))),
    ("script", None),
    ("starting_rev", None),
    ("tag", Some(Value::None)),
    ("target_metadata", Some(Value::None)),
    ("template_args", None),
    ("transaction_per_migration", Some(Value::Bool(false))),
    ("user_module_prefix", Some(Value::None)),
];

/// Parameters of `configure` that are no options.
const OTHERS: [&str; 4] = ["connection", "dialect_name", "dialect_opts", "url"];

/// The options after the last `context.configure(...)` of env.py.
pub(crate) fn read(configured: Option<&Args>, place: Place) -> ContextOptions {
    let Some(args) = configured else { return Fact::Unknown(Unknown::new(untold(), place)) };
    if let Some(open) = &args.open {
        return Fact::Unknown((**open).clone());
    }
    let mut options: Vec<(Name, Value)> = DEFAULTS
        .iter()
        .map(|(option, value)| {
            let value = value.clone().unwrap_or_else(|| Value::unknown(Unknown::new(untold(), place)));
            (name(option), value)
        })
        .collect();
    for (option, arg) in args.keywords().filter(|(option, _)| !OTHERS.contains(&option.as_str())) {
        let value = plain(&arg.value, arg.place);
        match options.iter_mut().find(|(known, _)| *known == option) {
            Some((_, slot)) => *slot = value,
            None => options.push((option, value)),
        }
    }
    Fact::Known(options.into())
}

/// Nothing says what is there.
pub(crate) fn untold() -> Reason {
    Reason::Environment("the options that env.py passes".into())
}

/// A value that means the same in another evaluation.
fn plain(value: &Value, place: Place) -> Value {
    let all = |items: &[Value]| items.iter().map(|item| plain(item, place)).collect();
    match value {
        Value::None
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Str(_)
        | Value::Partial(_)
        | Value::Bytes(_)
        | Value::Unknown(_) => value.clone(),
        Value::Tuple(items) => Value::Tuple(all(items)),
        Value::List(items) => Value::List(all(items)),
        Value::Set(items) => Value::Set(all(items)),
        Value::Dict(entries) => {
            Value::Dict(entries.iter().map(|(key, value)| (plain(key, place), plain(value, place))).collect())
        }
        _ => {
            let reason = Reason::UnreadableArgument("an option of context.configure()".into());
            Value::unknown(Unknown::new(reason, place))
        }
    }
}
