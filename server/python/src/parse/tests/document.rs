use crate::ast::Module;
use crate::parse::{Document, parse};
use proptest::prelude::*;
use std::sync::Arc;

#[track_caller]
fn check_same(document: &Document) {
    let text = document.text();
    let (actual, expected) = (document.module(), parse(text));
    check_equal(actual, &expected, text);
}

/// Two readings of `text` are the same, node by node and span by span.
#[track_caller]
pub fn check_equal(actual: &Module, expected: &Module, text: &str) {
    assert_eq!(actual.errors, expected.errors, "{text}");
    assert_eq!(actual.items.len(), expected.items.len(), "{text}");
    for (a, b) in actual.items.iter().zip(&expected.items) {
        assert_eq!((a.start, a.tree.root, a.tree.hash), (b.start, b.tree.root, b.tree.hash), "{text}");
        assert_eq!(a.tree.exprs, b.tree.exprs, "{text}");
        assert_eq!(a.tree.stmts, b.tree.stmts, "{text}");
        assert_eq!(a.tree.expr_spans, b.tree.expr_spans, "{text}");
        assert_eq!(a.tree.stmt_spans, b.tree.stmt_spans, "{text}");
    }
}

pub const BASE: &str = r#""""Add a column."""
from alembic import op
import sqlalchemy as sa

revision = "a1"
down_revision = None


def upgrade() -> None:
    # Comment.
    with op.batch_alter_table("users") as batch_op:
        batch_op.add_column(
            sa.Column("age", sa.Integer(), nullable=True),
        )
    if x:
        op.execute(f"UPDATE users SET age = {default!r:>{width}}")
    elif y: pass


@decorated(1)
class User(Base):
    id: Mapped[int] = mapped_column(primary_key=True)

    def name(self): return 'é'


def downgrade():
	op.drop_column("users", "age")
"#;

pub const PIECES: &[&str] = &[
    "",
    " ",
    "\n",
    "    ",
    "\t",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    ".",
    "=",
    "\"",
    "'",
    "\"\"\"",
    "'''",
    "#",
    "\\",
    "\\\n",
    "\r",
    "\r\n",
    "\0",
    "\u{feff}",
    "é",
    "\u{a0}",
    "x",
    "x = 1\n",
    "\nx = 1\n",
    "\n    y = 2\n",
    "def f():\n    pass\n",
    "class A:\n",
    "if a:\n",
    "else:\n",
    "elif b:",
    "try:\n",
    "except E:\n",
    "return ",
    "yield ",
    "async ",
    "await ",
    "lambda: ",
    "@a\n",
    "f'{",
    "}'",
    "f\"",
    "!r",
    "b'",
    "r'",
    "print ",
    "print 'a'",
    "type ",
    "match x:\n    case 1: pass\n",
    "match",
    "*",
    "**",
    "not in ",
    "1",
    "0777",
    " if ",
    " else ",
    " for x in y",
    " and ",
    ":=",
    "import ",
    "from . import a\n",
    "pass\n",
    "del ",
    "global x\n",
    ";",
    "\n\n\n",
    "\n# c\n",
    "    # c\n",
    "0x",
    "<>",
    "->",
    "with (a as b):\n    pass\n",
];

/// Where to cut, as fractions of the text, how much to take out, and what to put in.
fn edits() -> impl Strategy<Value = Vec<(f64, usize, usize)>> {
    let edit = (0.0..1.0f64, prop_oneof![Just(0), 0..4usize, 0..80usize], 0..PIECES.len());
    prop::collection::vec(edit, 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn edits_end_where_a_parse_from_scratch_does(edits in edits()) {
        let mut document = Document::new(BASE);
        for (at, removed, piece) in edits {
            let start = (document.text().len() as f64 * at) as usize;
            document.edit(start..start + removed, PIECES[piece]);
            check_same(&document);
        }
    }

    #[test]
    fn taking_an_edit_back_restores_the_module(at in 0.0..1.0f64, piece in 0..PIECES.len()) {
        let mut document = Document::new(BASE);
        let start = (BASE.len() as f64 * at) as usize;
        let start = (0..=start).rev().find(|at| BASE.is_char_boundary(*at)).unwrap();
        document.edit(start..start, PIECES[piece]);
        document.edit(start..start + PIECES[piece].len(), "");
        prop_assert_eq!(&**document.text(), BASE);
        check_same(&document);
    }

    #[test]
    fn any_text_parses(text in "\\PC{0,80}|[ -~\n\t\r]{0,200}|[-a-c:=()\\[\\]{},.'\"#@*\\\\ \n\t0-9fr]{0,120}") {
        let module = parse(&text);
        for error in &module.errors {
            prop_assert!(text.get(error.span.start as usize..error.span.end as usize).is_some(), "{:?}", error);
        }
        for (index, item) in module.items.iter().enumerate() {
            let root = item.tree.root.expect("an item has a statement");
            let span = module.span(index as u32, root.into()).expect("it has a span");
            prop_assert!(text.get(span.start as usize..span.end as usize).is_some(), "{:?}", span);
        }
    }
}

#[test]
#[expect(clippy::reversed_empty_ranges)]
fn the_last_character_may_be_cut() {
    let mut document = Document::new("x = 'é'");
    document.edit(6..6, "a");
    check_same(&document);
    document.edit(100..7, "b");
    check_same(&document);
    document.edit(5..2, "c");
    check_same(&document);
}

/// The items after `edit` that are the very ones from before.
#[track_caller]
fn check_reused(base: &str, find: &str, new: &str, expected: &[bool]) {
    let mut document = Document::new(base);
    let before: Arc<Module> = document.module().clone();
    let start = base.find(find).unwrap();
    document.edit(start..start + find.len(), new);
    check_same(&document);
    let reused = |item: &crate::ast::Item| before.items.iter().any(|old| Arc::ptr_eq(&old.tree, &item.tree));
    let found: Vec<bool> = document.module().items.iter().map(reused).collect();
    assert_eq!(found, expected);
}

#[test]
fn only_the_edited_statement_is_read_again() {
    let base = "import a\n\ndef f():\n    return 1\n\nx = 2\n";
    check_reused(base, "return 1", "return 23", &[true, false, true]);
    check_reused(base, "\n\n", "\n\n\n# c\n", &[false, false, true]);
    check_reused("a\n\n\n\nb\n", "\n\n\nb", "\n# c\n\nb", &[true, false]);
    check_reused(base, "x = 2", "x = 2\ny = 3", &[true, true, false, false]);
    check_reused(base, "import a", "import b", &[false, true, true]);
    check_reused(base, "\nx", "y = 1\nx", &[true, true, false, false]);
}
