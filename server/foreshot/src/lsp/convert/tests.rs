use super::super::data::RelatedMark;
use super::super::handlers::code_action::{FileEdits, NewText};
use super::*;
use serde_json::{Value, json};

fn facts(params: Value) -> ClientFacts {
    let mut all = json!({"processId": 7, "capabilities": {}});
    for (key, value) in params.as_object().unwrap() {
        all[key] = value.clone();
    }
    client_facts(&serde_json::from_value(all).unwrap())
}

fn json_of(value: impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap()
}

fn at(line: u32, column: u32, end_line: u32, end_column: u32) -> Range<LineColumn> {
    LineColumn { line, column }..LineColumn { line: end_line, column: end_column }
}

#[track_caller]
fn check_message(body: &str, expect: bool) {
    assert_eq!(is_message(body), expect, "{body}");
}

#[test]
fn messages() {
    check_message(r#"{"jsonrpc":"2.0","method":"a"}"#, true);
    check_message(r#"{"jsonrpc":"2.0","id":1,"method":"a","params":[]}"#, true);
    check_message(r#"{"jsonrpc":"2.0","id":"x","result":null}"#, true);
    check_message(r#"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"m"}}"#, true);
    check_message(r#"{"jsonrpc":"2.0"}"#, false);
    check_message(r#"{"jsonrpc":"1.0","method":"a"}"#, false);
    check_message(r#"{"method":"a"}"#, false);
    check_message(r#"{"jsonrpc":"2.0","id":{},"method":"a"}"#, false);
    check_message(r#"[{"jsonrpc":"2.0","method":"a"}]"#, false);
    check_message("{", false);
    check_message("", false);
    check_message("null", false);
}

/// `expect`: the path, and the URI that is made of it.
#[track_caller]
fn check_path(written: &str, expect: Option<(&str, &str)>) {
    let path = path(&lsp::Uri::from_str(written).unwrap());
    assert_eq!(path.as_deref().map(Utf8Path::as_str), expect.map(|(path, _)| path));
    if let (Some(path), Some((_, made))) = (path, expect) {
        assert_eq!(uri(&path, None).unwrap().as_str(), made);
        assert_eq!(uri(&path, Some(written)).unwrap().as_str(), written, "as the client wrote it");
    }
}

#[cfg(unix)]
#[test]
fn paths() {
    check_path("file:///a/b.py", Some(("/a/b.py", "file:///a/b.py")));
    check_path("file:///a%20b/%C3%A9.py", Some(("/a b/é.py", "file:///a%20b/%C3%A9.py")));
    check_path("file:///a/@x+y.py", Some(("/a/@x+y.py", "file:///a/%40x%2By.py")));
    check_path("file:///a/./b/../c.py", Some(("/a/c.py", "file:///a/c.py")));
    check_path("FILE:///a.py", Some(("/a.py", "file:///a.py")));
    check_path("untitled:Untitled-1", None);
    check_path("git:/a/b.py?ref=x", None);
    check_path("file:///a/%FF.py", Some(("/a/\u{fffd}.py", "file:///a/%EF%BF%BD.py")));
}

#[track_caller]
fn check_unit(encodings: Value, unit: Unit, answer: &str) {
    let facts = facts(json!({"capabilities": {"general": {"positionEncodings": encodings}}}));
    assert_eq!(facts.unit, unit);
    assert_eq!(json_of(capabilities(&facts))["positionEncoding"], answer);
}

#[test]
fn encodings() {
    check_unit(Value::Null, Unit::Utf16, "utf-16");
    check_unit(json!([]), Unit::Utf16, "utf-16");
    check_unit(json!(["utf-16"]), Unit::Utf16, "utf-16");
    check_unit(json!(["utf-32", "utf-16"]), Unit::Utf16, "utf-16");
    check_unit(json!(["utf-16", "utf-8"]), Unit::Utf8, "utf-8");
}

#[track_caller]
fn check_folders(params: Value, expect: &[&str]) {
    assert_eq!(facts(params).folders, expect);
}

#[test]
fn folders_of_the_workspace() {
    let two = json!([{"uri": "file:///a", "name": "a"}, {"uri": "file:///b/", "name": "b"}]);
    check_folders(json!({}), &[]);
    check_folders(json!({"rootUri": null}), &[]);
    check_folders(json!({"rootUri": "file:///a"}), &["/a"]);
    check_folders(json!({"rootPath": "/a/"}), &["/a"]);
    check_folders(json!({"rootUri": "file:///a", "workspaceFolders": two}), &["/a", "/b"]);
    check_folders(json!({"rootUri": "file:///a", "workspaceFolders": []}), &["/a"]);
    check_folders(json!({"workspaceFolders": [{"uri": "vsls:/x", "name": "x"}]}), &[]);
}

#[test]
fn what_clients_can_do() {
    let none = facts(json!({}));
    assert!(!none.literal_actions && !none.document_changes && !none.nested_symbols && !none.progress);
    assert!(none.markdown_hover && !none.related_information && !none.watches_files);
    assert_eq!(none.process, Some(7));
    assert_eq!(json_of(capabilities(&none))["codeActionProvider"], Value::Null);
    let all = facts(json!({"capabilities": {
        "window": {"workDoneProgress": true},
        "workspace": {
            "workspaceEdit": {"documentChanges": true},
            "didChangeWatchedFiles": {"dynamicRegistration": true},
        },
        "textDocument": {
            "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}},
            "documentSymbol": {"hierarchicalDocumentSymbolSupport": true},
            "hover": {"contentFormat": ["plaintext"]},
            "publishDiagnostics": {"relatedInformation": true},
        },
    }}));
    assert!(all.literal_actions && all.document_changes && all.nested_symbols && all.progress);
    assert!(!all.markdown_hover && all.related_information && all.watches_files);
    let told = json_of(capabilities(&all));
    assert_eq!(told["codeActionProvider"]["codeActionKinds"], json!(["quickfix"]));
    assert_eq!(
        told["textDocumentSync"],
        json!({"openClose": true, "change": 2, "save": {"includeText": false}})
    );
}

#[test]
fn edits_and_file_changes() {
    let changes = json!([
        {"range": {"start": {"line": 1, "character": 2}, "end": {"line": 3, "character": 4}}, "text": "x"},
        {"text": "all"},
    ]);
    let told = edits(serde_json::from_value(changes).unwrap());
    let first = Edit { range: Some(at(1, 2, 3, 4)), text: "x".to_owned() };
    assert_eq!(told, [first, Edit { range: None, text: "all".to_owned() }]);
    let events = json!([
        {"uri": "file:///a.py", "type": 1},
        {"uri": "file:///b.py", "type": 2},
        {"uri": "file:///c.py", "type": 3},
        {"uri": "untitled:x", "type": 2},
    ]);
    let events: Vec<lsp::FileEvent> = serde_json::from_value(events).unwrap();
    let told: Vec<(String, bool)> =
        file_changes(&events).into_iter().map(|change| (change.path.into_string(), change.listed)).collect();
    let expect = [("/a.py", true), ("/b.py", false), ("/c.py", true)];
    assert_eq!(told, expect.map(|(path, listed)| (path.to_owned(), listed)));
}

#[test]
fn diagnostics() {
    let mark = Mark {
        range: at(1, 2, 1, 5),
        severity: Severity::Warning,
        code: "some-rule".to_owned(),
        message: "What is wrong.".to_owned(),
        related: vec![RelatedMark {
            path: "/b.py".into(),
            uri: None,
            range: at(0, 0, 0, 1),
            message: "See here.".to_owned(),
        }],
    };
    let range = json!({"start": {"line": 1, "character": 2}, "end": {"line": 1, "character": 5}});
    let plain = json!({
        "range": range, "severity": 2, "code": "some-rule", "source": "foreshot", "message": "What is wrong.",
    });
    assert_eq!(json_of(diagnostic(&mark, false)), plain);
    let told = json_of(diagnostic(&mark, true));
    assert_eq!(told["relatedInformation"][0]["location"]["uri"], "file:///b.py");
    assert_eq!(told["relatedInformation"][0]["message"], "See here.");
}

fn outline() -> Outline {
    let one = |name: &str, kind, children| Outline {
        name: name.to_owned(),
        detail: None,
        kind,
        range: at(0, 0, 9, 0),
        selection: at(1, 0, 1, 3),
        children,
    };
    let call = one("drop_table x", SymbolKind::Operation, Vec::new());
    let function = one("upgrade", SymbolKind::Function, vec![call]);
    one("abc", SymbolKind::Revision, vec![function])
}

#[test]
fn outlines() {
    let uri = lsp::Uri::from_str("file:///a.py").unwrap();
    let nested = json_of(symbols(vec![outline()], &uri, true));
    assert_eq!(nested[0]["children"][0]["children"][0]["name"], "drop_table x");
    assert_eq!(nested[0]["children"][0]["children"][0]["children"], Value::Null);
    let flat = json_of(symbols(vec![outline()], &uri, false));
    let told: Vec<(&str, Option<&str>)> = flat
        .as_array()
        .unwrap()
        .iter()
        .map(|symbol| (symbol["name"].as_str().unwrap(), symbol["containerName"].as_str()))
        .collect();
    assert_eq!(told, [("abc", None), ("upgrade", Some("abc")), ("drop_table x", Some("upgrade"))]);
}

#[test]
fn hovers() {
    let hovered = || Hovered { text: "**x**".to_owned(), range: at(1, 2, 1, 3) };
    assert_eq!(json_of(hover(hovered(), true))["contents"], json!({"kind": "markdown", "value": "**x**"}));
    assert_eq!(json_of(hover(hovered(), false))["contents"]["kind"], "plaintext");
}

#[track_caller]
fn check_wanted(only: Option<&[&'static str]>, expect: bool) {
    let kinds = only.map(|only| only.iter().map(|kind| lsp::CodeActionKind::from(*kind)).collect::<Vec<_>>());
    assert_eq!(wants_quick_fixes(kinds.as_deref()), expect, "{only:?}");
}

#[test]
fn kinds_of_actions() {
    check_wanted(None, true);
    check_wanted(Some(&["quickfix"]), true);
    check_wanted(Some(&[""]), true);
    check_wanted(Some(&["source.fixAll", "quickfix"]), true);
    check_wanted(Some(&["refactor"]), false);
    check_wanted(Some(&[]), false);
}

#[test]
fn actions() {
    let action = || Action {
        title: "Do it".to_owned(),
        code: "some-rule".to_owned(),
        range: at(1, 2, 1, 5),
        preferred: true,
        files: vec![FileEdits {
            path: "/a.py".into(),
            uri: Some("file:///%61.py".to_owned()),
            version: Some(3),
            edits: vec![NewText { range: at(1, 2, 1, 5), text: "new".to_owned() }],
        }],
    };
    let mark = |code: &str, column| {
        let mut mark = lsp::Diagnostic { source: Some("foreshot".to_owned()), ..lsp::Diagnostic::default() };
        mark.code = Some(lsp::NumberOrString::String(code.to_owned()));
        mark.range = range(&at(1, column, 1, 5));
        mark
    };
    let given = [mark("some-rule", 2), mark("some-rule", 3), mark("other-rule", 2)];
    let versioned = ClientFacts { document_changes: true, ..facts(json!({})) };
    let told = json_of(code_action(action(), &given, &versioned));
    assert_eq!(told["kind"], "quickfix");
    assert_eq!(told["isPreferred"], true);
    assert_eq!(told["diagnostics"].as_array().map(Vec::len), Some(1));
    let document = &told["edit"]["documentChanges"][0];
    assert_eq!(document["textDocument"], json!({"uri": "file:///%61.py", "version": 3}));
    assert_eq!(document["edits"][0]["newText"], "new");
    let told = json_of(code_action(action(), &[], &facts(json!({}))));
    assert_eq!(told["edit"]["changes"]["file:///%61.py"][0]["newText"], "new");
    assert_eq!(told["diagnostics"], Value::Null);
}
