//! The bytes of what new files are made from: `file_template` and script.py.mako.

use super::workspace::{explore, put};
use alembic::discover::{Search, discover};
use alembic::file_name::{Created, FileName};
use camino::Utf8Path;
use fact::files::Memory;

const MOMENT: Created =
    Created { epoch: 1_700_000_000, year: 2023, month: 11, day: 14, hour: 22, minute: 13, second: 20 };

/// The first line is the template of the name, the rest the message and the template of the text.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (template, rest) = text.split_once('\n').unwrap_or((&text, ""));
    let names = [(template, rest), (rest, template)].map(|(template, message)| FileName {
        template,
        slug_length: data.len() % 60,
        revision: "ae1027a6acf",
        message,
        created: MOMENT,
    });
    for name in names {
        let _ = name.render();
    }
    let ini = format!("[alembic]\nscript_location = m\nfile_template = {}\n", template.replace('%', "%%"));
    let mut files = Memory::from_iter([
        ("/p/alembic.ini", ini.as_str()),
        ("/p/m/env.py", ""),
        ("/p/m/versions/r1.py", "revision = 'r1'\ndown_revision = None\ndef upgrade():\n    pass\n"),
    ]);
    put(&mut files, "/p/m/script.py.mako", data);
    let found = discover(&files, Utf8Path::new("/p"), Search::Below).sources;
    explore(&files, &found, &[], "/p/m/versions/r1.py");
}
