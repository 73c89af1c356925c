//! `Column(...)` and `mapped_column(...)`.

use crate::args::{KEYWORD, Params, option_text, plain_text, why};
use crate::default::{self, Filled};
use crate::foreign_key::{self, Reference};
use crate::path::{Canonical, called, canonical, core_name};
use crate::scope::Scope;
use crate::types;
use fact::{Fact, Name, Place, Reason, Unknown, name};
use python::eval::Interp;
use python::host::Host;
use python::value::{Arg, Args, Call, Value};
use schema::column::Autoincrement;
use schema::constraint::ConstraintName;
use schema::{
    Check, Column, Computed, Constraint, ForeignKey, Identity, Index, IndexItem, ServerDefault, TableName,
    Type, Unique,
};
use std::sync::Arc;

/// A column with everything that comes with it.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnItem {
    pub column: Column,
    /// The name that constraints and indexes of the same table know it by.
    pub key: Name,
    pub primary_key: bool,
    /// `nullable=` was given: being in the primary key does not change it.
    pub nullable_given: bool,
    /// FOREIGN KEY, UNIQUE and CHECK, all named as given: `Known(None)` where no name was.
    pub constraints: Vec<Constraint>,
    pub indexes: Vec<Index>,
    /// Something about the column could not be read that would have brought a constraint or an index.
    pub doubt: Option<Unknown>,
}

/// A column as it is written, before it has a name and a place in a table.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnSpec {
    pub name: Option<Fact<Name>>,
    pub key: Option<Name>,
    /// `None`: no type was given.
    pub ty: Option<Fact<Type>>,
    /// The type as it was written.
    pub type_value: Option<Value>,
    pub nullable: Option<Fact<bool>>,
    pub primary_key: Option<bool>,
    pub unique: Option<bool>,
    pub index: Option<bool>,
    pub default: Option<Fact<Option<ServerDefault>>>,
    pub computed: Option<Computed>,
    pub identity: Option<Identity>,
    pub sequence: Option<TableName>,
    pub autoincrement: Option<Autoincrement>,
    pub comment: Option<Arc<str>>,
    pub options: Vec<(Name, Arc<str>)>,
    pub foreign_keys: Vec<ForeignKeySpec>,
    pub checks: Vec<Check>,
    /// `sort_order=` of `mapped_column`.
    pub sort_order: i64,
    pub doubt: Option<Unknown>,
    pub place: Place,
}

/// A `ForeignKey(...)` of one column.
#[derive(Debug, Clone, PartialEq)]
pub struct ForeignKeySpec {
    pub reference: Result<Reference, Unknown>,
    pub name: ConstraintName,
    pub name_is_final: bool,
    pub options: foreign_key::Options,
    pub place: Place,
}

/// Reads a column that has its name with it. `Err`: it is no column, or its name is not known.
pub fn column<H: Host>(
    interp: &mut Interp<'_, H>,
    value: &Value,
    place: Place,
) -> Result<ColumnItem, Unknown> {
    column_in(interp, &Scope::default(), value, place)
}

/// [`column`] where columns of class bodies may be referred to.
pub fn column_in<H: Host>(
    interp: &mut Interp<'_, H>,
    scope: &Scope,
    value: &Value,
    place: Place,
) -> Result<ColumnItem, Unknown> {
    match column_spec(interp, scope, value) {
        Some(spec) => spec.finish(None),
        None => Err(why(value, "the column", place)),
    }
}

/// The column that `value` describes; `None`: it is none.
pub fn column_spec<H: Host>(interp: &mut Interp<'_, H>, scope: &Scope, value: &Value) -> Option<ColumnSpec> {
    let call = column_call(interp, value)?;
    Some(read_args(interp, scope, &call.args, call.place))
}

/// Is it a `mapped_column(...)`, which takes from its annotation what it does not say itself?
pub(crate) fn is_mapped_column<H: Host>(interp: &mut Interp<'_, H>, value: &Value) -> bool {
    column_call(interp, value)
        .is_some_and(|call| core_name(&call.callee).is_some_and(|name| name == "mapped_column"))
}

