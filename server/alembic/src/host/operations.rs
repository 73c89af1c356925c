//! Directives with their arguments -> operations.

use super::batch::{Target, queue};
use super::directive::{Bound, identifier};
use super::{Cx, record, sql};
use fact::{Fact, Name, Reason, Unknown};
use python::host::Eval;
use python::value::{Arg, Args, Call, Symbol, Value};
use schema::operation::ColumnChange;
use schema::{
    Constraint, ConstraintKind, ForeignKey, Generated, Index, Operation, PrimaryKey, TableName, Touched,
    Unique, Written,
};
use sqlalchemy::Scope;
use sqlalchemy::default::Filled;
use std::sync::Arc;

/// Runs a directive of `op`, or of the batch block that is the target.
pub(super) fn run(cx: &mut Cx<'_, '_>, directive: &str, args: &Bound<'_>, target: Option<Target>) -> Eval {
    let place = args.place;
    match directive {
        "execute" => {
            let Some(arg) = args.get("sqltext") else { return Ok(Value::None) };
            let (value, at) = (arg.value.clone(), arg.place);
            sql::run(cx, &value, &Args::default(), at, place)?;
            return Ok(Value::None);
        }
        "bulk_insert" => {
            if let Some(table) = args.get("table") {
                let (table, rows) = (table.value.clone(), args.get("rows").map(|arg| arg.value.clone()));
                sql::bulk_insert(cx, &table, rows.as_ref(), place)?;
            }
            return Ok(Value::None);
        }
        _ => {}
    }
    let operation = match build(cx, directive, args, target.as_ref()) {
        Ok(operation) => operation,
        Err(because) => {
            // What the directive touches is often known even where the rest is not.
            let touches = match table_of(args, target.as_ref()) {
                Ok(table) => Touched::Tables(vec![table]),
                Err(_) => Touched::Anything,
            };
            Operation::Opaque { touches, because }
        }
    };
    let created = match &operation {
        Operation::CreateTable { .. } => Some(table_value(args)),
        _ => None,
    };
    match target {
        None => record(cx, operation, place, Written::Op)?,
        Some(target) => queue(cx, target.id, operation, place),
    }
    Ok(created.unwrap_or(Value::None))
}

/// `op.create_table` returns the table.
fn table_value(args: &Bound<'_>) -> Value {
    let mut list: Vec<Arg> = Vec::new();
    list.extend(args.get("table_name").cloned().map(|arg| Arg { name: None, ..arg }));
    list.push(Arg { name: None, value: Value::path("sqlalchemy.MetaData"), place: args.place });
    list.extend(args.rest.iter().map(|arg| (*arg).clone()));
    list.extend(
        args.keywords()
            .filter(|(name, _)| *name == "schema")
            .map(|(name, arg)| Arg { name: Some(name), ..arg.clone() }),
    );
    let args_of = Args { list, open: args.open.cloned(), discarded: false };
    let call = Call { callee: Value::path("sqlalchemy.Table"), args: args_of, place: args.place };
    Value::Symbol(Arc::new(Symbol::Call(call)))
}

/// The table that a directive is about.
fn table_of(args: &Bound<'_>, target: Option<&Target>) -> Result<TableName, Unknown> {
    match target {
        Some(target) => target.table.clone(),
        None if args.get("source_table").is_some() => args.table("source_table", "source_schema"),
        None if args.get("old_table_name").is_some() => args.table("old_table_name", "schema"),
        None => args.table("table_name", "schema"),
    }
}

