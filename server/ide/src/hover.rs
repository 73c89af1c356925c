//! Hover: the table or column whose name stands at the position, before and after the call that names it.

use crate::calls::{Call, Runs, calls, span_in};
use crate::describe::{describe, tables};
use crate::literal::{Literal, literal_at, word_at};
use crate::table_text::{Mark, column_text, compare};
use alembic::evaluate::Direction;
use camino::Utf8Path;
use fact::{FileId, Name};
use project::{Environment, Revision, Snapshot};
use schema::report::{ReportedTable, Told, reported_table};
use schema::{Dialect, Schema, TableName, Written};
use std::ops::Range;
use std::sync::Arc;

/// What to show, and the bytes that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hover {
    pub markdown: String,
    pub span: Range<u32>,
}

/// The hover for a byte of the file at `path`; `None` where no known table or column is named.
pub fn hover(snapshot: &Snapshot, path: &Utf8Path, offset: u32) -> Option<Hover> {
    let of_environment = |(environment, revision): (&Arc<Environment>, &Arc<Revision>)| {
        let parsed = &revision.parsed;
        let literal = literal_at(&parsed.module, offset)?;
        let text = parsed.text.as_deref().ok()?;
        let word = word_at(text, offset).map(|(word, span)| (word.to_owned(), span));
        let at = At { snapshot, file: parsed.file, literal, word };
        at.hover(environment)
    };
    snapshot.revisions_at(path).find_map(of_environment)
}

struct At<'a> {
    snapshot: &'a Snapshot,
    file: FileId,
    literal: Literal,
    word: Option<(String, Range<u32>)>,
}

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    Table(TableName),
    Column(TableName, Name),
}

/// Keywords whose text is no name of a table or column.
const PROSE: [&str; 9] = [
    "server_default",
    "existing_server_default",
    "default",
    "comment",
    "existing_comment",
    "ondelete",
    "onupdate",
    "initially",
    "postgresql_using",
];

impl At<'_> {
    fn hover(&self, environment: &Environment) -> Option<Hover> {
        let mut blocks: Vec<(Vec<String>, String)> = Vec::new();
        let mut span = None;
        let runs = Runs::of(environment, self.file);
        for run in &runs {
            let Some((call, subject, of)) = self.find(run) else { continue };
            let dialect = run.context.dialect;
            let body = body(&call, subject, dialect);
            span.get_or_insert(of);
            let name = dialect_name(dialect);
            match blocks.iter_mut().find(|(_, known)| *known == body) {
                Some((names, _)) => names.push(name),
                None => blocks.push((vec![name], body)),
            }
        }
        let blocks: Vec<String> =
            blocks.into_iter().map(|(names, body)| format!("{body}\n*{}*", names.join(", "))).collect();
        Some(Hover { markdown: blocks.join("\n\n"), span: span? })
    }

    /// The innermost call around the name that knows it.
    fn find<'r>(&self, run: &'r Runs<'_>) -> Option<(Call<'r>, Subject, Range<u32>)> {
        let mut around = Vec::new();
        for direction in [Direction::Upgrade, Direction::Downgrade] {
            for call in calls(run.steps(direction)) {
                let Some(span) = span_in(self.snapshot, call.step, self.file) else { continue };
                if span.start <= self.literal.span.start && self.literal.span.end <= span.end {
                    around.push((span.end - span.start, call));
                }
            }
        }
        around.sort_by_key(|(length, _)| *length);
        around.into_iter().find_map(|(_, call)| {
            let (subject, span) = self.subject(&call)?;
            Some((call, subject, span))
        })
    }

    fn subject(&self, call: &Call<'_>) -> Option<(Subject, Range<u32>)> {
        if self.literal.keyword.as_deref().is_some_and(|keyword| PROSE.contains(&keyword)) {
            return None;
        }
        if let Some(subject) = resolve(call, &self.literal.text) {
            return Some((subject, self.literal.span.clone()));
        }
        // In SQL the names are words of the text.
        let (word, span) = self.word.as_ref().filter(|_| call.step.written == Written::Sql)?;
        Some((resolve(call, word)?, span.clone()))
    }
}

