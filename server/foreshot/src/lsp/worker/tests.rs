use super::super::data::Edit;
use super::*;
use python::line_index::LineColumn;
use std::fs;
use std::sync::mpsc;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

const INI: &str = "[alembic]\nscript_location = %(here)s/m\nsqlalchemy.url = postgresql://localhost/x\n";
const FIRST: &str = "from alembic import op
import sqlalchemy as sa
revision = 'a'
down_revision = None

def upgrade():
    op.create_table('tasks', sa.Column('id', sa.Integer(), primary_key=True))

def downgrade():
    op.drop_table('tasks')
";
const SECOND: &str = "from alembic import op
import sqlalchemy as sa
revision = 'b'
down_revision = 'a'

def upgrade():
    op.drop_column('tasks', 'nowhere')

def downgrade():
    pass
";

/// A worker on a project with two revisions, `a.py` and `b.py`.
struct Bench {
    worker: Worker,
    outputs: UnboundedReceiver<Output>,
    root: Utf8PathBuf,
    _directory: tempfile::TempDir,
}

impl Bench {
    fn new() -> Bench {
        let directory = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(directory.path()).unwrap().canonicalize_utf8().unwrap();
        let files =
            [("alembic.ini", INI), ("m/env.py", ""), ("m/versions/a.py", FIRST), ("m/versions/b.py", SECOND)];
        for (path, text) in files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let (sender, outputs) = unbounded_channel();
        let worker = Worker::new(Scope::default(), sender);
        Bench { worker, outputs, root, _directory: directory }
    }

    fn started(&self) -> Event {
        Event::Started(Arc::new(ClientFacts {
            folders: vec![self.root.clone()],
            unit: Unit::Utf16,
            document_changes: true,
            literal_actions: true,
            nested_symbols: true,
            markdown_hover: true,
            related_information: true,
            progress: true,
            watches_files: true,
            process: None,
        }))
    }

    fn path(&self, name: &str) -> Utf8PathBuf {
        self.root.join("m/versions").join(name)
    }

    fn opened(&self, name: &str, text: &str) -> Event {
        let path = self.path(name);
        Event::Opened { uri: format!("file://{path}"), path, version: 1, text: text.to_owned() }
    }

    /// Puts a comment in front of the text.
    fn edited(&self, name: &str, version: i32) -> Event {
        let start = LineColumn::default();
        let edit = Edit { range: Some(start..start), text: "# x\n".to_owned() };
        Event::Edited { path: self.path(name), version, edits: vec![edit] }
    }

    /// Takes the events in at once, as they would wait in the channel.
    fn take(&mut self, events: Vec<Event>) {
        for event in events {
            self.worker.take(event);
        }
        self.worker.analyse();
    }

    /// What was sent since the last call: `FILE@VERSION CODE...`, or `message SEVERITY`.
    fn sent(&mut self) -> Vec<String> {
        let mut out = Vec::new();
        while let Ok(output) = self.outputs.try_recv() {
            match output {
                Output::Publish { path, version, marks, .. } => {
                    let version = version.map(|version| format!("@{version}")).unwrap_or_default();
                    let codes: Vec<&str> = marks.iter().map(|mark| mark.code.as_str()).collect();
                    let name = path.file_name().unwrap_or_default();
                    out.push(format!("{name}{version} {}", codes.join(" ")).trim_end().to_owned());
                }
                Output::Message { severity, .. } => out.push(format!("message {severity:?}")),
                Output::Working { .. } => {}
            }
        }
        out
    }
}

#[track_caller]
fn check_sent(bench: &mut Bench, events: Vec<Event>, expect: &[&str]) {
    bench.take(events);
    assert_eq!(bench.sent(), expect);
}

#[test]
fn the_edited_document_is_always_published_and_others_when_they_change() {
    let mut bench = Bench::new();
    let started = bench.started();
    check_sent(&mut bench, vec![started], &["b.py unknown-column"]);
    let opened = bench.opened("a.py", FIRST);
    check_sent(&mut bench, vec![opened], &["a.py@1"]);
    let edited = bench.edited("a.py", 2);
    check_sent(&mut bench, vec![edited], &["a.py@2"]);
    let opened = bench.opened("b.py", SECOND);
    check_sent(&mut bench, vec![opened], &["b.py@1 unknown-column"]);
    let whole = Edit { range: None, text: FIRST.replace("'id'", "'nowhere'") };
    let edited = Event::Edited { path: bench.path("a.py"), version: 3, edits: vec![whole] };
    bench.take(vec![edited]);
    let sent = bench.sent();
    assert_eq!(sent.len(), 2, "{sent:?}");
    assert!(
        sent[0] == "a.py@3" && sent[1].starts_with("b.py@1") && !sent[1].contains("unknown-column"),
        "{sent:?}"
    );
    let closed = Event::Closed(bench.path("a.py"));
    check_sent(&mut bench, vec![closed], &["b.py@1 unknown-column"]);
}

#[test]
fn edits_that_wait_are_analysed_together() {
    let mut bench = Bench::new();
    let (sender, events) = mpsc::channel();
    sender.send(bench.started()).unwrap();
    sender.send(bench.opened("b.py", SECOND)).unwrap();
    for version in 2..100 {
        sender.send(bench.edited("b.py", version)).unwrap();
    }
    drop(sender);
    let (outputs, _) = unbounded_channel();
    let worker = std::mem::replace(&mut bench.worker, Worker::new(Scope::default(), outputs));
    worker.run(&events);
    assert_eq!(bench.sent(), ["b.py@99 unknown-column"]);
}