/// Is it a column?
pub fn is_column<H: Host>(interp: &mut Interp<'_, H>, value: &Value) -> bool {
    column_call(interp, value).is_some()
}

/// The call that made a column: of `Column`, `mapped_column`, or of a subclass of the project; a copy of one.
fn column_call<H: Host>(interp: &mut Interp<'_, H>, value: &Value) -> Option<Call> {
    if let Some((of, name, _)) = crate::path::method_call(value) {
        let wraps = matches!(name.as_str(), "copy" | "_copy" | "_constructor");
        return if wraps { column_call(interp, &of.clone()) } else { None };
    }
    let call = as_call(interp, value)?;
    let name = core_name(&call.callee)?;
    match name.as_str() {
        "Column" | "mapped_column" => Some(call),
        // `deferred(Column(...))`, `column_property(Column(...))`
        "deferred" | "column_property" => {
            let inner = call.args.positional().next()?.value.clone();
            column_call(interp, &inner)
        }
        _ => None,
    }
}

/// A call of something from SQLAlchemy; an instance of a subclass that the project made of it counts as such a call.
pub(crate) fn as_call<H: Host>(interp: &mut Interp<'_, H>, value: &Value) -> Option<Call> {
    if let Some(call) = value.as_call() {
        return Some(call.clone());
    }
    let view = interp.instance_view(value)?;
    let bases = interp.class_outside_bases(&view.class);
    let callee =
        bases.into_iter().find(|base| canonical(base).is_some() || crate::path::is_flask_class(base))?;
    let place = interp.class_view(&view.class)?.place;
    let place = view.args.list.first().map_or(place, |arg| arg.place);
    Some(Call { callee, args: view.args, place })
}

const NOT_A_TYPE: &[&str] = &[
    "CheckConstraint",
    "ColumnDefault",
    "Computed",
    "DefaultClause",
    "FetchedValue",
    "ForeignKey",
    "Identity",
    "Sequence",
    "UniqueConstraint",
];

/// The arguments of a column.
pub(crate) fn read_args<H: Host>(
    interp: &mut Interp<'_, H>,
    scope: &Scope,
    args: &Args,
    place: Place,
) -> ColumnSpec {
    let mut spec = ColumnSpec::new(place);
    let mut positional: Vec<&Arg> = args.positional().collect();
    if positional.first().is_some_and(|first| is_name(interp, first, positional.get(1).copied())) {
        let first = positional.remove(0);
        spec.name = name_fact(&first.value, place);
    }
    if let Some(first) = positional.first().copied()
        && !is_item(interp, &first.value)
    {
        positional.remove(0);
        if !first.value.is_none() {
            spec.set_type(interp, &first.value, first.place);
        }
    }
    for item in positional {
        spec.item(interp, scope, &item.value, item.place);
    }
    spec.keywords(interp, args, place);
    if let Some(unknown) = &args.open {
        spec.open((**unknown).clone());
    }
    spec
}

/// Is the first argument the name?
fn is_name<H: Host>(interp: &mut Interp<'_, H>, first: &Arg, second: Option<&Arg>) -> bool {
    match &first.value {
        Value::Str(_) | Value::Partial(_) | Value::None => true,
        // What is not known is the name if a type follows.
        Value::Unknown(_) => second.is_some_and(|second| types::is_type(interp, &second.value)),
        value => {
            plain_text(value).is_some()
                || interp.enum_member_value(value).is_some_and(|v| v.as_str().is_some())
        }
    }
}

fn name_fact(value: &Value, place: Place) -> Option<Fact<Name>> {
    match value {
        Value::None => None,
        value => Some(match plain_text(value) {
            Some(text) => Fact::Known(name(&text)),
            None => Fact::Unknown(why(value, "the name of the column", place)),
        }),
    }
}

