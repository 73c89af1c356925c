use super::{Ids, RevisionFile};
use camino::Utf8Path;
use fact::{Fact, FileId, Name, name};
use python::bindings::Bindings;
use python::modules::{Found, SourceModule, Sources};
use std::sync::Arc;

fn read(path: &str, text: &str) -> RevisionFile {
    RevisionFile::read(Utf8Path::new(path), FileId(0), &python::parse::parse(text))
}

fn show(ids: &Ids) -> String {
    match &ids.ids {
        Fact::Known(_) => ids.names().iter().map(|id| id.as_str()).collect::<Vec<_>>().join(" "),
        Fact::Unknown(_) => "?".to_owned(),
    }
}

/// `expect`: `revision < down_revision @ branch_labels ! depends_on`.
#[track_caller]
fn check_links(text: &str, expect: &str) {
    let file = read("/v/x-y.py", text);
    let revision = file.revision.known().map_or("?", |id| id.name.as_str());
    let got = [
        revision,
        "<",
        &show(&file.down_revision),
        "@",
        &show(&file.branch_labels),
        "!",
        &show(&file.depends_on),
    ];
    assert_eq!(got.join(" ").replace("  ", " ").trim_end(), expect, "{text}");
}

#[track_caller]
fn check_faults(path: &str, text: &str, expect: &[&str]) {
    let faults: Vec<String> = read(path, text).faults.iter().map(|fault| fault.kind.to_string()).collect();
    assert_eq!(faults, expect, "{text}");
}

/// The text that the place of a value covers.
#[track_caller]
fn check_places(text: &str, expect: &[&str]) {
    let module = python::parse::parse(text);
    let file = RevisionFile::read(Utf8Path::new("/v/x.py"), FileId(0), &module);
    let ids = [&file.down_revision, &file.branch_labels, &file.depends_on];
    let ids = ids.into_iter().filter_map(|ids| ids.ids.known()).flatten();
    let places = file.revision.known().into_iter().chain(ids).map(|id| id.place);
    let functions = [&file.upgrade, &file.downgrade].into_iter().filter_map(|fact| *fact.known()?);
    let covered: Vec<&str> = places
        .chain(functions)
        .map(|place| {
            let span = module.span(place.item, place.node).unwrap();
            &text[span.start as usize..span.end as usize]
        })
        .collect();
    assert_eq!(covered, expect, "{text}");
}

#[test]
fn spellings() {
    for (text, expect) in [
        ("revision = 'a'\ndown_revision = None", "a < @ !"),
        ("revision = \"a\"\ndown_revision = 'b'", "a < b @ !"),
        ("revision: str = 'a'\ndown_revision: Union[str, None] = 'b'", "a < b @ !"),
        ("revision: Final = 'a'\ndown_revision: Final[str | None] = None", "a < @ !"),
        ("revision = 'a' 'b'\ndown_revision = ('c'\n  'd')", "ab < cd @ !"),
        ("revision = r'a'\ndown_revision = ('b', 'c')", "a < b c @ !"),
        ("revision = 'a'\ndown_revision = ['b', 'c']", "a < b c @ !"),
        ("revision = 'a'\ndown_revision = {'b'}", "a < b @ !"),
        ("revision = 'a'\ndown_revision = ('b',)", "a < b @ !"),
        ("revision = 'a'\ndown_revision = ()", "a < @ !"),
        ("revision = 'a'\ndown_revision = []", "a < @ !"),
        ("revision = 'a'\ndown_revision = ('b')", "a < b @ !"),
        (
            "revision = 'a'\ndown_revision = 'b'\nbranch_labels = ('x',)\ndepends_on = ['c', 'd']",
            "a < b @ x ! c d",
        ),
        ("revision = 'a'\ndown_revision = None\nbranch_labels = 'x'\ndepends_on = 'c'", "a < @ x ! c"),
        ("revision = 'a'\ndown_revision = None\ndepends_on = ''", "a < @ !"),
        ("revision = 'a'; down_revision = 'b'", "a < b @ !"),
        ("revision = 'a'\ndown_revision = 'b'\ndown_revision = 'c'", "a < c @ !"),
        ("revision, down_revision = 'a', 'b'", "a < b @ !"),
        ("revision = 'a'\ndown_revision = branch_labels = depends_on = None", "a < @ !"),
        ("PREFIX = 'p'\nrevision = PREFIX + '_a'\ndown_revision = f'{PREFIX}_b'", "p_a < p_b @ !"),
        ("P = ('b',)\nrevision = 'a'\ndown_revision = P + ('c',)", "a < b c @ !"),
        ("P = ['b']\nrevision = 'a'\ndown_revision = (*P, 'c')", "a < b c @ !"),
        ("revision = 'a'\ndown_revision = tuple(['b', 'c'])", "a < b c @ !"),
        ("revision = 'a'\ndown_revision = None or 'b'", "a < b @ !"),
        ("revision = 'a'\ndown_revision = ('b',)\ndown_revision += ('c',)", "a < b c @ !"),
        (
            "try:\n  import x\nexcept ImportError:\n  x = None\nrevision = 'a'\ndown_revision = 'b'",
            "a < b @ !",
        ),
        (
            "if TYPE_CHECKING:\n  from x import down_revision\nrevision = 'a'\ndown_revision = 'b'",
            "a < b @ !",
        ),
        (
            "from common import *\nrevision = 'a'\ndown_revision = 'b'\nbranch_labels = depends_on = None",
            "a < b @ !",
        ),
        ("\u{feff}revision = 'a'\r\ndown_revision = 'b'\r\n", "a < b @ !"),
    ] {
        check_links(text, expect);
    }
}

