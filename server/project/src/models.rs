//! What the mapped classes and tables of the project demand of the database.

use crate::environment::Environment;
use crate::packages::{self, Range, Version};
use crate::roots::{Roots, revision_module};
use camino::{Utf8Path, Utf8PathBuf};
use fact::{Fact, Name, Place, Reason, Unknown, name};
use python::eval::{Budget, Interp};
use python::modules::{Found, SourceModule, Sources};
use python::value::Value;
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use schema::dialect::canonical;
use schema::naming::NamingConvention;
use schema::table::by_dependency;
use schema::{Constraint, Context, Dialect, ForeignKey, Kind, Operation, Schema, Step, TableName, Written};
use sqlalchemy::declarative::{ModelHost, Versions};
use sqlalchemy::{MappedTable, Metadata, MetadataKey};
use std::sync::Arc;

/// The tables of the domain model.
#[derive(Debug, Clone, Default)]
pub struct Models {
    pub schema: Schema,
    /// What may be part of the model and could not be read, and what it is.
    pub unknowns: Vec<(String, Unknown)>,
}

/// Where models are looked for.
pub struct Wanted<'a> {
    /// Only what is in the metadata that this module calls `target_metadata`, where that can be told.
    pub env: Option<&'a Arc<SourceModule>>,
    pub dialect: Option<Dialect>,
    /// Stands for the convention of every metadata.
    pub naming: Option<&'a NamingConvention>,
    /// Folders that tell which versions of packages the project uses, besides the source roots.
    pub projects: &'a [Utf8PathBuf],
}

impl Environment {
    /// What the models demand that env.py compares with. `projects`: see [`Wanted`].
    pub fn models(&self, projects: &[Utf8PathBuf]) -> Models {
        let env = self.options.layout.env_py.as_ref();
        let env = env.map(|path| revision_module(&self.roots.store().parsed(path)));
        let wanted = Wanted {
            env: env.as_ref(),
            dialect: self.dialects.first().copied().flatten(),
            naming: self.options.naming.as_ref(),
            projects,
        };
        read(&self.roots, &wanted)
    }
}

/// Modules may hold this many steps' worth of statements in all.
const STEPS: u64 = 200_000_000;

/// Reads all modules under the source roots that may have to do with tables.
pub fn read(roots: &Roots, wanted: &Wanted<'_>) -> Models {
    let sources = ModelSources { roots, modules: modules(roots) };
    let budget = Budget { steps: STEPS, ..Budget::default() };
    let mut interp = Interp::new(ModelHost::default(), roots, budget);
    for module in &sources.modules {
        interp.run_statements(module);
    }
    let more = sources.hidden(&mut interp);
    for module in &more {
        interp.run_statements(module);
    }
    let keys = wanted.env.and_then(|env| target(&mut interp, env));
    let mut unknowns = Vec::new();
    let mut models = (*interp.host.models).clone();
    models.versions = versions(roots, wanted);
    for class in interp.classes() {
        match doubt(&mut interp, roots, &class) {
            None => models.add_class(class),
            Some((class, because)) => unknowns.push((format!("class {class}"), because)),
        }
    }
    for (class, because) in models.unnamed(&mut interp) {
        let class = interp.class_view(&class).map(|view| view.name.to_string()).unwrap_or_default();
        unknowns.push((format!("the table of {class}"), because));
    }
    let mut tables = models.tables(&mut interp);
    if let Some(keys) = keys {
        let is_target = |found: &Metadata| keys.contains(&found.key);
        tables.retain(|mapped| mapped.metadata.as_ref().is_some_and(is_target));
    }
    Models { schema: build(tables, wanted, &mut unknowns), unknowns }
}

struct ModelSources<'a> {
    roots: &'a Roots,
    modules: Vec<Arc<SourceModule>>,
}

/// A file without any of these maps nothing by itself.
const WORDS: [&str; 12] = [
    "sqlalchemy",
    "SQLAlchemy",
    "sqlmodel",
    "SQLModel",
    "Column(",
    "Table(",
    "mapped_column",
    "Mapped[",
    "__tablename__",
    "__table_args__",
    "declared_attr",
    "table=True",
];

fn modules(roots: &Roots) -> Vec<Arc<SourceModule>> {
    let needles: Vec<_> = WORDS.iter().map(|word| memchr::memmem::Finder::new(*word)).collect();
    with_any(roots, &needles, &FxHashSet::default())
}

/// The modules under the roots with one of these words in them, in the order of their paths. Revision files are none:
/// they keep the models of their day.
fn with_any(
    roots: &Roots,
    needles: &[memchr::memmem::Finder<'_>],
    known: &FxHashSet<Utf8PathBuf>,
) -> Vec<Arc<SourceModule>> {
    let mut paths = roots.python_files();
    paths.sort();
    paths.dedup();
    let found: Vec<Option<Arc<SourceModule>>> = paths
        .par_iter()
        .map(|path| {
            if known.contains(path) {
                return None;
            }
            let text = roots.store().files.read(path).ok()?;
            if !needles.iter().any(|needle| needle.find(text.as_bytes()).is_some()) {
                return None;
            }
            // As the name that its package has for it, so that two ways of importing it are one module.
            let module = roots.module_at(path);
            (!is_revision(&module)).then_some(module)
        })
        .collect();
    found.into_iter().flatten().collect()
}

fn is_revision(module: &SourceModule) -> bool {
    module.bindings.binds(name("down_revision")) && module.bindings.binds(name("revision"))
}

impl ModelSources<'_> {
    /// Modules without any of the words that import a base or mixin of the project which brings everything with it.
    fn hidden(&self, interp: &mut Interp<'_, ModelHost>) -> Vec<Arc<SourceModule>> {
        let mut bases: FxHashSet<Name> = FxHashSet::default();
        for class in interp.classes() {
            if sqlalchemy::declarative::brings_a_table(interp, &class)
                && let Some(view) = interp.class_view(&class)
            {
                bases.insert(view.name);
            }
        }
        if bases.is_empty() {
            return Vec::new();
        }
        let mut bases: Vec<Name> = bases.into_iter().collect();
        bases.sort();
        let needles: Vec<_> = bases.iter().map(|base| memchr::memmem::Finder::new(base.as_str())).collect();
        let known = self.modules.iter().map(|module| Utf8PathBuf::from(&*module.path)).collect();
        with_any(self.roots, &needles, &known)
    }
}

