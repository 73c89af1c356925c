//! Small projects on disk, and edits of texts.

use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

pub const INI: &str = "[alembic]\nscript_location = %(here)s/m\nsqlalchemy.url = postgresql://localhost/x\n";

pub const FIRST: &str = "from alembic import op
import sqlalchemy as sa

revision = '0001'
down_revision = None


def upgrade():
    op.create_table('users', sa.Column('id', sa.Integer(), primary_key=True))
    op.create_table(
        'tasks',
        sa.Column('id', sa.Integer(), primary_key=True),
        sa.Column('title', sa.String(100), nullable=False),
    )


def downgrade():
    op.drop_table('tasks')
    op.drop_table('users')
";

/// The text of a revision file.
pub fn revision(id: &str, down: &str, upgrade: &str, downgrade: &str) -> String {
    format!(
        "from alembic import op\nimport sqlalchemy as sa\n\nrevision = '{id}'\ndown_revision = {down}\n\n\n\
         def upgrade():\n    {upgrade}\n\n\ndef downgrade():\n    {downgrade}\n"
    )
}

pub struct Project {
    pub root: PathBuf,
    _directory: tempfile::TempDir,
}

impl Project {
    pub fn new(files: &[(&str, &str)]) -> Project {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().canonicalize().unwrap();
        let project = Project { root, _directory: directory };
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).unwrap()
    }

    pub fn uri(&self, path: &str) -> String {
        format!("file://{}", self.root.join(path).display())
    }
}

/// The position of a byte.
pub fn position(text: &str, offset: usize, utf8: bool) -> Value {
    let before = &text[..offset];
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.matches('\n').count();
    let column = if utf8 { offset - start } else { before[start..].encode_utf16().count() };
    json!({"line": line, "character": column})
}

fn offset(text: &str, position: &Value) -> usize {
    let number = |key: &str| position[key].as_u64().unwrap() as usize;
    let start = text.split_inclusive('\n').take(number("line")).map(str::len).sum::<usize>();
    let mut units = 0;
    for (at, c) in text[start..].char_indices() {
        if units >= number("character") {
            return start + at;
        }
        units += c.len_utf16();
    }
    text.len()
}

/// `text` after edits as a server sends them, in UTF-16.
pub fn apply(text: &str, edits: &Value) -> String {
    let mut edits: Vec<(usize, usize, &str)> = edits
        .as_array()
        .unwrap()
        .iter()
        .map(|edit| {
            let (start, end) = (&edit["range"]["start"], &edit["range"]["end"]);
            (offset(text, start), offset(text, end), edit["newText"].as_str().unwrap())
        })
        .collect();
    edits.sort();
    let mut out = text.to_owned();
    for (start, end, new) in edits.into_iter().rev() {
        out.replace_range(start..end, new);
    }
    out
}

/// Numbers that are the same in every run.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }
}

/// Start, end and new text of an edit of a few characters.
pub fn random_edit(random: &mut Random, text: &str) -> (usize, usize, String) {
    const NEW: [&str; 12] =
        ["", "", "x", "😀", "é", "\n", "\n    ", "'", "(", ")", "op.drop_table('users')", "# €\n"];
    let bounds: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let first = random.below(bounds.len());
    let last = (first + random.below(4)).min(bounds.len() - 1);
    (bounds[first], bounds[last], NEW[random.below(NEW.len())].to_owned())
}