#[test]
fn what_is_not_known_is_not_guessed() {
    for (text, expect) in [
        ("revision = 'a'\ndown_revision = 'b' if X else 'c'", "a < ? @ !"),
        ("revision = 'a'\nif X:\n  down_revision = 'b'\nelse:\n  down_revision = 'c'", "a < ? @ !"),
        ("revision = 'a'\nfor down_revision in ('b', 'c'):\n  down_revision = 'd'", "a < ? @ !"),
        ("from x import down_revision\nrevision = 'a'", "a < ? @ !"),
        ("from x import *\nrevision = 'a'", "a < ? @ ? ! ?"),
        ("revision = make()\ndown_revision = 'b'", "? < b @ !"),
        ("revision = 'a'\ndown_revision = parent.revision", "a < ? @ !"),
        ("revision = 'a'\ndown_revision = ('b', other())", "a < ? @ !"),
        (
            "revision = 'a'\ntry:\n  down_revision = 'b'\nexcept Exception:\n  down_revision = 'c'",
            "a < ? @ !",
        ),
        ("revision = 12\ndown_revision = None", "? < @ !"),
        ("revision = 'a'\ndown_revision = 12", "a < ? @ !"),
        ("revision = 'a'\ndown_revision = ('b', None)", "a < ? @ !"),
    ] {
        check_links(text, expect);
        let file = read("/v/x-y.py", text);
        assert!(!file.faults.is_empty() && file.links().is_none_or(|links| links.open), "{text}");
    }
}

#[test]
fn faults() {
    let fine = "revision = 'a'\ndown_revision = None\n";
    check_faults("/v/x.py", fine, &[]);
    check_faults("/v/abc123.py", "down_revision = None", &[]);
    check_faults(
        "/v/abc123_x.py",
        "down_revision = None",
        &["it assigns no revision, and its file name is not a revision id"],
    );
    check_faults(
        "/v/conftest.py",
        "",
        &["it assigns no revision, and its file name is not a revision id", "it assigns no down_revision"],
    );
    check_faults("/v/x.py", "revision = 'a'", &["it assigns no down_revision"]);
    check_faults("/v/x.py", "revision = 1\ndown_revision = None", &["revision is a number, not a string"]);
    check_faults(
        "/v/x.py",
        "revision = 'a'\ndown_revision = (None,)",
        &["down_revision is None, not a string"],
    );
    check_faults(
        "/v/x.py",
        "revision = 'a'\ndown_revision = b'b'",
        &["down_revision is a bytes object, not a string"],
    );
    check_faults(
        "/v/x.py",
        "revision = 'a'\ndown_revision = f()",
        &["down_revision is not known: a call cannot be evaluated"],
    );
    assert!(
        read("/v/x.py", &format!("{fine}def upgrade(:\n")).faults[0]
            .kind
            .to_string()
            .starts_with("syntax error")
    );
}

#[test]
fn a_file_without_text() {
    let file =
        RevisionFile::unreadable(Utf8Path::new("/v/abc.py"), FileId(0), fact::files::ReadError::NotUtf8(7));
    assert!(file.links().is_none() && !file.upgrade.is_known());
    assert_eq!(file.faults[0].kind.to_string(), "it is not UTF-8 (byte 7)");
}

#[test]
fn the_file_name_is_the_id_of_old_files() {
    let id = |path: &str| read(path, "down_revision = None").revision.known().map(|id| id.name.to_string());
    assert_eq!(id("/v/1f5caa34d9c2.py").as_deref(), Some("1f5caa34d9c2"));
    assert_eq!(id("/v/1F5C.py"), None);
    assert_eq!(id("/v/.py"), None);
}

#[test]
fn messages() {
    for (text, expect) in [
        ("\"\"\"Add users\n\nRevision ID: a\n\"\"\"", Some("Add users")),
        ("'''\nAdd users\nand more\n\nRevision ID: a'''", Some("Add users\nand more")),
        ("\"\"\"Add users\r\n\r\nRevision ID: a\r\n\"\"\"", Some("Add users")),
        ("# comment\n'one'", Some("one")),
        ("''", None),
        ("x = 1\n'no docstring'", None),
        ("b'bytes'", None),
        ("", None),
    ] {
        assert_eq!(read("/v/x.py", text).message.as_deref(), expect, "{text}");
    }
}