fn is_item<H: Host>(interp: &mut Interp<'_, H>, value: &Value) -> bool {
    as_call(interp, value)
        .and_then(|call| core_name(&call.callee))
        .or_else(|| core_name(value))
        .is_some_and(|name| NOT_A_TYPE.contains(&name.as_str()))
}

impl ColumnSpec {
    pub fn new(place: Place) -> ColumnSpec {
        ColumnSpec {
            name: None,
            key: None,
            ty: None,
            type_value: None,
            nullable: None,
            primary_key: None,
            unique: None,
            index: None,
            default: None,
            computed: None,
            identity: None,
            sequence: None,
            autoincrement: None,
            comment: None,
            options: Vec::new(),
            foreign_keys: Vec::new(),
            checks: Vec::new(),
            sort_order: 0,
            doubt: None,
            place,
        }
    }

    pub(crate) fn set_type<H: Host>(&mut self, interp: &mut Interp<'_, H>, value: &Value, place: Place) {
        self.ty = Some(types::read_type(interp, value, place));
        self.type_value = Some(value.clone());
    }

    pub(crate) fn doubt(&mut self, unknown: Unknown) {
        self.doubt.get_or_insert(unknown);
    }

    /// Arguments were spread that are not known: what was not given may have been.
    fn open(&mut self, unknown: Unknown) {
        self.nullable.get_or_insert(Fact::Unknown(unknown.clone()));
        self.default.get_or_insert(Fact::Unknown(unknown.clone()));
        self.ty.get_or_insert(Fact::Unknown(unknown.clone()));
        self.doubt(unknown);
    }

    /// A positional item after name and type.
    pub(crate) fn item<H: Host>(
        &mut self,
        interp: &mut Interp<'_, H>,
        scope: &Scope,
        value: &Value,
        place: Place,
    ) {
        if value.is_none() {
            return;
        }
        let Some(call) = as_call(interp, value) else {
            let known = core_name(value).is_some_and(|name| {
                if name == "Identity" {
                    self.identity = Some(Identity::default());
                }
                matches!(name.as_str(), "Identity" | "FetchedValue")
            });
            if !known {
                self.doubt(why(value, "an argument of the column", place));
            }
            return;
        };
        match core_name(&call.callee).as_deref() {
            Some("ForeignKey") => {
                let key = foreign_key::spec(interp, scope, &call);
                self.foreign_keys.push(key);
            }
            Some("CheckConstraint") => {
                let check = crate::constraint::check(interp, scope, &call.args, call.place);
                self.checks.push(check);
            }
            Some("Computed") => match default::computed(interp, scope, &call.args, call.place) {
                Fact::Known(computed) => self.computed = Some(computed),
                Fact::Unknown(unknown) => {
                    self.default = Some(Fact::Unknown(unknown.clone()));
                    self.doubt(unknown);
                }
            },
            Some("Identity") => match default::identity(&call.args, call.place) {
                Fact::Known(identity) => self.identity = Some(identity),
                Fact::Unknown(unknown) => self.doubt(unknown),
            },
            Some("Sequence") => match default::sequence_name(interp, value) {
                Some(name) => self.sequence = Some(name),
                None => self.doubt(why(value, "the sequence", place)),
            },
            Some("DefaultClause") => self.server_default(interp, value, place),
            Some("FetchedValue" | "ColumnDefault") => {}
            _ => self.doubt(why(value, "an argument of the column", place)),
        }
    }

    pub(crate) fn server_default<H: Host>(
        &mut self,
        interp: &mut Interp<'_, H>,
        value: &Value,
        place: Place,
    ) {
        match default::server_default(interp, value, place) {
            Filled::Default(default) => self.default = Some(default),
            Filled::Computed(computed) => self.computed = Some(computed),
            Filled::Identity(identity) => self.identity = Some(identity),
        }
    }

