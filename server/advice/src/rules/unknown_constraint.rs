//! `unknown-constraint`

use crate::finding::{Finding, Subject};
use crate::fix::{Applicability, Desk, Fix};
use crate::locate::naming;
use crate::rule::declare_rule;
use crate::sink::Sink;
use crate::text::nearest;
use crate::view::OperationView;
use fact::{Fact, Name, Reason, Unknown};
use schema::apply::User;
use schema::operation::Operation;
use schema::{ConstraintKind, Failure, Kind, Table, TableName};

declare_rule! {
    /// ## What it does
    ///
    /// Finds `drop_constraint` and `drop_index` with a name that nothing of the table has at that point.
    /// The names that databases give to unnamed constraints count, and so does the project's naming convention.
    ///
    /// ## Why it matters
    ///
    /// The migration stops there with an error. A constraint that was created without a name has a different one on each
    /// database, and none that can be dropped on SQLite.
    ///
    /// ## Example
    ///
    /// ```python
    /// op.create_foreign_key(None, "tasks", "users", ["user_id"], ["id"])
    /// op.drop_constraint("fk_tasks_users", "tasks", type_="foreignkey")
    /// ```
    ///
    /// ## Safe instead
    ///
    /// ```python
    /// op.create_foreign_key("fk_tasks_users", "tasks", "users", ["user_id"], ["id"])
    /// op.drop_constraint("fk_tasks_users", "tasks", type_="foreignkey")
    /// ```
    ///
    /// ## Fix
    ///
    /// Puts in the real name, where one name fits all databases of the project (unsafe).
    ///
    /// ## Sources
    ///
    /// PostgreSQL: `ChooseConstraintName`. MySQL: the `_ibfk_` names of InnoDB. SQLAlchemy: naming conventions.
    "unknown-constraint", Error, Replay;
    Operation(check);
    fix: rename;
}

fn check(operation: &OperationView<'_>, sink: &mut Sink<'_>) {
    for failed in &operation.failures {
        let (table, name, kind) = match &failed.failure {
            Failure::NoSuchConstraint { table, name, kind, .. } => (Some(*table), *name, *kind),
            Failure::NoSuchIndex { table, name, .. } => (*table, *name, None),
            _ => continue,
        };
        let is_index = matches!(failed.failure, Failure::NoSuchIndex { .. });
        if let Some(unknown) = doubt(operation, table, is_index) {
            sink.withhold(&unknown);
            continue;
        }
        if went_with_another(operation, table) {
            continue;
        }
        // PostgreSQL finds the index of a key under the key's name.
        if let Operation::RenameIndex { from, to, .. } = &operation.step.operation
            && (names_key(operation, *from) || names_key(operation, *to))
        {
            continue;
        }
        let known = table.and_then(|table| operation.table(&table));
        let real = known.and_then(|table| real_name(table, kind, is_index, operation));
        let mut message = match (table, is_index) {
            (Some(table), true) => format!("{table} has no index {name} here."),
            (None, true) => format!("There is no index {name} here."),
            (Some(table), false) => format!("{table} has no {} {name} here.", noun(kind)),
            (None, false) => format!("There is no {} {name} here.", noun(kind)),
        };
        let names: Vec<Name> = match known {
            Some(table) => names(table, is_index),
            None => operation.before.tables.values().flat_map(|table| names(table, is_index)).collect(),
        };
        let slip = nearest(&name, names.iter().map(Name::as_str)).map(fact::name);
        let mut draft_help = None;
        match (&real, slip) {
            (Some((real, what)), _) => message.push_str(&format!(" {what} is named {real}.")),
            (None, Some(slip)) => message.push_str(&format!(" Did you mean {slip}?")),
            (None, None) => {
                if let Some(what) = known.and_then(|table| elsewhere(table, name, is_index)) {
                    draft_help = Some(what);
                }
            }
        }
        let meant = real.map(|(real, _)| real).or(slip);
        let spot = naming(operation.at.scene.store(), failed.place, &name);
        let subject = Subject {
            table: table.map(|table| operation.at.key(&table)),
            name: Some(name),
            meant,
            ..Subject::default()
        };
        let mut draft = operation.draft(spot, subject, message);
        if let Some(help) = draft_help {
            draft = draft.help(help);
        }
        sink.report(draft);
    }
}