#[test]
fn functions() {
    let found = |text: &str| {
        let file = read("/v/x.py", text);
        [file.upgrade, file.downgrade].map(|fact| fact.known().map(|place| place.is_some()))
    };
    assert_eq!(found("def upgrade(): pass\ndef downgrade(): pass"), [Some(true), Some(true)]);
    assert_eq!(found("async def upgrade(): pass"), [Some(true), Some(false)]);
    assert_eq!(found("from x import upgrade\ndowngrade = upgrade"), [Some(true), Some(true)]);
    assert_eq!(found("if X:\n  def upgrade(): pass"), [Some(true), Some(false)]);
    assert_eq!(found("from x import *"), [None, None]);
}

#[test]
fn places() {
    check_places(
        "'doc'\nrevision = 'a'\ndown_revision = ('b', \"c\")\ndepends_on = 'd'\n\n\ndef upgrade():\n    pass\n",
        &["'a'", "'b'", "\"c\"", "'d'", "upgrade"],
    );
}

/// Modules by dotted name, other than the revision itself.
struct Modules(Vec<Arc<SourceModule>>);

impl Sources for Modules {
    fn find(&self, dotted: Name) -> Found {
        let found = self.0.iter().find(|module| module.name == dotted);
        let below = format!("{dotted}.");
        match found {
            Some(module) => Found::Module(module.clone()),
            None if self.0.iter().any(|module| module.name.starts_with(&below)) => Found::Namespace,
            None => Found::Absent { inside: false },
        }
    }
}

fn module(dotted: &str, file: u32, text: &str) -> Arc<SourceModule> {
    let module = Arc::new(python::parse::parse(text));
    let bindings = Arc::new(Bindings::of(&module));
    let path = format!("/{dotted}.py").into();
    Arc::new(SourceModule {
        name: name(dotted),
        file: FileId(file),
        path,
        is_package: false,
        module,
        bindings,
    })
}

/// As `check_links`, with the module `app.names` to import from; then the faults that are left.
#[track_caller]
fn check_completed(text: &str, names: &str, expect: &str, faults: &[&str]) {
    let mut file = read("/v/x-y.py", text);
    assert!(file.is_incomplete(), "{text}");
    let own = module("x_y", 0, text);
    let sources = Modules(vec![module("app.names", 1, names), own.clone()]);
    let trace = file.complete(&own, &sources);
    let revision = file.revision.known().map_or("?", |id| id.name.as_str());
    let ids = [&file.down_revision, &file.branch_labels, &file.depends_on].map(show);
    let got = format!("{revision} < {} @ {} ! {}", ids[0], ids[1], ids[2]).replace("  ", " ");
    let left: Vec<String> = file.faults.iter().map(|fault| fault.kind.to_string()).collect();
    assert_eq!(got.trim_end(), expect, "{text}");
    assert_eq!(left, faults, "{text}");
    assert_eq!(file.is_incomplete(), faults.iter().any(|fault| fault.contains("not known")), "{text}");
    assert!(trace.holds(&sources));
}

#[test]
fn imported_constants() {
    let names = "EXPAND = 'expand'\nIDS = ['b', 'c']\nclass Branch:\n    LEFT = 'left'\n";
    for (text, expect) in [
        (
            "from app import names\nrevision = 'a'\ndown_revision = 'b'\nbranch_labels = (names.EXPAND,)",
            "a < b @ expand !",
        ),
        (
            "from app.names import EXPAND as E\nrevision = 'a'\ndown_revision = 'b'\nbranch_labels = ('l', E)",
            "a < b @ l expand !",
        ),
        ("from app.names import IDS\nrevision = 'a'\ndown_revision = tuple(IDS)", "a < b c @ !"),
        (
            "from app.names import Branch\nrevision = 'a'\ndown_revision = None\nbranch_labels = Branch.LEFT",
            "a < @ left !",
        ),
        ("revision = 'a'.upper()\ndown_revision = '%s_b' % 'x'", "A < x_b @ !"),
        ("from app.names import EXPAND\nrevision = EXPAND + '1'\ndown_revision = None", "expand1 < @ !"),
        (
            "from app.names import *\nrevision = 'a'\ndown_revision = 'b'\ndepends_on = EXPAND",
            "a < b @ ! expand",
        ),
    ] {
        check_completed(text, names, expect, &[]);
    }
}

#[test]
fn what_cannot_be_evaluated_stays_unknown() {
    check_completed(
        "import os\nrevision = 'a'\ndown_revision = 'b'\nbranch_labels = os.environ['X']",
        "",
        "a < b @ ? !",
        &["branch_labels is not known: it depends on an environment variable"],
    );
    check_completed(
        "from app.names import N\nrevision = 'a'\ndown_revision = N",
        "N = 5",
        "a < ? @ !",
        &["down_revision is a number, not a string"],
    );
    check_completed(
        "from app.names import *\nrevision = 'a'",
        "x = 1",
        "a < @ !",
        &["it assigns no down_revision"],
    );
}