    /// The keyword arguments of `Column` and `mapped_column`.
    pub(crate) fn keywords<H: Host>(&mut self, interp: &mut Interp<'_, H>, args: &Args, place: Place) {
        let mut params = Params::new(args, place);
        params.trouble = None;
        if let Some(arg) = args.keyword("name") {
            self.name = name_fact(&arg.value, place).or(self.name.take());
        }
        if let Some(arg) = args.keyword("type_").filter(|arg| !arg.value.is_none()) {
            self.set_type(interp, &arg.value.clone(), arg.place);
        }
        if let Some(arg) = args.keyword("server_default") {
            self.server_default(interp, &arg.value.clone(), arg.place);
        }
        if let Some(arg) = args.keyword("nullable") {
            // `nullable=None` is "not said".
            self.nullable = match arg.value.as_int() {
                Some(int) => Some(Fact::Known(int != 0)),
                None if arg.value.is_none() => Some(Fact::Known(false)),
                None => Some(Fact::Unknown(why(&arg.value, "nullable", place))),
            };
        }
        self.primary_key = params.maybe_flag("primary_key").or(self.primary_key);
        self.unique = params.maybe_flag("unique").or(self.unique);
        self.index = params.maybe_flag("index").or(self.index);
        let doubt = params.trouble.take();
        if let Some(arg) = args.keyword("autoincrement") {
            self.autoincrement = match &arg.value {
                Value::Bool(true) => Some(Autoincrement::On),
                Value::Bool(false) => Some(Autoincrement::Off),
                Value::Str(text) if &**text == "ignore_fk" => Some(Autoincrement::On),
                _ => None,
            };
        }
        self.comment = default::comment(&mut params).or(self.comment.take());
        self.key = params.name(KEYWORD, "key").or(self.key);
        self.sort_order = params.int(KEYWORD, "sort_order").unwrap_or(self.sort_order);
        if let Some(doubt) = doubt {
            self.doubt(doubt);
        }
        if let Some(arg) = args.keyword("default").or_else(|| args.keyword("insert_default"))
            && let Some((Canonical::Sqlalchemy(name), _)) = called(&arg.value)
            && name == "Sequence"
        {
            self.sequence = default::sequence_name(interp, &arg.value.clone()).or(self.sequence);
        }
        for (keyword, arg) in args.keywords() {
            if (is_dialect_option(&keyword) || keyword == "system")
                && let Some(text) = option_text(&arg.value)
            {
                self.options.push((keyword, text.into()));
            }
        }
    }

    /// What this column says, or else what `under` says: an attribute over the `mapped_column` of its `Annotated`.
    pub fn over(self, under: ColumnSpec) -> ColumnSpec {
        let both = |mut mine: Vec<_>, theirs: Vec<_>| {
            if mine.is_empty() {
                mine = theirs;
            }
            mine
        };
        ColumnSpec {
            name: self.name.or(under.name),
            key: self.key.or(under.key),
            ty: self.ty.or(under.ty),
            type_value: self.type_value.or(under.type_value),
            nullable: self.nullable.or(under.nullable),
            // A False does not unset what the annotation sets.
            primary_key: self.primary_key.filter(|on| *on).or(under.primary_key).or(self.primary_key),
            unique: self.unique.or(under.unique),
            index: self.index.or(under.index),
            default: self.default.or(under.default),
            computed: self.computed.or(under.computed),
            identity: self.identity.or(under.identity),
            sequence: self.sequence.or(under.sequence),
            autoincrement: self.autoincrement.or(under.autoincrement),
            comment: self.comment.or(under.comment),
            options: both(self.options, under.options),
            foreign_keys: self.foreign_keys.into_iter().chain(under.foreign_keys).collect(),
            checks: self.checks.into_iter().chain(under.checks).collect(),
            sort_order: if self.sort_order != 0 { self.sort_order } else { under.sort_order },
            doubt: self.doubt.or(under.doubt),
            place: self.place,
        }
    }