/// A drop that fails is carried on as if what stood in its way had gone, too: that is told where it fails.
fn went_with_another(operation: &OperationView<'_>, table: Option<TableName>) -> bool {
    let Some(table) = table.map(|table| operation.at.key(&table)) else { return false };
    let visits = operation.at.visits(operation.direction);
    let earlier = visits.get(..operation.index).unwrap_or_default();
    earlier.iter().flat_map(|visit| &visit.failures).any(|failed| match &failed.failure {
        Failure::TableInUse { by, .. } | Failure::KeyInUse { by, .. } => operation.at.key(by) == table,
        Failure::ColumnInUse { table: of, by, .. } => {
            operation.at.key(of) == table
                || matches!(by, User::ForeignKeyOf(by) if operation.at.key(by) == table)
        }
        _ => false,
    })
}

fn names_key(operation: &OperationView<'_>, name: Name) -> bool {
    let wanted = Fact::Known(Some(name));
    let has = |table: &Table| {
        table.primary_key.as_ref().is_some_and(|key| key.name == wanted)
            || table.uniques.iter().any(|unique| unique.name == wanted)
    };
    operation.before.tables.values().any(|table| has(table))
}

/// Why the names of the table's constraints are not all known.
fn doubt(operation: &OperationView<'_>, table: Option<TableName>, is_index: bool) -> Option<Unknown> {
    if operation.at.context.dialect.is_none() {
        return Some(Unknown::nowhere(Reason::NoDialect));
    }
    if let Fact::Unknown(unknown) = &operation.at.context.naming {
        return Some(unknown.clone());
    }
    if let Some(unknown) = &operation.before.opaque {
        return Some(unknown.clone());
    }
    let doubtful = |table: &Table| {
        let names = table.constraint_names().map(|(_, name)| name);
        let indexes = table.indexes.iter().map(|index| &index.name);
        let unnamed = match is_index {
            true => indexes.chain(names).find_map(Fact::unknown),
            false => names.chain(indexes).find_map(Fact::unknown),
        };
        table.open.clone().or_else(|| unnamed.cloned())
    };
    match table {
        Some(name) => match operation.table(&name) {
            Some(table) => doubtful(table),
            // The table itself is missing, and that was told.
            None => Some(Unknown::nowhere(Reason::Assumed)),
        },
        None => operation.before.tables.values().find_map(|table| doubtful(table)),
    }
}

/// The name of the only constraint of that kind whose columns the wrong name speaks of.
fn real_name(
    table: &Table,
    kind: Option<ConstraintKind>,
    is_index: bool,
    operation: &OperationView<'_>,
) -> Option<(Name, String)> {
    if is_index {
        return None;
    }
    let Operation::DropConstraint { name: Fact::Known(Some(wanted)), .. } = &operation.step.operation else {
        return None;
    };
    let speaks_of = |columns: &[Name]| columns.iter().all(|column| wanted.contains(column.as_str()));
    let known = |name: &Fact<Option<Name>>| name.known().copied().flatten();
    let of = |wanted: ConstraintKind| kind.is_none_or(|kind| kind == wanted);
    let mut found: Vec<(Name, String)> = Vec::new();
    if of(ConstraintKind::ForeignKey) {
        let keys = table.foreign_keys.iter().filter(|key| speaks_of(&key.columns));
        found.extend(keys.filter_map(|key| {
            Some((known(&key.name)?, format!("Its foreign key on {}", join(&key.columns))))
        }));
    }
    if of(ConstraintKind::Unique) {
        let keys = table.uniques.iter().filter(|key| speaks_of(&key.columns));
        found.extend(keys.filter_map(|key| {
            Some((known(&key.name)?, format!("Its unique constraint on {}", join(&key.columns))))
        }));
    }
    if kind == Some(ConstraintKind::PrimaryKey)
        && let Some(key) = &table.primary_key
    {
        found.extend(known(&key.name).map(|name| (name, "Its primary key".to_owned())));
    }
    let only = found.pop()?;
    found.is_empty().then_some(only)
}

fn names(table: &Table, is_index: bool) -> Vec<Name> {
    let known = |name: &Fact<Option<Name>>| name.known().copied().flatten();
    match is_index {
        true => table.indexes.iter().filter_map(|index| known(&index.name)).collect(),
        false => table.constraint_names().filter_map(|(_, name)| known(name)).collect(),
    }
}

/// It is there, and needs the other directive.
fn elsewhere(table: &Table, name: Name, is_index: bool) -> Option<String> {
    let other = names(table, !is_index).contains(&name);
    other.then(|| match is_index {
        true => format!("{name} is a constraint: use op.drop_constraint"),
        false => format!("{name} is an index: use op.drop_index"),
    })
}

