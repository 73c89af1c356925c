//! `duplicate-object`

use crate::finding::Subject;
use crate::locate::naming;
use crate::rule::declare_rule;
use crate::sink::Sink;
use crate::view::OperationView;
use fact::{Name, Place, Unknown};
use schema::apply::Existing;
use schema::{Failure, TableName};

declare_rule! {
    /// ## What it does
    ///
    /// Finds operations that create a table, column, constraint, index, sequence or enum type which exists already.
    ///
    /// ## Why it matters
    ///
    /// The migration stops with "already exists". On PostgreSQL the type of an Enum is an object of its own: a second
    /// `create_table` that uses it tries to create it again.
    ///
    /// ## Example
    ///
    /// ```python
    /// op.create_table("logs", sa.Column("level", sa.Enum("low", "high", name="level")))
    /// op.create_table("alerts", sa.Column("level", sa.Enum("low", "high", name="level")))
    /// ```
    ///
    /// ## Safe instead
    ///
    /// ```python
    /// level = postgresql.ENUM("low", "high", name="level", create_type=False)
    /// op.create_table("alerts", sa.Column("level", level))
    /// ```
    ///
    /// ## Fix
    ///
    /// None: whether the second creation is superfluous or has the wrong name is for you to say.
    ///
    /// ## Sources
    ///
    /// The history of the project itself. Guards (`if_not_exists`, `checkfirst`, questions to the inspector) are
    /// followed.
    "duplicate-object", Error, Replay;
    Operation(check);
}

fn check(operation: &OperationView<'_>, sink: &mut Sink<'_>) {
    for failed in &operation.failures {
        let (what, table, name) = match &failed.failure {
            Failure::AlreadyExists { kind, table, name } => match (kind, table) {
                (Existing::Table, _) => (format!("Table {name}"), None, *name),
                (Existing::Sequence, _) => (format!("Sequence {name}"), None, *name),
                (Existing::Column, Some(table)) => (format!("Column {table}.{name}"), Some(*table), *name),
                (Existing::Constraint, Some(table)) => {
                    (format!("Constraint {name} of {table}"), Some(*table), *name)
                }
                (Existing::Constraint, None) => (format!("Constraint {name}"), None, *name),
                (Existing::Index, Some(table)) => (format!("Index {name} of {table}"), Some(*table), *name),
                (Existing::Label, _) => (format!("Label {name}"), *table, *name),
                (_, None) => (format!("{name}"), None, *name),
            },
            Failure::EnumExists { name } => (format!("Type {name}"), None, name.name),
            _ => continue,
        };
        if let Some(unknown) = doubt(operation, table.as_ref()) {
            sink.withhold(&unknown);
            continue;
        }
        let first = first_place(operation, &failed.failure);
        let by = first.and_then(|place| revision_at(operation, place));
        let is_enum = matches!(failed.failure, Failure::EnumExists { .. });
        let mut message = match by {
            Some(by) if by == operation.at.id() => {
                format!("{what} already exists: this revision created it before.")
            }
            Some(by) => format!("{what} already exists: created in {by}."),
            None => format!("{what} already exists."),
        };
        message.push_str(if is_enum {
            " Pass postgresql.ENUM(..., create_type=False) here."
        } else if operation.is_downgrade() {
            " The downgrade stops with \"already exists\"."
        } else {
            " The upgrade stops with \"already exists\"."
        });
        let spot = naming(operation.at.scene.store(), failed.place, &name);
        let subject = Subject {
            table: table.map(|table: TableName| operation.at.key(&table)),
            name: Some(name),
            ..Subject::default()
        };
        let mut draft = operation.draft(spot, subject, message);
        if let Some(place) = first.filter(|place| !place.is_whole_file()) {
            draft = draft.related(place, "created here first");
        }
        sink.report(draft);
    }
}

/// Something that is not known may have taken the object away.
fn doubt(operation: &OperationView<'_>, table: Option<&TableName>) -> Option<Unknown> {
    let open = table.and_then(|table| operation.table(table)).and_then(|table| table.open.as_ref());
    let unread = |unknown: &&Unknown| !unknown.reason.is_assumed();
    open.filter(unread).or(operation.before.opaque.as_ref()).cloned()
}