    /// The column, named `default_name` where it has no name of its own.
    pub fn finish(self, default_name: Option<Name>) -> Result<ColumnItem, Unknown> {
        let given = match self.name {
            Some(Fact::Known(name)) => Some(name),
            Some(Fact::Unknown(unknown)) => return Err(unknown),
            None => None,
        };
        let Some(name) = given.or(default_name) else {
            let reason = Reason::UnreadableArgument("a column without a name".into());
            return Err(Unknown::new(reason, self.place));
        };
        let primary_key = self.primary_key.unwrap_or(false);
        let nullable_given = self.nullable.is_some();
        let mut column = Column::new(name, self.ty.unwrap_or(Fact::Known(Type::Null)), self.place);
        if let Some(value) = &self.type_value {
            column.spelling = types::spelling(value, &column.ty);
        }
        column.nullable = match (self.nullable, &self.identity) {
            (Some(nullable), _) => nullable,
            // An identity column is NOT NULL unless it says otherwise.
            (None, Some(_)) => Fact::Known(false),
            (None, None) => Fact::Known(!primary_key),
        };
        column.default = self.default.unwrap_or(Fact::Known(None));
        column.computed = self.computed;
        column.identity = self.identity;
        column.comment = self.comment;
        column.autoincrement = self.autoincrement.unwrap_or_default();
        column.options = self.options;
        let mut doubt = self.doubt;
        if let Some(sequence) = self.sequence {
            // The column takes its values from that sequence: it does not get one of its own.
            column.options.push((fact::name("sequence"), sequence.to_string().into()));
            if column.autoincrement == Autoincrement::Auto {
                column.autoincrement = Autoincrement::Off;
            }
        }
        let mut constraints = Vec::new();
        for key in self.foreign_keys {
            match key.reference {
                Ok(reference) => {
                    let referred = reference.column.unwrap_or(name);
                    let mut constraint =
                        ForeignKey::new(vec![name], reference.table, vec![referred], key.place);
                    constraint.name = key.name;
                    constraint.name_is_final = key.name_is_final;
                    key.options.apply(&mut constraint);
                    constraints.push(Constraint::ForeignKey(constraint));
                }
                Err(unknown) => doubt = doubt.or(Some(unknown)),
            }
        }
        let mut indexes = Vec::new();
        match (self.unique.unwrap_or(false), self.index.unwrap_or(false)) {
            (true, false) => constraints.push(Constraint::Unique(Unique::new(vec![name], self.place))),
            (unique, true) => {
                let mut index = Index::new(vec![IndexItem::Column(name)], self.place);
                index.unique = Fact::Known(unique);
                indexes.push(index);
            }
            (false, false) => {}
        }
        constraints.extend(self.checks.into_iter().map(Constraint::Check));
        Ok(ColumnItem {
            column,
            key: self.key.unwrap_or(name),
            primary_key,
            nullable_given,
            constraints,
            indexes,
            doubt,
        })
    }
}

/// Keywords that go to a dialect: `mysql_engine`, `postgresql_where`.
///
/// Anybody can write a dialect, so it is every `first_rest` whose first word does not begin a keyword of SQLAlchemy or
/// Alembic.
pub fn is_dialect_option(keyword: &str) -> bool {
    const OWN: &[&str] = &[
        "active",
        "autoload",
        "column",
        "constraint",
        "create",
        "dataclass",
        "default",
        "deferred",
        "existing",
        "extend",
        "if",
        "implicit",
        "include",
        "index",
        "inherit",
        "inline",
        "insert",
        "keep",
        "kw",
        "link",
        "listeners",
        "local",
        "must",
        "native",
        "new",
        "old",
        "primary",
        "quote",
        "referent",
        "remote",
        "resolve",
        "server",
        "sort",
        "source",
        "table",
        "type",
        "use",
    ];
    keyword
        .split_once('_')
        .is_some_and(|(first, rest)| !first.is_empty() && !rest.is_empty() && !OWN.contains(&first))
}