fn join(columns: &[Name]) -> String {
    columns.iter().map(Name::as_str).collect::<Vec<_>>().join(", ")
}

fn noun(kind: Option<ConstraintKind>) -> &'static str {
    match kind {
        Some(ConstraintKind::PrimaryKey) => "primary key",
        Some(ConstraintKind::Unique) => "unique constraint",
        Some(ConstraintKind::ForeignKey) => "foreign key",
        Some(ConstraintKind::Check) => "check constraint",
        Some(ConstraintKind::Exclude) => "exclusion constraint",
        None => "constraint",
    }
}

fn rename(desk: &Desk<'_>, finding: &Finding) -> Vec<Fix> {
    let kinds: Vec<Kind> = desk.environment.dialects.iter().flatten().map(|dialect| dialect.kind).collect();
    match finding.subject.meant {
        // Another database may well have another name.
        Some(meant) if finding.dialects.len() == kinds.len() => {
            desk.replace_string(&finding.spot, &meant, format!("Use {meant}"), Applicability::Unsafe)
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{check_fix, check_steps, check_steps_on};
    use schema::Kind;

    const RULE: &str = "unknown-constraint";

    #[test]
    fn names_that_nothing_has() {
        check_steps(
            RULE,
            "
            op.create_foreign_key(None, 'tasks', 'users', ['user_id'], ['id'])
            op.drop_constraint('fk_user_id', 'tasks', type_='foreignkey')
            #                  ^^^^^^^^^^^^ unknown-constraint
        ",
        );
        check_steps(
            RULE,
            "
            op.drop_index('ix_none', table_name='tasks')
            #             ^^^^^^^^^ unknown-constraint
        ",
        );
        check_steps_on(
            &[Kind::Mysql],
            RULE,
            "
            op.create_foreign_key(None, 'tasks', 'users', ['user_id'], ['id'])
            op.drop_constraint('tasks_user_id_fkey', 'tasks', type_='foreignkey')
            #                  ^^^^^^^^^^^^^^^^^^^^ unknown-constraint
        ",
        );
    }

    #[test]
    fn look_alikes() {
        check_steps(
            RULE,
            "
            op.create_foreign_key(None, 'tasks', 'users', ['user_id'], ['id'])
            op.drop_constraint('tasks_user_id_fkey', 'tasks', type_='foreignkey')
            op.create_index('ix', 'tasks', ['title'])
            op.drop_index('ix', table_name='tasks')
        ",
        );
        check_steps(
            RULE,
            "
            op.drop_index('ix_none', table_name='tasks', if_exists=True)
            op.execute('ALTER TABLE tasks ADD ' + outside.what)
            op.drop_constraint('other', 'tasks', type_='unique')
        ",
        );
        check_steps_on(&[], RULE, "op.drop_constraint('tasks_user_id_fkey', 'tasks', type_='foreignkey')");
        check_steps_on(
            &[Kind::Mssql],
            RULE,
            "
            op.create_foreign_key(None, 'tasks', 'users', ['user_id'], ['id'])
            op.drop_constraint('fk_user_id', 'tasks', type_='foreignkey')
        ",
        );
    }

    #[test]
    fn what_a_failing_drop_takes_along() {
        check_steps(
            RULE,
            "
            op.create_table('projects', sa.Column('id', sa.Integer, primary_key=True))
            op.add_column('tasks', sa.Column('project_id', sa.Integer))
            op.create_foreign_key('fk', 'tasks', 'projects', ['project_id'], ['id'])
            op.drop_table('projects')
            op.drop_constraint('fk', 'tasks', type_='foreignkey')
        ",
        );
    }

    #[test]
    fn failures_that_are_caught() {
        check_steps(
            RULE,
            "
            try:
                with op.batch_alter_table('tasks') as b:
                    b.drop_constraint('maybe', type_='unique')
            except ValueError:
                pass
        ",
        );
        check_steps(
            RULE,
            "
            try:
                pass
            finally:
                op.drop_constraint('never', 'tasks', type_='unique')
                #                  ^^^^^^^ unknown-constraint
        ",
        );
    }

    #[test]
    fn the_real_name_is_put_in() {
        check_fix(
            RULE,
            "op.create_foreign_key(None, 'tasks', 'users', ['user_id'], ['id'])
op.drop_constraint('fk_user_id', 'tasks', type_='foreignkey')",
            "Use tasks_user_id_fkey",
            "op.create_foreign_key(None, 'tasks', 'users', ['user_id'], ['id'])
op.drop_constraint('tasks_user_id_fkey', 'tasks', type_='foreignkey')",
        );
    }
}
