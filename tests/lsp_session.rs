//! Black box: the server on its real standard input and output.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

#[path = "lsp/client.rs"]
mod client;
#[path = "lsp/project.rs"]
mod project;

use client::{Client, Options};
use project::{FIRST, INI, Project, revision};
use serde_json::{Value, json};
use std::time::Duration;

const SECOND: &str = "versions/0002_priority.py";

/// `0001` makes `users` and `tasks`; `0002` has this upgrade and no downgrade.
fn two_revisions(upgrade: &str) -> Project {
    let project =
        Project::new(&[("alembic.ini", INI), ("m/env.py", ""), ("m/versions/0001_first.py", FIRST)]);
    project.write(&format!("m/{SECOND}"), &revision("0002", "'0001'", upgrade, "pass"));
    project
}

fn open_second(client: &mut Client, project: &Project) -> (String, String) {
    let uri = project.uri(&format!("m/{SECOND}"));
    let text = project.read(&format!("m/{SECOND}"));
    client.open(&uri, 1, &text);
    (uri, text)
}

fn codes(diagnostics: &Value) -> Vec<String> {
    let all = diagnostics.as_array().into_iter().flatten();
    all.map(|diagnostic| diagnostic["code"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_whole_life() {
    let project = two_revisions("op.add_column('tasks', sa.Column('priority', sa.String(10)))");
    let mut client = Client::start(&project.root, &Options::default());
    assert_eq!(client.server["capabilities"]["positionEncoding"], "utf-16");
    assert_eq!(client.server["capabilities"]["textDocumentSync"]["change"], 2);
    assert_eq!(client.server["serverInfo"]["name"], "foreshot");
    open_second(&mut client, &project);
    assert_eq!(client.finish(), Some(0));
}

#[test]
fn all_migrations_are_judged_open_or_not() {
    let project = two_revisions("op.drop_column('tasks', 'nowhere')");
    let mut client = Client::start(&project.root, &Options::default());
    let uri = project.uri(&format!("m/{SECOND}"));
    let published = client.published(&uri, None);
    assert!(codes(&published).contains(&"unknown-column".to_owned()), "{published}");
    assert_eq!(client.finish(), Some(0));
}

#[test]
fn a_defect_is_found_fixed_and_gone() {
    let project = two_revisions("op.drop_column('tasks', 'titel')");
    let mut client = Client::start(&project.root, &Options::default());
    let (uri, text) = open_second(&mut client, &project);
    let published = client.published(&uri, Some(1));
    let defect = published
        .as_array()
        .and_then(|all| all.iter().find(|diagnostic| diagnostic["code"] == "unknown-column").cloned())
        .unwrap_or_else(|| panic!("no defect in {published}"));
    let actions = client.request(
        "textDocument/codeAction",
        json!({"textDocument": {"uri": uri}, "range": defect["range"], "context": {"diagnostics": [defect]}}),
    );
    let fix = actions
        .as_array()
        .and_then(|all| all.iter().find(|action| action["diagnostics"][0]["code"] == "unknown-column"));
    let fix = fix.unwrap_or_else(|| panic!("no fix in {actions}"));
    assert_eq!(fix["kind"], "quickfix");
    let document = &fix["edit"]["documentChanges"][0];
    assert_eq!(document["textDocument"]["version"], 1);
    let fixed = project::apply(&text, &document["edits"]);
    assert!(fixed.contains("'title'"), "{fixed}");
    client.notify(
        "textDocument/didChange",
        json!({"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": fixed}]}),
    );
    let published = client.published(&uri, Some(2));
    assert!(!codes(&published).contains(&"unknown-column".to_owned()), "{published}");
    assert_eq!(client.finish(), Some(0));
}

#[test]
fn no_quick_fix_for_clients_that_take_only_commands() {
    let project = two_revisions("op.drop_column('tasks', 'titel')");
    let client = Client::start(&project.root, &Options { literal_actions: false, ..Options::default() });
    assert!(client.server["capabilities"]["codeActionProvider"].is_null());
    assert_eq!(client.finish(), Some(0));
}

#[test]
fn hover_and_outline() {
    let project = two_revisions(
        "# é😀\n    op.execute('😀'); op.add_column('tasks', sa.Column('priority', sa.String(10)))",
    );
    for utf8 in [false, true] {
        let mut client = Client::start(&project.root, &Options { utf8, ..Options::default() });
        let (uri, text) = open_second(&mut client, &project);
        let at = project::position(&text, text.find("tasks'").unwrap() + 2, utf8);
        let hover =
            client.request("textDocument/hover", json!({"textDocument": {"uri": uri}, "position": at}));
        let told = hover["contents"]["value"].as_str().unwrap_or_default();
        assert!(told.contains("**tasks**") && told.contains("+ priority"), "{hover}");
        let start = project::position(&text, text.find("'tasks'").unwrap(), utf8);
        assert_eq!(hover["range"]["start"], start);
        let outline = client.request("textDocument/documentSymbol", json!({"textDocument": {"uri": uri}}));
        assert_eq!(outline[0]["name"], "0002");
        let upgrade = &outline[0]["children"][0];
        assert_eq!(upgrade["name"], "upgrade");
        let operations = upgrade["children"].as_array().unwrap();
        assert_eq!(operations.last().unwrap()["name"], "add_column tasks.priority", "{outline}");
        assert_eq!(client.finish(), Some(0));
    }
}

/// Edits at random, sent without waiting, end where a server ends that sees only the final text.
#[track_caller]
fn check_edits(utf8: bool, seed: u64) {
    let project = two_revisions("# 😀 é €\n    op.add_column('tasks', sa.Column('priority', sa.String(10)))");
    let options = Options { utf8, ..Options::default() };
    let mut client = Client::start(&project.root, &options);
    let (uri, mut text) = open_second(&mut client, &project);
    let mut random = project::Random(seed);
    for version in 2..302 {
        let (start, end, new) = project::random_edit(&mut random, &text);
        let range = json!({"start": project::position(&text, start, utf8), "end": project::position(&text, end, utf8)});
        text.replace_range(start..end, &new);
        client.notify(
            "textDocument/didChange",
            json!({"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"range": range, "text": new}]}),
        );
    }
    let after_edits = client.published(&uri, Some(301));
    assert_eq!(client.finish(), Some(0));

    let mut fresh = Client::start(&project.root, &options);
    fresh.open(&uri, 301, &text);
    assert_eq!(after_edits, fresh.published(&uri, Some(301)), "seed {seed}, text:\n{text}");
    assert_eq!(fresh.finish(), Some(0));
}

#[test]
fn rapid_edits_in_utf16() {
    (1..=3).for_each(|seed| check_edits(false, seed));
}

#[test]
fn rapid_edits_in_utf8() {
    (4..=6).for_each(|seed| check_edits(true, seed));
}

#[test]
fn bad_requests_leave_it_serving() {
    let project = two_revisions("op.drop_column('tasks', 'nowhere')");
    let mut client = Client::start(&project.root, &Options::default());
    let (uri, _) = open_second(&mut client, &project);
    client.published(&uri, Some(1));

    client.raw(b"Content-Length: 9\r\n\r\n{\"json\": ");
    assert_eq!(client.error_without_id(), -32700);
    client.raw(b"Content-Length: 2\r\n\r\n\xff\xfe");
    assert_eq!(client.error_without_id(), -32700);
    client.raw(b"Content-Length: 15\r\n\r\n{\"jsonrpc\":\"2\"}");
    assert_eq!(client.error_without_id(), -32700);
    client.raw(b"nonsense\r\n\r\n");
    assert_eq!(client.error_without_id(), -32700);

    assert_eq!(client.refused("foreshot/unheardOf", json!({})), -32601);
    assert_eq!(client.refused("textDocument/hover", json!({"textDocument": 5})), -32602);
    client.notify("foreshot/unheardOf", json!({}));
    client.notify("textDocument/didChange", json!({"textDocument": {"uri": "nonsense"}}));
    let elsewhere =
        json!({"textDocument": {"uri": "untitled:Untitled-1"}, "position": {"line": 0, "character": 0}});
    assert_eq!(client.request("textDocument/hover", elsewhere), Value::Null);

    // An edit of a document that is not open, and edits out of range.
    let change = |uri: &str, version: i32, lines: [u32; 2]| {
        let range = json!({"start": {"line": lines[0], "character": 99_999}, "end": {"line": lines[1], "character": 4_000_000_000_u32}});
        json!({"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"range": range, "text": "# end"}]})
    };
    client.notify("textDocument/didChange", change(&project.uri("m/versions/other.py"), 5, [0, 0]));
    client.notify("textDocument/didChange", change(&uri, 2, [4_000_000_000, 4_000_000_000]));
    client.notify("textDocument/didChange", change(&uri, 3, [99_999, 2]));
    let outside = json!({"textDocument": {"uri": uri}, "position": {"line": 99_999, "character": 99_999}});
    assert_eq!(client.request("textDocument/hover", outside), Value::Null);
    let published = client.published(&uri, Some(3));
    assert!(codes(&published).contains(&"unknown-column".to_owned()), "{published}");
    assert_eq!(client.finish(), Some(0));
}

#[test]
fn environments_of_sub_folders() {
    let project = Project::new(&[]);
    for folder in ["one", "services/two"] {
        project.write(&format!("{folder}/alembic.ini"), INI);
        project.write(&format!("{folder}/m/env.py"), "");
        project.write(&format!("{folder}/m/versions/0001_first.py"), FIRST);
        let text =
            revision("0002", "'0001'", &format!("op.drop_column('tasks', '{}')", &folder[..3]), "pass");
        project.write(&format!("{folder}/m/{SECOND}"), &text);
    }
    let mut client = Client::start(&project.root, &Options::default());
    for (folder, column) in [("one", "one"), ("services/two", "ser")] {
        let published = client.published(&project.uri(&format!("{folder}/m/{SECOND}")), None);
        assert!(codes(&published).contains(&"unknown-column".to_owned()), "{published}");
        assert!(published.to_string().contains(column), "{published}");
    }
    assert_eq!(client.finish(), Some(0));
}

#[test]
fn an_environment_that_comes_later_is_found() {
    let project = Project::new(&[("app.py", "x = 1\n")]);
    let mut client = Client::start(&project.root, &Options::default());
    let message = client.notification("window/showMessage");
    assert!(message["message"].as_str().unwrap_or_default().contains("no Alembic environment"), "{message}");
    let app = project.uri("app.py");
    client.open(&app, 1, "x = 1\n");
    client.request("textDocument/documentSymbol", json!({"textDocument": {"uri": app}}));

    project.write("alembic.ini", INI);
    project.write("m/env.py", "");
    project.write("m/versions/0001_first.py", FIRST);
    project.write(&format!("m/{SECOND}"), &revision("0002", "'0001'", "op.drop_table('nowhere')", "pass"));
    client.notify("textDocument/didSave", json!({"textDocument": {"uri": app}}));
    let published = client.published(&project.uri(&format!("m/{SECOND}")), None);
    assert!(codes(&published).contains(&"unknown-table".to_owned()), "{published}");
    assert_eq!(client.count("window/showMessage"), 1);
    assert_eq!(client.finish(), Some(0));
}

#[test]
fn a_configuration_that_cannot_be_used() {
    let project = Project::new(&[("alembic.ini", "[alembic]\nscript_location = nowhere\n")]);
    let mut client = Client::start(&project.root, &Options::default());
    let uri = project.uri("alembic.ini");
    let published = client.published(&uri, None);
    assert_eq!(published[0]["range"]["start"]["line"], 1, "{published}");
    project.write("m/env.py", "");
    project.write("m/versions/0001_first.py", FIRST);
    project.write("alembic.ini", INI);
    client.notify("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": uri, "type": 2}]}));
    assert_eq!(client.published_until(&uri, |marks| marks.as_array().is_some_and(Vec::is_empty)), json!([]));
    assert_eq!(client.finish(), Some(0));
}

#[test]
fn what_changes_on_disk_is_seen_at_the_next_save() {
    let project = two_revisions("op.drop_column('tasks', 'title')");
    let mut client = Client::start(&project.root, &Options::default());
    let (uri, _) = open_second(&mut client, &project);
    let published = client.published(&uri, Some(1));
    assert!(!codes(&published).contains(&"unknown-column".to_owned()), "{published}");
    project.write("m/versions/0001_first.py", &FIRST.replace("'title'", "'heading'"));
    client.notify("textDocument/didSave", json!({"textDocument": {"uri": uri}}));
    client.published_until(&uri, |marks| codes(marks).contains(&"unknown-column".to_owned()));
    assert_eq!(client.finish(), Some(0));
}

#[test]
fn a_document_that_was_never_saved_is_a_revision() {
    let project = two_revisions("op.drop_column('tasks', 'title')");
    let mut client = Client::start(&project.root, &Options::default());
    let uri = project.uri("m/versions/0003_new.py");
    client.open(&uri, 1, &revision("0003", "'0002'", "op.drop_column('tasks', 'title')", "pass"));
    let published = client.published(&uri, Some(1));
    assert!(codes(&published).contains(&"unknown-column".to_owned()), "{published}");
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": uri}}));
    client.published_until(&uri, |marks| marks.as_array().is_some_and(Vec::is_empty));
    assert_eq!(client.finish(), Some(0));
}

#[test]
fn texts_of_every_kind() {
    let project = two_revisions("pass");
    let mut client = Client::start(&project.root, &Options::default());
    let (uri, text) = open_second(&mut client, &project);
    let broken = text.replace("pass", "op.drop_table(");
    let texts = [
        (String::new(), true),
        (broken, true),
        (text.replace('\n', "\r\n"), false),
        (format!("\u{feff}{text}"), false),
        (text.replace("    ", "\t"), false),
        ("\0\u{1}😀".to_owned(), true),
        (text.clone(), false),
    ];
    for (version, (text, unreadable)) in (2..).zip(texts) {
        client.notify(
            "textDocument/didChange",
            json!({"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"text": text}]}),
        );
        let published = client.published(&uri, Some(version));
        let told = codes(&published).contains(&"unreadable-revision".to_owned());
        assert_eq!(told, unreadable, "{text:?}: {published}");
    }
    assert_eq!(client.finish(), Some(0));
}

#[test]
fn it_ends_when_the_client_vanishes() {
    let project = two_revisions("pass");
    let client = Client::start(&project.root, &Options::default());
    assert_eq!(client.vanish(Duration::from_secs(10)), Some(1));
}

#[test]
fn it_ends_at_exit_though_the_pipe_stays_open() {
    let project = two_revisions("pass");
    let mut client = Client::start(&project.root, &Options::default());
    client.notify("exit", Value::Null);
    assert_eq!(client.wait(Duration::from_secs(10)), Some(1));
}

#[cfg(unix)]
#[test]
fn it_ends_when_its_parent_is_gone() {
    let project = two_revisions("pass");
    let mut parent = std::process::Command::new("sleep").arg("600").spawn().unwrap();
    let mut client =
        Client::start(&project.root, &Options { process: Some(parent.id()), ..Options::default() });
    parent.kill().unwrap();
    parent.wait().unwrap();
    assert_eq!(client.wait(Duration::from_secs(20)), Some(1));
}

/// The editor says what `foreshot check` says.
#[test]
fn the_same_findings_as_on_the_command_line() {
    let project = two_revisions("op.drop_column('tasks', 'titel')\n    op.drop_table('nowhere')");
    project.write("foreshot.toml", "ignore = ['empty-downgrade']\nseverity = {unknown-table = 'warning'}\n");
    let ran = std::process::Command::new(env!("CARGO_BIN_EXE_foreshot"))
        .args(["check", "--format", "json", "--project"])
        .arg(&project.root)
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&ran.stdout).unwrap();
    let mut expect: Vec<(String, String, u64)> = Vec::new();
    for finding in report["findings"].as_array().unwrap() {
        let text = |key: &str| finding[key].as_str().unwrap().to_owned();
        expect.push((text("rule"), text("message"), finding["range"]["start"]["line"].as_u64().unwrap() - 1));
    }
    assert!(expect.len() > 1, "{report}");
    let mut client = Client::start(&project.root, &Options::default());
    let published = client.published(&project.uri(&format!("m/{SECOND}")), None);
    let told: Vec<(String, String, u64)> = published
        .as_array()
        .unwrap()
        .iter()
        .map(|mark| {
            let text = |key: &str| mark[key].as_str().unwrap().to_owned();
            (text("code"), text("message"), mark["range"]["start"]["line"].as_u64().unwrap())
        })
        .collect();
    assert_eq!(told, expect);
    assert_eq!(client.finish(), Some(0));
}

#[test]
fn a_client_that_watches_files_is_asked_to() {
    let project = two_revisions("op.drop_table('users')");
    let mut client = Client::start(&project.root, &Options { watches_files: true, ..Options::default() });
    let asked = client.notification("client/registerCapability");
    assert_eq!(asked["registrations"][0]["method"], "workspace/didChangeWatchedFiles");
    let uri = project.uri(&format!("m/{SECOND}"));
    client.published(&uri, None);
    project.write(&format!("m/{SECOND}"), &revision("0002", "'0001'", "op.drop_table('nowhere')", "pass"));
    client.notify("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": uri, "type": 2}]}));
    client.published_until(&uri, |marks| codes(marks).contains(&"unknown-table".to_owned()));
    assert_eq!(client.finish(), Some(0));
}