/// What `text` means to the call.
fn resolve(call: &Call<'_>, text: &str) -> Option<Subject> {
    let tables = tables(&call.step.operation);
    let exists = |table: &TableName| versions(call, table).iter().any(Option::is_some);
    let is_named = |table: &TableName, text: &str| table.name == text || table.to_string() == text;
    if let Some(table) = tables.iter().find(|table| is_named(table, text) && exists(table)) {
        return Some(Subject::Table(*table));
    }
    if let Some((table, column)) = text.rsplit_once('.') {
        let table = tables.iter().find(|known| is_named(known, table) && has_column(call, known, column))?;
        return Some(Subject::Column(*table, fact::name(column)));
    }
    let table = tables.iter().find(|table| has_column(call, table, text))?;
    Some(Subject::Column(*table, fact::name(text)))
}

fn versions<'a>(call: &Call<'a>, table: &TableName) -> [Option<&'a schema::Table>; 2] {
    let table = |schema: &'a Schema| schema.table(table).map(|table| &**table);
    [table(call.before), table(call.after)]
}

fn has_column(call: &Call<'_>, table: &TableName, column: &str) -> bool {
    versions(call, table).iter().flatten().any(|table| table.column(column).is_some())
}

fn body(call: &Call<'_>, subject: Subject, dialect: Option<Dialect>) -> String {
    let (Subject::Table(table) | Subject::Column(table, _)) = subject;
    let [before, after] =
        versions(call, &table).map(|table| table.map(|table| reported_table(table, dialect)));
    let lines = compare(before.as_ref(), after.as_ref());
    let changed = lines.iter().any(|(mark, _)| *mark != Mark::Same);
    let what = describe(&call.step.operation);
    let how = match (&before, &after) {
        (None, Some(_)) => "created by",
        (Some(_), None) => "gone after",
        _ if changed => "before and after",
        _ => "unchanged by",
    };
    let mut out = String::new();
    if let Subject::Column(_, column) = subject {
        out.push_str(&column_line(before.as_ref(), after.as_ref(), &column));
    }
    out.push_str(&format!("**{table}**, {how} `{what}`\n\n"));
    out.push_str(if changed { "```diff\n" } else { "```sql\n" });
    for (mark, line) in lines {
        let sign = match mark {
            _ if !changed => "",
            Mark::Same => "  ",
            Mark::Removed => "- ",
            Mark::Added => "+ ",
        };
        // A fence inside the text (of a default, say) would end the block.
        out.push_str(&format!("{sign}{}\n", line.replace("```", "'''")));
    }
    out.push_str("```\n");
    out
}

/// The column in one line, or what becomes of it.
fn column_line(before: Option<&ReportedTable>, after: Option<&ReportedTable>, column: &str) -> String {
    let find = |table: Option<&ReportedTable>| {
        let (_, found) = table?.columns.0.iter().find(|(name, _)| name == column)?;
        Some(column_text(found))
    };
    let in_key = |table: Option<&ReportedTable>| match table.map(|table| &table.pk) {
        Some(Told::Known(Some(key))) => key.columns.iter().any(|name| name == column),
        _ => false,
    };
    let key = if in_key(after.or(before)) { ", in the primary key" } else { "" };
    let text = match (find(before), find(after)) {
        (Some(was), Some(is)) if was != is => format!("`{was}` → `{is}`"),
        (_, Some(is)) => format!("`{is}`"),
        (Some(was), None) => format!("`{was}`, dropped"),
        (None, None) => return String::new(),
    };
    format!("**{column}** {text}{key}\n\n")
}