fn build(
    cx: &mut Cx<'_, '_>,
    directive: &str,
    args: &Bound<'_>,
    target: Option<&Target>,
) -> Result<Operation, Unknown> {
    let table = || table_of(args, target);
    Ok(match directive {
        "create_table" => create_table(cx, args)?,
        "drop_table" => {
            Operation::DropTable { table: table()?, if_exists: args.flag("if_exists"), cascade: false }
        }
        "rename_table" => {
            let from = args.table("old_table_name", "schema")?;
            Operation::RenameTable { from, to: TableName { name: args.name("new_table_name")?, ..from } }
        }
        "add_column" => add_column(cx, args, table()?)?,
        "drop_column" => Operation::DropColumn {
            table: table()?,
            column: args.name("column_name")?,
            if_exists: args.flag("if_exists"),
            cascade: false,
        },
        "alter_column" => Operation::AlterColumn {
            table: table()?,
            column: args.name("column_name")?,
            change: Box::new(column_change(cx, args)),
        },
        "create_primary_key" => {
            let columns = args.names("columns")?;
            let (name, name_is_final) = args.optional_name("constraint_name");
            let key = PrimaryKey { name, name_is_final, ..PrimaryKey::new(columns, args.place) };
            Operation::AddConstraint {
                table: table()?,
                constraint: Constraint::PrimaryKey(key),
                if_not_exists: false,
            }
        }
        "create_unique_constraint" => {
            let (name, name_is_final) = args.optional_name("constraint_name");
            let mut unique =
                Unique { name, name_is_final, ..Unique::new(args.names("columns")?, args.place) };
            sqlalchemy::constraint::unique_options(&args.as_keywords(), &mut unique)?;
            Operation::AddConstraint {
                table: table()?,
                constraint: Constraint::Unique(unique),
                if_not_exists: false,
            }
        }
        "create_foreign_key" => foreign_key(args, table()?)?,
        "create_check_constraint" => {
            let (name, name_is_final) = args.optional_name("constraint_name");
            let sql = match args.get("condition") {
                Some(arg) => sqlalchemy::constraint::check_sql(cx, &Scope::default(), &arg.value, arg.place),
                None => Fact::Unknown(args.missing("condition")),
            };
            let not_valid = args.flag("postgresql_not_valid");
            let check =
                schema::Check { name, name_is_final, not_valid, ..schema::Check::new(sql, args.place) };
            Operation::AddConstraint {
                table: table()?,
                constraint: Constraint::Check(check),
                if_not_exists: false,
            }
        }
        "create_exclude_constraint" => {
            let mut written = args.as_keywords();
            written.list.extend(args.rest.iter().map(|arg| (*arg).clone()));
            let mut exclude = sqlalchemy::constraint::exclude(cx, &Scope::default(), &written, args.place)?;
            exclude.name = args.optional_name("constraint_name").0;
            Operation::AddConstraint {
                table: table()?,
                constraint: Constraint::Exclude(exclude),
                if_not_exists: false,
            }
        }
        "create_index" => create_index(cx, args, table()?)?,
        "drop_index" => {
            let table = match (target, args.given("table_name")) {
                (None, None) => None,
                _ => Some(table()?),
            };
            let name = match args.optional_name("index_name").0 {
                Fact::Known(Some(name)) => Fact::Known(name),
                Fact::Known(None) => Fact::Unknown(args.missing("index_name")),
                Fact::Unknown(unknown) => Fact::Unknown(unknown),
            };
            Operation::DropIndex {
                table,
                name,
                if_exists: args.flag("if_exists"),
                concurrently: args.flag("postgresql_concurrently"),
                options: dialect_options(args),
            }
        }
        "drop_constraint" => {
            let (name, name_is_final) = args.optional_name("constraint_name");
            let kind = match args.given("type_").map(|arg| &arg.value) {
                None => None,
                Some(value) => match value.as_str() {
                    Some("foreignkey") => Some(ConstraintKind::ForeignKey),
                    Some("primary") => Some(ConstraintKind::PrimaryKey),
                    Some("unique") => Some(ConstraintKind::Unique),
                    Some("check") => Some(ConstraintKind::Check),
                    _ => None,
                },
            };
            Operation::DropConstraint {
                table: table()?,
                name,
                kind,
                if_exists: args.flag("if_exists"),
                cascade: false,
                name_is_final,
            }
        }
        "create_table_comment" => {
            let existing = text(args, "existing_comment");
            Operation::SetTableComment { table: table()?, comment: text(args, "comment"), existing }
        }
        "drop_table_comment" => {
            let existing = text(args, "existing_comment");
            Operation::SetTableComment { table: table()?, comment: None, existing }
        }
        other => {
            return Err(Unknown::new(Reason::UnknownDirective(other.into()), args.place));
        }
    })
}

fn create_table(cx: &mut Cx<'_, '_>, args: &Bound<'_>) -> Result<Operation, Unknown> {
    let table = sqlalchemy::create_table(cx, args.args(), args.place)?;
    Ok(Operation::CreateTable { table: Arc::new(table), if_not_exists: args.flag("if_not_exists") })
}

fn add_column(cx: &mut Cx<'_, '_>, args: &Bound<'_>, table: TableName) -> Result<Operation, Unknown> {
    let Some(arg) = args.get("column") else { return Err(args.missing("column")) };
    let item = sqlalchemy::column(cx, &arg.value, arg.place)?;
    Ok(Operation::AddColumn {
        table,
        column: Arc::new(item.column),
        constraints: item.constraints,
        indexes: item.indexes,
        if_not_exists: args.flag("if_not_exists"),
        primary_key: args.flag("inline_primary_key") && item.primary_key,
        inline_references: args.flag("inline_references"),
    })
}