#[test]
fn cancelled_requests_leave_it_serving() {
    let project = two_revisions("op.drop_column('tasks', 'titel')");
    let mut client = Client::start(&project.root, &Options::default());
    let (uri, _) = open_second(&mut client, &project);
    for id in 1000..1050 {
        let range = json!({"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}});
        let params = json!({"textDocument": {"uri": uri}, "range": range, "context": {"diagnostics": []}});
        let request =
            json!({"jsonrpc": "2.0", "id": id, "method": "textDocument/codeAction", "params": params});
        let body = request.to_string();
        client.raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
        client.notify("$/cancelRequest", json!({"id": id}));
    }
    let outline = client.request("textDocument/documentSymbol", json!({"textDocument": {"uri": uri}}));
    assert_eq!(outline[0]["name"], "0002");
    assert_eq!(client.finish(), Some(0));
}

#[cfg(unix)]
#[test]
fn names_that_a_uri_has_to_escape() {
    let project = Project::new(&[]);
    let folder = "é 😀 #1";
    project.write(&format!("{folder}/alembic.ini"), INI);
    project.write(&format!("{folder}/m/env.py"), "");
    project.write(&format!("{folder}/m/versions/0001_%_ü.py"), FIRST);
    let text = revision("0002", "'0001'", "op.drop_table('nowhere')", "pass");
    project.write(&format!("{folder}/m/versions/ß.py"), &text);
    let mut client = Client::start(&project.root, &Options::default());
    let escaped = "%C3%A9%20%F0%9F%98%80%20%231/m/versions/%C3%9F.py";
    let uri = project.uri(escaped);
    assert!(codes(&client.published(&uri, None)).contains(&"unknown-table".to_owned()));
    // The client's own way to write it is kept.
    let own = uri.replace("m/versions", "%6D/versions");
    client.open(&own, 1, &text);
    assert!(codes(&client.published(&own, Some(1))).contains(&"unknown-table".to_owned()));
    assert_eq!(client.finish(), Some(0));
}