#[test]
fn a_barrier_shows_what_came_before_it() {
    let mut bench = Bench::new();
    let (first, mut first_view) = oneshot::channel();
    let (second, mut second_view) = oneshot::channel();
    let events = vec![
        bench.started(),
        bench.opened("b.py", SECOND),
        Event::Barrier { refresh: false, reply: first },
        bench.edited("b.py", 2),
        Event::Barrier { refresh: true, reply: second },
    ];
    let path = bench.path("b.py");
    bench.take(events);
    for (view, version, line) in [(&mut first_view, 1, 6), (&mut second_view, 2, 7)] {
        let view = view.try_recv().unwrap();
        assert_eq!(view.document(&path).map(|document| document.version), Some(version));
        let diagnostic = &view.diagnostics[&path][0];
        assert_eq!(view.range(&path, &diagnostic.span).start.line, line);
    }
    assert_eq!(bench.worker.views().load().document(&path).map(|document| document.version), Some(2));
}

#[test]
fn nothing_is_lost_when_the_analysis_fails() {
    let mut bench = Bench::new();
    let events = vec![bench.started(), bench.opened("b.py", SECOND)];
    check_sent(&mut bench, events, &["b.py@1 unknown-column"]);
    bench.worker.recover();
    assert_eq!(bench.sent(), ["message Error"]);
    let edited = bench.edited("b.py", 2);
    check_sent(&mut bench, vec![edited], &["b.py@2 unknown-column"]);
}

#[test]
fn files_that_come_and_go() {
    let mut bench = Bench::new();
    let started = bench.started();
    check_sent(&mut bench, vec![started], &["b.py unknown-column"]);
    let change = |bench: &Bench, name: &str, listed| {
        Event::FilesChanged(vec![FileChange { path: bench.path(name), listed }])
    };
    fs::rename(bench.path("b.py"), bench.path("c.py")).unwrap();
    let events = vec![change(&bench, "b.py", true), change(&bench, "c.py", true)];
    check_sent(&mut bench, events, &["b.py", "c.py unknown-column"]);
    // As long, and within one tick of the clock: only the client's word tells that it changed.
    fs::write(bench.path("c.py"), SECOND.replace("'nowhere'", "'not_her'")).unwrap();
    let events = vec![change(&bench, "c.py", false)];
    check_sent(&mut bench, events, &["c.py unknown-column"]);
    // The client's document stands for the file that is gone.
    let opened = bench.opened("c.py", SECOND);
    bench.take(vec![opened]);
    bench.sent();
    fs::remove_file(bench.path("c.py")).unwrap();
    let events = vec![Event::Saved(bench.path("a.py"))];
    check_sent(&mut bench, events, &[]);
    let closed = Event::Closed(bench.path("c.py"));
    check_sent(&mut bench, vec![closed], &["c.py"]);
}

#[test]
fn folders_come_and_go() {
    let mut bench = Bench::new();
    let root = bench.root.clone();
    let added = Event::FoldersChanged { added: vec![root.clone()], removed: Vec::new() };
    check_sent(&mut bench, vec![added], &["b.py unknown-column"]);
    let removed = Event::FoldersChanged { added: Vec::new(), removed: vec![root] };
    check_sent(&mut bench, vec![removed], &["b.py"]);
}

#[test]
fn a_file_that_is_opened_alone_brings_its_project() {
    let mut bench = Bench::new();
    let opened = bench.opened("b.py", SECOND);
    check_sent(&mut bench, vec![opened], &["b.py@1 unknown-column"]);
}

#[test]
fn a_configuration_that_is_being_edited() {
    let mut bench = Bench::new();
    let started = bench.started();
    bench.take(vec![started]);
    bench.sent();
    let path = bench.root.join("alembic.ini");
    let opened =
        Event::Opened { uri: format!("file://{path}"), path: path.clone(), version: 1, text: INI.to_owned() };
    check_sent(&mut bench, vec![opened], &[]);
    let typed = |version, text: &str| Event::Edited {
        path: path.clone(),
        version,
        edits: vec![Edit { range: None, text: text.to_owned() }],
    };
    // No message at every key; the folder of the migrations is found without it.
    let broken = "[alembic]\nscript_location = %(here)s/mm\n";
    check_sent(&mut bench, vec![typed(2, broken)], &["alembic.ini@2 broken-configuration"]);
    check_sent(&mut bench, vec![typed(3, INI)], &["alembic.ini@3"]);
    check_sent(&mut bench, vec![typed(4, broken)], &["alembic.ini@4 broken-configuration"]);
    let saved = Event::Saved(path.clone());
    check_sent(&mut bench, vec![saved], &["message Warning"]);
}

#[test]
fn other_python_files_are_left_alone() {
    let mut bench = Bench::new();
    let started = bench.started();
    bench.take(vec![started]);
    bench.sent();
    let path = bench.root.join("app.py");
    let opened = Event::Opened {
        uri: format!("file://{path}"),
        path: path.clone(),
        version: 1,
        text: "x = (".to_owned(),
    };
    let edit = Edit { range: None, text: "y = [".to_owned() };
    let edited = Event::Edited { path, version: 2, edits: vec![edit] };
    check_sent(&mut bench, vec![opened, edited], &[]);
}