fn dialect_name(dialect: Option<Dialect>) -> String {
    match dialect {
        None => "no dialect configured".to_owned(),
        Some(Dialect { kind, version: Some((major, 0)) }) => format!("{kind} {major}"),
        Some(Dialect { kind, version: Some((major, minor)) }) => format!("{kind} {major}.{minor}"),
        Some(Dialect { kind, version: None }) => kind.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{HEADER, marked, project};
    use expect_test::{Expect, expect};

    /// `$0` is the position; the first line of what is told is the text that the hover is about.
    #[track_caller]
    fn check_hover(body: &str, expect: &Expect) {
        let (text, offset) = marked(&format!("{HEADER}{body}"));
        let (snapshot, path) = project(&text);
        let told = match hover(&snapshot, &path, offset) {
            Some(hover) => {
                let source = &text[hover.span.start as usize..hover.span.end as usize];
                format!("{source}\n{}", hover.markdown)
            }
            None => "nothing".to_owned(),
        };
        expect.assert_eq(&told);
    }

    #[track_caller]
    fn check_nothing(body: &str) {
        check_hover(body, &expect!["nothing"]);
    }

    fn upgrade(call: &str) -> String {
        format!("def upgrade():\n    {call}\n\ndef downgrade():\n    pass\n")
    }

    #[test]
    fn tables() {
        check_hover(
            &upgrade("op.add_column('ta$0sks', sa.Column('priority', sa.String(10)))"),
            &expect![[r#"
                'tasks'
                **tasks**, before and after `add_column tasks.priority`

                ```diff
                  id        integer                 NOT NULL  DEFAULT nextval('tasks_id_seq'::regclass)
                  title     character varying(100)  NOT NULL
                + priority  character varying(10)
                  PRIMARY KEY tasks_pkey (id)
                ```

                *postgresql 16*"#]],
        );
        check_hover(
            &upgrade("op.create_table('la$0bels', sa.Column('name', sa.Text()))"),
            &expect![[r#"
            'labels'
            **labels**, created by `create_table labels`

            ```diff
            + name  text
            ```

            *postgresql 16*"#]],
        );
        check_hover(
            &upgrade("op.drop_table('us$0ers')"),
            &expect![[r#"
            'users'
            **users**, gone after `drop_table users`

            ```diff
            - id  integer  NOT NULL  DEFAULT nextval('users_id_seq'::regclass)
            - PRIMARY KEY users_pkey (id)
            ```

            *postgresql 16*"#]],
        );
        check_hover(
            &upgrade("op.execute(\"UPDATE ta$0sks SET title = 'x'\")"),
            &expect![[r#"
            tasks
            **tasks**, unchanged by `update tasks`

            ```sql
            id     integer                 NOT NULL  DEFAULT nextval('tasks_id_seq'::regclass)
            title  character varying(100)  NOT NULL
            PRIMARY KEY tasks_pkey (id)
            ```

            *postgresql 16*"#]],
        );
    }

    #[test]
    fn columns() {
        check_hover(
            &upgrade("op.add_column('tasks', sa.Column('prio$0rity', sa.String(10)))"),
            &expect![[r#"
                'priority'
                **priority** `character varying(10)`

                **tasks**, before and after `add_column tasks.priority`

                ```diff
                  id        integer                 NOT NULL  DEFAULT nextval('tasks_id_seq'::regclass)
                  title     character varying(100)  NOT NULL
                + priority  character varying(10)
                  PRIMARY KEY tasks_pkey (id)
                ```

                *postgresql 16*"#]],
        );
        check_hover(
            &upgrade("op.alter_column('tasks', 'tit$0le', nullable=True)"),
            &expect![[r#"
            'title'
            **title** `character varying(100) NOT NULL` → `character varying(100)`

            **tasks**, before and after `alter_column tasks.title`

            ```diff
              id     integer                 NOT NULL  DEFAULT nextval('tasks_id_seq'::regclass)
            - title  character varying(100)  NOT NULL
            + title  character varying(100)
              PRIMARY KEY tasks_pkey (id)
            ```

            *postgresql 16*"#]],
        );
        check_hover(
            &upgrade("op.drop_column('tasks', column_name='tit$0le')"),
            &expect![[r#"
            'title'
            **title** `character varying(100) NOT NULL`, dropped

            **tasks**, before and after `drop_column tasks.title`

            ```diff
              id     integer                 NOT NULL  DEFAULT nextval('tasks_id_seq'::regclass)
            - title  character varying(100)  NOT NULL
              PRIMARY KEY tasks_pkey (id)
            ```

            *postgresql 16*"#]],
        );
        check_hover(
            &upgrade("op.create_index('ix', 'tasks', ['tit$0le'])"),
            &expect![[r#"
            'title'
            **title** `character varying(100) NOT NULL`

            **tasks**, before and after `create_index ix on tasks`

            ```diff
              id     integer                 NOT NULL  DEFAULT nextval('tasks_id_seq'::regclass)
              title  character varying(100)  NOT NULL
              PRIMARY KEY tasks_pkey (id)
            + INDEX ix (title)
            ```

            *postgresql 16*"#]],
        );
        check_hover(
            &upgrade(
                "op.add_column('tasks', sa.Column('user_id', sa.Integer(), sa.ForeignKey('users.i$0d')))",
            ),
            &expect![[r#"
                'users.id'
                **id** `integer NOT NULL DEFAULT nextval('users_id_seq'::regclass)`, in the primary key

                **users**, unchanged by `add_column tasks.user_id`

                ```sql
                id  integer  NOT NULL  DEFAULT nextval('users_id_seq'::regclass)
                PRIMARY KEY users_pkey (id)
                ```

                *postgresql 16*"#]],
        );
    }

    #[test]
    fn batches() {
        let body = upgrade(
            "with op.batch_alter_table('ta$0sks') as batch_op:\n        batch_op.add_column(sa.Column('n', sa.Integer()))",
        );
        check_hover(
            &body,
            &expect![[r#"
            'tasks'
            **tasks**, before and after `batch_alter_table tasks`

            ```diff
              id     integer                 NOT NULL  DEFAULT nextval('tasks_id_seq'::regclass)
              title  character varying(100)  NOT NULL
            + n      integer
              PRIMARY KEY tasks_pkey (id)
            ```

            *postgresql 16*"#]],
        );
        let body = upgrade(
            "with op.batch_alter_table('tasks') as batch_op:\n        batch_op.drop_column('tit$0le')",
        );
        check_hover(
            &body,
            &expect![[r#"
            'title'
            **title** `character varying(100) NOT NULL`, dropped

            **tasks**, before and after `drop_column tasks.title`

            ```diff
              id     integer                 NOT NULL  DEFAULT nextval('tasks_id_seq'::regclass)
            - title  character varying(100)  NOT NULL
              PRIMARY KEY tasks_pkey (id)
            ```

            *postgresql 16*"#]],
        );
    }

    #[test]
    fn downgrades() {
        let body = "def upgrade():\n    op.add_column('tasks', sa.Column('n', sa.Integer()))\n\n\
                    def downgrade():\n    op.drop_column('tasks', '$0n')\n";
        check_hover(
            body,
            &expect![[r#"
            'n'
            **n** `integer`, dropped

            **tasks**, before and after `drop_column tasks.n`

            ```diff
              id     integer                 NOT NULL  DEFAULT nextval('tasks_id_seq'::regclass)
              title  character varying(100)  NOT NULL
            - n      integer
              PRIMARY KEY tasks_pkey (id)
            ```

            *postgresql 16*"#]],
        );
    }

    #[test]
    fn what_is_no_name_of_the_schema() {
        check_nothing(&upgrade("op.drop_table('no$0where')"));
        check_nothing(&upgrade("op.create_index('i$0x', 'tasks', ['title'])"));
        check_nothing(&upgrade("print('ta$0sks')"));
        check_nothing(&upgrade(
            "op.add_column('tasks', sa.Column('n', sa.Text(), server_default='ti$0tle'))",
        ));
        check_nothing("# ta$0sks\n");
        check_nothing("def upgrade():\n    op.drop_table('ta$0sks'\n");
    }
}