/// The metadata that env.py compares with. `None`: it cannot be told.
fn target(interp: &mut Interp<'_, ModelHost>, env: &Arc<SourceModule>) -> Option<Vec<MetadataKey>> {
    let value = interp.module_attribute(env, name("target_metadata"))?;
    let frozen = interp.freeze(&value);
    let all: Vec<Value> = match &frozen {
        Value::Dict(entries) => entries.iter().map(|(_, value)| value.clone()).collect(),
        frozen => match frozen.as_items() {
            Some(items) => items.to_vec(),
            None => vec![value],
        },
    };
    let keys = all.iter().map(|one| sqlalchemy::metadata(interp, one).map(|found| found.key));
    keys.collect::<Option<Vec<_>>>().filter(|keys| !keys.is_empty())
}

/// Why it is not known which class of two, or whether any, has the name in its module.
fn doubt(interp: &mut Interp<'_, ModelHost>, roots: &Roots, class: &Value) -> Option<(Name, Unknown)> {
    let view = interp.class_view(class)?;
    let Found::Module(module) = roots.find(view.module) else { return None };
    if !module.bindings.binds(view.name) {
        return None;
    }
    match interp.module_attribute(&module, view.name)? {
        Value::Unknown(because) => Some((view.name, (*because).clone())),
        _ => None,
    }
}

fn versions(roots: &Roots, wanted: &Wanted<'_>) -> Versions {
    let files = &*roots.store().files;
    let folders: Vec<&Utf8Path> =
        wanted.projects.iter().chain(roots.folders()).map(Utf8PathBuf::as_path).collect();
    let range = |package: &str| packages::range(files, folders.iter().copied(), package);
    Versions {
        sqlalchemy: range("sqlalchemy").and_then(|range| side(range, (2, 1, 0))).map(|newer| match newer {
            true => (2, 1),
            false => (2, 0),
        }),
        sqlmodel: range("sqlmodel").and_then(|range| side(range, (0, 0, 47))).map(|newer| match newer {
            true => (0, 0, 47),
            false => (0, 0, 46),
        }),
        kind: wanted.dialect.map(|dialect| dialect.kind),
    }
}

/// Are all versions at least this one, or all below it?
fn side(range: Range, version: Version) -> Option<bool> {
    if range.from >= version {
        return Some(true);
    }
    range.below.is_some_and(|below| below <= version).then_some(false)
}

/// The schema that `create_all` would make of the tables.
fn build(tables: Vec<MappedTable>, wanted: &Wanted<'_>, unknowns: &mut Vec<(String, Unknown)>) -> Schema {
    let mut schema = Schema::default();
    let kind = wanted.dialect.map(|dialect| dialect.kind);
    let mut made: FxHashSet<TableName> = FxHashSet::default();
    let all: FxHashSet<TableName> = tables.iter().map(|mapped| mapped.table.name).collect();
    let mut late = Vec::new();
    for mapped in by_dependency(tables, |mapped| &mapped.table) {
        let naming = match (wanted.naming, mapped.metadata) {
            (Some(naming), _) => Fact::Known(naming.clone()),
            (None, Some(found)) => found.convention,
            (None, None) => Fact::Known(NamingConvention::default()),
        };
        let context = Context { dialect: wanted.dialect, naming };
        let mut table = mapped.table;
        let (name, place) = (table.name, table.place);
        if !made.insert(name) {
            let reason = Reason::UnreadableArgument("a second table of this name".into());
            unknowns.push((format!("table {name}"), Unknown::new(reason, place)));
            continue;
        }
        // Tables that refer to each other get some of their keys when all of them are there. SQLite never looks.
        if !matches!(kind, None | Some(Kind::Sqlite)) {
            let is_early = |key: &ForeignKey| !all.contains(&key.ref_table) || made.contains(&key.ref_table);
            let (early, rest) = std::mem::take(&mut table.foreign_keys).into_iter().partition(is_early);
            table.foreign_keys = early;
            late.extend(rest.into_iter().map(|key| (name, place, key, context.clone())));
        }
        let operation = Operation::CreateTable { table: Arc::new(table), if_not_exists: false };
        schema::apply(&mut schema, &step(operation, place), &context);
    }
    for (table, place, key, context) in late {
        let operation =
            Operation::AddConstraint { table, constraint: Constraint::ForeignKey(key), if_not_exists: false };
        schema::apply(&mut schema, &step(operation, place), &context);
    }
    // What only foreign keys speak of is not part of the model.
    let made: FxHashSet<TableName> = made.into_iter().map(|name| canonical(name, kind)).collect();
    schema.tables = schema.tables.into_iter().filter(|(name, _)| made.contains(name)).collect();
    schema
}

fn step(operation: Operation, place: Place) -> Step {
    Step { operation, place, call_site: None, written: Written::Metadata, autocommit: false }
}
