//! Document symbols: the revision, its two functions, and their operations.

use crate::calls::{Runs, inner, place_in};
use crate::describe::describe;
use alembic::evaluate::Direction;
use camino::Utf8Path;
use fact::Place;
use project::{Environment, Revision, Snapshot};
use python::ast::Module;
use schema::{Operation, Step};
use std::ops::Range;

/// One line of a file's outline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    pub name: String,
    pub detail: Option<String>,
    pub kind: SymbolKind,
    /// The bytes of all of it.
    pub span: Range<u32>,
    /// The bytes to jump to, inside `span`.
    pub selection: Range<u32>,
    pub children: Vec<Symbol>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SymbolKind {
    Revision,
    Function,
    Operation,
}

/// The outline of a revision file; none for other files.
pub fn symbols(snapshot: &Snapshot, path: &Utf8Path) -> Vec<Symbol> {
    let Some((environment, revision)) = snapshot.revisions_at(path).next() else { return Vec::new() };
    let Ok(text) = &revision.parsed.text else { return Vec::new() };
    let outline = Outline { snapshot, environment, revision };
    let facts = &revision.facts;
    let children = [(Direction::Upgrade, &facts.upgrade), (Direction::Downgrade, &facts.downgrade)];
    let children: Vec<Symbol> = children
        .into_iter()
        .filter_map(|(direction, name)| outline.function(direction, (*name.known()?)?))
        .collect();
    let id = facts.revision.known();
    let name = id.map_or_else(|| path.file_stem().unwrap_or_default().to_owned(), |id| id.name.to_string());
    let whole = 0..text.len() as u32;
    let selection = id.and_then(|id| snapshot.span(id.place)).unwrap_or(0..0);
    vec![Symbol {
        name,
        detail: facts.message.as_ref().map(|message| message.lines().next().unwrap_or_default().to_owned()),
        kind: SymbolKind::Revision,
        selection: inside(selection, &whole),
        span: whole,
        children,
    }]
}

struct Outline<'a> {
    snapshot: &'a Snapshot,
    environment: &'a Environment,
    revision: &'a Revision,
}

impl Outline<'_> {
    fn function(&self, direction: Direction, name: Place) -> Option<Symbol> {
        let selection = self.snapshot.span(name)?;
        let span = item_around(&self.revision.parsed.module, &selection).unwrap_or(selection.clone());
        let runs = Runs::of(self.environment, self.revision.parsed.file);
        let steps = runs.first().map(|run| run.steps(direction)).unwrap_or_default();
        let mut children = Vec::new();
        for applied in steps {
            self.push(&applied.step, &span, &mut children);
        }
        Some(Symbol {
            name: direction.function().to_owned(),
            detail: None,
            kind: SymbolKind::Function,
            selection: inside(selection, &span),
            span,
            children,
        })
    }

    /// Adds the operation, if it is written inside `around`; of an undecided branch, what is in it.
    fn push(&self, step: &Step, around: &Range<u32>, out: &mut Vec<Symbol>) {
        if let Operation::Either { .. } = step.operation {
            for step in inner(&step.operation) {
                self.push(step, around, out);
            }
            return;
        }
        let place = place_in(step, self.revision.parsed.file);
        let span = place.and_then(|place| self.snapshot.span(place));
        // What a helper outside the function does is shown where the function calls it, if that is known.
        let call_site = || self.snapshot.span(step.call_site?);
        let Some(mut span) = span.filter(|span| holds(around, span)).or_else(call_site) else { return };
        if !holds(around, &span) {
            return;
        }
        let selection = span.clone();
        let mut children = Vec::new();
        for step in inner(&step.operation) {
            self.push(step, around, &mut children);
        }
        for child in &children {
            span = span.start.min(child.span.start)..span.end.max(child.span.end);
        }
        let detail = match &step.operation {
            Operation::Opaque { because, .. } => Some(because.reason.to_string()),
            _ => None,
        };
        let name = describe(&step.operation);
        let symbol = Symbol { name, detail, kind: SymbolKind::Operation, span, selection, children };
        if !out.contains(&symbol) {
            out.push(symbol);
        }
    }
}

/// The top-level statement that holds `inner`.
fn item_around(module: &Module, inner: &Range<u32>) -> Option<Range<u32>> {
    let spans = module.items.iter().filter_map(|item| {
        let span = item.tree.span(item.tree.root?.into())?;
        Some(item.start + span.start..item.start + span.end)
    });
    spans.into_iter().find(|span| holds(span, inner))
}