/// Where the object that is in the way was made.
fn first_place(operation: &OperationView<'_>, failure: &Failure) -> Option<Place> {
    let key = |table: &TableName| operation.at.key(table);
    match failure {
        Failure::AlreadyExists { kind: Existing::Table, table, name } => {
            let table = table.unwrap_or(TableName { schema: None, name: *name });
            let found = operation
                .before
                .tables
                .get(&key(&table))
                .or_else(|| operation.before.tables.values().find(|table| table.name.name == *name))?;
            found.open.as_ref().is_none_or(|open| !open.reason.is_assumed()).then_some(found.place)
        }
        Failure::AlreadyExists { kind: Existing::Column, table: Some(table), name } => {
            Some(operation.table(table)?.column(name)?.place)
        }
        Failure::AlreadyExists { kind: Existing::Index, name, .. } => {
            let wanted = fact::Fact::Known(Some(*name));
            let mut indexes = operation.before.tables.values().flat_map(|table| &table.indexes);
            indexes.find(|index| index.name == wanted).map(|index| index.place)
        }
        Failure::EnumExists { name } => Some(operation.before.enums.get(&key(name))?.place),
        _ => None,
    }
}

/// The revision whose file, or whose helper, the place is in.
fn revision_at(operation: &OperationView<'_>, place: Place) -> Option<Name> {
    operation.at.rev_of(place.file).map(|rev| operation.at.graph().id(rev))
}

#[cfg(test)]
mod tests {
    use crate::testing::{check_steps, check_steps_on};
    use schema::Kind;

    const RULE: &str = "duplicate-object";

    #[test]
    fn what_exists_already() {
        check_steps(
            RULE,
            "
            op.create_table('users', sa.Column('id', sa.Integer, primary_key=True))
            #               ^^^^^^^ duplicate-object
        ",
        );
        check_steps(
            RULE,
            "
            op.add_column('tasks', sa.Column('title', sa.Integer))
            #                                ^^^^^^^ duplicate-object
        ",
        );
        check_steps(
            RULE,
            "
            op.create_index('ix', 'tasks', ['title'])
            op.create_index('ix', 'users', ['name'])
            #               ^^^^ duplicate-object
        ",
        );
        check_steps(
            RULE,
            "
            op.execute(\"CREATE TYPE level AS ENUM ('a')\")
            op.create_table('logs', sa.Column('level', sa.Enum('a', name='level')))
            #^ duplicate-object
        ",
        );
    }

    #[test]
    fn look_alikes() {
        check_steps(
            RULE,
            "
            op.drop_table('users')
            op.create_table('users', sa.Column('id', sa.Integer, primary_key=True))
            op.rename_table('tasks', 'jobs')
            op.create_table('tasks', sa.Column('id', sa.Integer, primary_key=True))
        ",
        );
        check_steps(
            RULE,
            "
            if not sa.inspect(op.get_bind()).has_table('users'):
                op.create_table('users', sa.Column('id', sa.Integer))
            op.create_table('users', sa.Column('id', sa.Integer), if_not_exists=True)
        ",
        );
        check_steps_on(
            &[Kind::Mysql],
            RULE,
            "
            op.create_index('ix', 'tasks', ['user_id'])
            op.create_index('ix', 'users', ['id'])
        ",
        );
        check_steps(
            RULE,
            "
            if op.get_bind().dialect.name == 'mysql':
                op.add_column('tasks', sa.Column('title', sa.Integer))
        ",
        );
        check_steps(
            RULE,
            "
            op.execute(\"CREATE TYPE level AS ENUM ('a')\")
            level = sa.dialects.postgresql.ENUM('a', name='level', create_type=False)
            op.create_table('logs', sa.Column('level', level))
        ",
        );
    }

    #[test]
    fn what_may_be_gone_is_not_in_the_way() {
        check_steps(
            RULE,
            "
            with op.batch_alter_table('tasks') as b:
                if outside.flag:
                    b.drop_column('title')
                    b.drop_constraint(outside.name, type_='unique')
                b.add_column(sa.Column('title', sa.Integer))
        ",
        );
    }
}