fn column_change(cx: &mut Cx<'_, '_>, args: &Bound<'_>) -> ColumnChange {
    let given = |name: &str| args.given(name).map(|arg| (arg.value.clone(), arg.place));
    // `False` is "not given" for these, since None means something.
    let told = |name: &str| args.get(name).filter(|arg| arg.value != Value::Bool(false));
    let flag = |name: &str| given(name).map(|(value, _)| known_flag(args, name, &value));
    let mut change = ColumnChange {
        nullable: flag("nullable"),
        existing_nullable: flag("existing_nullable"),
        new_name: given("new_column_name").map(|(value, _)| match identifier(&value) {
            Some((name, _)) => Fact::Known(name),
            None => Fact::Unknown(args.missing("new_column_name")),
        }),
        comment: told("comment").map(|arg| arg.value.as_str().map(Arc::from)),
        existing_comment: told("existing_comment").map(|arg| arg.value.as_str().map(Arc::from)),
        autoincrement: given("autoincrement").and_then(|(value, _)| value.as_bool()),
        existing_autoincrement: given("existing_autoincrement").and_then(|(value, _)| value.as_bool()),
        using: text(args, "postgresql_using"),
        ..ColumnChange::default()
    };
    if let Some((value, place)) = given("type_") {
        let ty = sqlalchemy::types::read_type(cx, &value, place);
        change.spelling = sqlalchemy::types::spelling(&value, &ty);
        change.ty = Some(ty);
    }
    if let Some((value, place)) = given("existing_type") {
        let ty = sqlalchemy::types::read_type(cx, &value, place);
        change.existing_spelling = sqlalchemy::types::spelling(&value, &ty);
        change.existing_ty = Some(ty);
    }
    if let Some((value, place)) = told("server_default").map(|arg| (arg.value.clone(), arg.place)) {
        match sqlalchemy::default::server_default(cx, &value, place) {
            Filled::Default(default) => change.default = Some(default),
            Filled::Computed(computed) => change.computed = Some(Some(computed)),
            Filled::Identity(identity) => change.identity = Some(Some(identity)),
        }
    }
    if let Some((value, place)) = told("existing_server_default").map(|arg| (arg.value.clone(), arg.place)) {
        match sqlalchemy::default::server_default(cx, &value, place) {
            Filled::Default(default) => change.existing_default = Some(default),
            // Taking the default of an identity column away takes the identity away.
            Filled::Identity(_) if change.default == Some(Fact::Known(None)) => {
                change.default = None;
                change.identity = Some(None);
            }
            Filled::Identity(identity) => change.existing_generated = Some(Generated::Identity(identity)),
            Filled::Computed(computed) => change.existing_generated = Some(Generated::Computed(computed)),
        }
    }
    change
}

/// The keywords that only a dialect knows.
fn dialect_options(args: &Bound<'_>) -> Vec<(Name, Arc<str>)> {
    let given = args.keywords().filter(|(keyword, arg)| {
        sqlalchemy::column::is_dialect_option(keyword)
            && *keyword != "postgresql_concurrently"
            && !arg.value.is_none()
    });
    given.filter_map(|(keyword, arg)| Some((keyword, sqlalchemy::option_text(&arg.value)?.into()))).collect()
}

fn known_flag(args: &Bound<'_>, name: &str, value: &Value) -> Fact<bool> {
    match value {
        Value::Bool(flag) => Fact::Known(*flag),
        other => match other.as_int() {
            Some(int) => Fact::Known(int != 0),
            None => Fact::Unknown(args.missing(name)),
        },
    }
}

fn text(args: &Bound<'_>, name: &str) -> Option<Arc<str>> {
    let value = &args.given(name)?.value;
    sqlalchemy::sql::sql_text(value).map(|sql| sql.text)
}

fn foreign_key(args: &Bound<'_>, table: TableName) -> Result<Operation, Unknown> {
    let referent = args.table("referent_table", "referent_schema")?;
    let (name, name_is_final) = args.optional_name("constraint_name");
    let (local, remote) = (args.names("local_cols")?, args.names("remote_cols")?);
    let mut key = ForeignKey { name, name_is_final, ..ForeignKey::new(local, referent, remote, args.place) };
    let (options, trouble) = sqlalchemy::foreign_key::options(&args.as_keywords(), args.place);
    if let Some(because) = trouble {
        return Err(because);
    }
    options.apply(&mut key);
    Ok(Operation::AddConstraint { table, constraint: Constraint::ForeignKey(key), if_not_exists: false })
}

fn create_index(cx: &mut Cx<'_, '_>, args: &Bound<'_>, table: TableName) -> Result<Operation, Unknown> {
    let Some(columns) = args.get("columns") else { return Err(args.missing("columns")) };
    let scope = Scope::default();
    let items = sqlalchemy::index::index_items(cx, &scope, &columns.value, columns.place)?;
    let (name, name_is_final) = args.optional_name("index_name");
    let mut index = Index { name, name_is_final, ..Index::new(items, args.place) };
    sqlalchemy::index::index_options(cx, &scope, &args.as_keywords(), &mut index);
    Ok(Operation::CreateIndex { table, index: Box::new(index), if_not_exists: args.flag("if_not_exists") })
}