fn holds(outer: &Range<u32>, inner: &Range<u32>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

fn inside(inner: Range<u32>, outer: &Range<u32>) -> Range<u32> {
    let start = inner.start.clamp(outer.start, outer.end);
    start..inner.end.clamp(start, outer.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{HEADER, project};
    use expect_test::{Expect, expect};

    #[track_caller]
    fn check_symbols(text: &str, expect: &Expect) {
        let (snapshot, path) = project(text);
        let mut told = String::new();
        for symbol in symbols(&snapshot, &path) {
            tell(text, &symbol, 0, &mut told);
        }
        expect.assert_eq(&told);
    }

    fn tell(text: &str, symbol: &Symbol, depth: usize, out: &mut String) {
        let slice = |span: &Range<u32>| text[span.start as usize..span.end as usize].to_owned();
        let whole = slice(&symbol.span);
        let detail = symbol.detail.as_ref().map(|detail| format!(" ({detail})")).unwrap_or_default();
        let first = slice(&symbol.selection);
        let first = first.lines().next().unwrap_or_default();
        let lines = whole.lines().count();
        out.push_str(&format!("{}{}{detail}: {first} [{lines}]\n", "  ".repeat(depth), symbol.name));
        for child in &symbol.children {
            assert!(holds(&symbol.span, &child.span) && holds(&child.span, &child.selection));
            tell(text, child, depth + 1, out);
        }
    }

    #[test]
    fn a_revision() {
        let body = "def upgrade() -> None:
    op.add_column('tasks', sa.Column('priority', sa.String(10)))
    op.create_index(op.f('ix_tasks_title'), 'tasks', ['title'])
    with op.batch_alter_table('tasks') as batch_op:
        batch_op.alter_column('title', nullable=True)
        batch_op.create_check_constraint('positive', 'id > 0')
    for name in ('a', 'b'):
        op.add_column('users', sa.Column(name, sa.Integer()))
    if something():
        op.execute('UPDATE users SET id = 1')
    op.execute(text)


def downgrade() -> None:
    op.drop_column('tasks', 'priority')
";
        check_symbols(
            &format!("{HEADER}{body}"),
            &expect![[r#"
            b (Add priority): 'b' [25]
              upgrade: upgrade [11]
                add_column tasks.priority: op.add_column('tasks', sa.Column('priority', sa.String(10))) [1]
                create_index ix_tasks_title on tasks: op.create_index(op.f('ix_tasks_title'), 'tasks', ['title']) [1]
                batch_alter_table tasks: op.batch_alter_table('tasks') [3]
                  alter_column tasks.title: batch_op.alter_column('title', nullable=True) [1]
                  create_check_constraint positive on tasks: batch_op.create_check_constraint('positive', 'id > 0') [1]
                add_column users.a: op.add_column('users', sa.Column(name, sa.Integer())) [1]
                add_column users.b: op.add_column('users', sa.Column(name, sa.Integer())) [1]
                update users: op.execute('UPDATE users SET id = 1') [1]
                unknown change (nothing binds the name text): op.execute(text) [1]
              downgrade: downgrade [2]
                drop_column tasks.priority: op.drop_column('tasks', 'priority') [1]
        "#]],
        );
    }

    #[test]
    fn helpers() {
        let body = "def column(table):
    op.add_column(table, sa.Column('n', sa.Integer()))

def upgrade():
    column('tasks')
    column('users')
";
        check_symbols(
            &format!("{HEADER}{body}"),
            &expect![[r#"
            b (Add priority): 'b' [16]
              upgrade: upgrade [3]
                add_column tasks.n: column('tasks') [1]
                add_column users.n: column('users') [1]
        "#]],
        );
    }

    #[test]
    fn what_is_left_of_broken_files() {
        check_symbols(
            "",
            &expect![[r#"
            b:  [0]
        "#]],
        );
        check_symbols(
            HEADER,
            &expect![[r#"
            b (Add priority): 'b' [10]
        "#]],
        );
        check_symbols(
            &format!("{HEADER}def upgrade():\n    op.drop_table('tasks'\n"),
            &expect![[r#"
            b (Add priority): 'b' [12]
              upgrade: upgrade [2]
        "#]],
        );
        check_symbols(
            "def upgrade(): pass\n",
            &expect![[r#"
            b:  [1]
              upgrade: upgrade [1]
        "#]],
        );
    }
}
