//! The commands as scripts and CI see them: what they print, where, and how they end.

// What a test sets up has to work.
#![allow(clippy::unwrap_used)]

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// How a command ended.
struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

fn foreshot(directory: &Path, args: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_foreshot"))
        .args(args)
        .arg("--no-cache")
        .current_dir(directory)
        .env_remove("ALEMBIC_CONFIG")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A project on disk with these files.
fn project(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    directory
}

const INI: (&str, &str) = ("alembic.ini", "[alembic]\nscript_location = %(here)s/m\n");

const FIRST: (&str, &str) = (
    "m/versions/1_first.py",
    "\"\"\"Create the tables\"\"\"\nfrom alembic import op\nimport sqlalchemy as sa\nrevision = 'a1'\ndown_revision = None\n\n\n\
     def upgrade():\n    op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True))\n\n\n\
     def downgrade():\n    op.drop_table('t')\n",
);

const SECOND: (&str, &str) = (
    "m/versions/2_second.py",
    "\"\"\"Add a name\"\"\"\nfrom alembic import op\nimport sqlalchemy as sa\nrevision = 'b2'\ndown_revision = 'a1'\n\n\n\
     def upgrade():\n    op.add_column('t', sa.Column('name', sa.String(40), nullable=False))\n\n\n\
     def downgrade():\n    op.drop_column('t', 'name')\n",
);

const APART: (&str, &str) =
    ("m/versions/3_apart.py", "revision = 'c3'\ndown_revision = None\ndef upgrade():\n    pass\n");

/// Every command on one history.
const COMMANDS: [&[&str]; 4] = [&["history"], &["heads"], &["schema"], &["ops", "b2"]];

/// The command does what it was asked; the JSON that it prints.
#[track_caller]
fn check_json(files: &[(&str, &str)], args: &[&str]) -> Value {
    let project = project(files);
    let ran = foreshot(project.path(), args);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{args:?}");
    serde_json::from_str(&ran.stdout).unwrap()
}

/// The command does what it was asked; part of the text that it prints.
#[track_caller]
fn check_text(files: &[(&str, &str)], args: &[&str], part: &str) {
    let project = project(files);
    let ran = foreshot(project.path(), args);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{args:?}");
    assert!(ran.stdout.contains(part), "{args:?}: {}", ran.stdout);
}

/// The command cannot do it: the exit code, part of the message, and nothing on stdout.
#[track_caller]
fn check_refused(directory: &Path, args: &[&str], code: i32, part: &str) {
    let ran = foreshot(directory, args);
    assert_eq!((ran.code, ran.stdout.as_str()), (code, ""), "{args:?}: {}", ran.stderr);
    assert!(ran.stderr.contains(part), "{args:?}: {}", ran.stderr);
    assert!(!ran.stderr.contains("panicked"), "{args:?}: {}", ran.stderr);
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/bad-input").join(name)
}

#[test]
fn history_and_heads() {
    let files = [INI, FIRST, SECOND, APART];
    let history = check_json(&files, &["history", "--format", "json"]);
    let revisions = history["revisions"].as_array().unwrap();
    let ids: Vec<&str> = revisions.iter().map(|row| row["revision"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 3);
    assert!(
        ids.contains(&"c3") && ids.iter().position(|id| *id == "b2") < ids.iter().position(|id| *id == "a1")
    );
    let first = revisions.iter().find(|row| row["revision"] == "a1").unwrap();
    let expect = serde_json::json!({
        "revision": "a1", "down_revision": [], "depends_on": [], "branch_labels": [], "message": "Create the tables",
        "path": "m/versions/1_first.py", "is_head": false, "is_base": true, "is_merge": false, "is_branch_point": false,
    });
    assert_eq!(*first, expect);
    let heads = check_json(&files, &["heads", "--format", "json"]);
    let ids: Vec<&Value> =
        heads["revisions"].as_array().unwrap().iter().map(|row| &row["revision"]).collect();
    assert_eq!(ids, ["b2", "c3"]);
    check_text(&files, &["history"], "b2  (head)  Add a name\n");
    check_text(&files, &["heads"], "m/versions/2_second.py");
}

#[test]
fn schema() {
    let files = [INI, FIRST, SECOND];
    let schema = check_json(&files, &["schema", "--format", "json", "--dialect", "postgresql:16"]);
    assert_eq!((&schema["dialect"], &schema["revision"]), (&"postgresql".into(), &serde_json::json!(["b2"])));
    let columns = &schema["tables"]["t"]["columns"];
    assert_eq!(
        columns["name"],
        serde_json::json!({"type": "character varying(40)", "nullable": false, "default": null})
    );
    assert_eq!(schema["tables"]["t"]["pk"], serde_json::json!({"name": "t_pkey", "columns": ["id"]}));
    let before = check_json(&files, &["schema", "--at", "head-1", "--format", "json", "--dialect", "sqlite"]);
    assert_eq!(before["revision"], serde_json::json!(["a1"]));
    assert_eq!(before["tables"]["t"]["columns"].as_object().unwrap().len(), 1);
    let steps = check_json(&files, &["schema", "--steps", "--dialect", "sqlite"]);
    let revs: Vec<&Value> = steps["steps"].as_array().unwrap().iter().map(|step| &step["rev"]).collect();
    assert_eq!(revs, ["a1", "b2"]);
    let base = check_json(&files, &["schema", "--at", "base", "--format", "json", "--dialect", "sqlite"]);
    assert_eq!((&base["revision"], &base["tables"]), (&serde_json::json!([]), &serde_json::json!({})));
    assert_eq!(base["dialect"], "sqlite");
    let nobody = check_json(&files, &["schema", "--format", "json"]);
    assert_eq!(nobody["dialect"], Value::Null);
    check_text(&files, &["schema", "--dialect", "sqlite"], "VARCHAR(40)");
}

#[test]
fn ops() {
    let files = [INI, FIRST, SECOND];
    let ops = check_json(&files, &["ops", "b2", "--format", "json", "--dialect", "postgresql"]);
    let expect = serde_json::json!({
        "op": "add_column", "table_name": "t",
        "column": {"name": "name", "type_": "character varying(40)", "nullable": false, "server_default": null},
        "path": "m/versions/2_second.py",
        "range": {"start": {"line": 9, "column": 5}, "end": {"line": 9, "column": 73}},
    });
    assert_eq!(ops["upgrade"], serde_json::json!([expect]));
    assert_eq!(ops["downgrade"][0]["op"], "drop_column");
    assert_eq!(ops["downgrade"][0]["column_name"], "name");
    let first = check_json(&files, &["ops", "head-1", "--format", "json"]);
    assert_eq!(first["upgrade"][0]["op"], "create_table");
    check_text(&files, &["ops", "a1"], "create_table table_name=t");
}

#[test]
fn config() {
    let env = (
        "m/env.py",
        "from alembic import context\nfrom shop import metadata\ncontext.configure(target_metadata=metadata, render_as_batch=True)\n",
    );
    let files = [INI, FIRST, env];
    let config = check_json(&files, &["config", "--format", "json", "--dialect", "sqlite"]);
    let environment = &config["environments"][0];
    assert_eq!(environment["env_py"], "m/env.py");
    assert_eq!(environment["dialects"], serde_json::json!([{"name": "sqlite", "from": "--dialect"}]));
    assert_eq!(environment["configure"]["render_as_batch"], true);
    assert_eq!(environment["naming_convention"], serde_json::json!({"templates": "?", "from": "m/env.py"}));
    let gap = &environment["not_followed"][0];
    assert_eq!(
        (&gap["options"], &gap["at"]),
        (&serde_json::json!(["naming_convention"]), &"m/env.py:3".into())
    );
    assert!(gap["remedy"].as_str().unwrap().contains("naming-convention"));
}

#[test]
fn what_a_person_must_answer_ends_with_3() {
    let several = project(&[INI, FIRST, SECOND, APART]);
    check_refused(several.path(), &["schema", "--at", "head"], 3, "there are 2 heads: b2, c3");
    check_refused(several.path(), &["ops", "head"], 3, "there are 2 heads: b2, c3");
    let two = project(&[
        ("one/alembic.ini", "[alembic]\nscript_location = %(here)s\n"),
        ("one/versions/1.py", FIRST.1),
        ("two/alembic.ini", "[alembic]\nscript_location = %(here)s\n"),
        ("two/versions/1.py", FIRST.1),
    ]);
    for args in COMMANDS {
        check_refused(two.path(), args, 3, "-c two/alembic.ini");
    }
    let config = foreshot(two.path(), &["config", "--format", "json"]);
    let config: Value = serde_json::from_str(&config.stdout).unwrap();
    assert_eq!(config["environments"].as_array().unwrap().len(), 2);
}

#[test]
fn bad_usage_ends_with_2() {
    let project = project(&[INI, FIRST, SECOND]);
    for (args, part) in [
        (&["ops"][..], "REV"),
        (&["ops", "zzzz"], "zzzz"),
        (&["ops", "base"], "the base is no revision"),
        (&["schema", "--at", "zzzz"], "zzzz"),
        (&["schema", "--dialect", "oracle"], "there is no dialect 'oracle'"),
        (&["history", "-r", "zzzz:"], "zzzz"),
        (&["history", "-c", "other.ini"], "other.ini"),
        (&["history", "-n", "other"], "other"),
        (&["history", "--project", "nowhere"], "there is no such directory"),
        (&["history", "--versions", "nowhere"], "there is no such directory"),
        (&["nonsense"], "nonsense"),
    ] {
        check_refused(project.path(), args, 2, part);
    }
}

#[test]
fn settings_that_are_wrong_name_the_line() {
    for (text, part) in [
        ("\ndialect = []\n", "foreshot.toml:2: there is no setting 'dialect' (did you mean 'dialects'?)"),
        ("dialects = ['oracle']\n", "foreshot.toml:1: there is no dialect 'oracle'"),
        ("dialects = [\n", "foreshot.toml"),
    ] {
        let project = project(&[INI, FIRST, SECOND, ("foreshot.toml", text)]);
        check_refused(project.path(), &["schema"], 2, part);
    }
    let project = project(&[("alembic.ini", "script_location = m\n"), FIRST]);
    check_refused(project.path(), &["history"], 2, "alembic.ini");
}

#[test]
fn folders_of_revisions_need_no_configuration() {
    let project = project(&[("v/1.py", FIRST.1), ("w/2.py", SECOND.1), ("w/README", "")]);
    let ran = foreshot(project.path(), &["heads", "--versions", "v", "--versions", "w"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert!(ran.stdout.starts_with("b2"), "{}", ran.stdout);
    check_refused(
        project.path(),
        &["heads", "--versions", "w"],
        2,
        "w/2.py:5: Revision a1 referenced from revision b2",
    );
}

#[test]
fn histories_that_cannot_be_loaded_are_refused_by_every_command() {
    for (name, part) in [
        ("no-alembic-ini", "no migration environment found"),
        ("empty-versions", "no migrations found"),
        ("syntax-error", "0002_second.py:10: syntax error"),
        ("zero-bytes", "0002_second.py: it assigns no revision"),
        ("binary", "0002_second.py: it is not UTF-8"),
        ("non-utf8", "0002_second.py: it is not UTF-8"),
        ("cycle", "Cycle is detected in revisions (0001, 0002, 0003)"),
    ] {
        let project = fixture(name);
        for args in COMMANDS {
            check_refused(&project, &[args, &["--project", project.to_str().unwrap()]].concat(), 2, part);
        }
    }
}

#[test]
fn config_tells_of_histories_that_cannot_be_loaded() {
    for (name, part) in [
        ("syntax-error", "syntax error"),
        ("binary", "it is not UTF-8"),
        ("cycle", "Cycle is detected"),
        ("zero-bytes", "it assigns no revision"),
    ] {
        let ran = foreshot(&fixture(name), &["config", "--format", "json", "-c", "alembic.ini"]);
        assert_eq!(ran.code, 0, "{name}: {}", ran.stderr);
        let config: Value = serde_json::from_str(&ran.stdout).unwrap();
        let error = config["environments"][0]["error"].as_str().unwrap();
        assert!(error.contains(part), "{name}: {error}");
    }
}

#[test]
fn text_that_only_looks_unusual_is_read() {
    for name in ["bom", "crlf", "tabs"] {
        let ran = foreshot(
            &fixture(name),
            &["schema", "--format", "json", "-c", "alembic.ini", "--dialect", "sqlite"],
        );
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{name}");
        let schema: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(schema["tables"].as_object().unwrap().len(), 2, "{name}");
        let ran = foreshot(&fixture(name), &["ops", "0001", "--format", "json", "-c", "alembic.ini"]);
        let ops: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(ops["upgrade"][0]["range"]["start"]["line"], 10, "{name}");
    }
}

#[test]
fn a_file_of_two_megabytes_is_read_whole() {
    let row = "    op.execute(\"INSERT INTO t (id) VALUES (1)\")\n";
    let rows = row.repeat(2_000_000 / row.len());
    let text = FIRST.1.replace("\n\n\ndef downgrade", &format!("\n{rows}\n\ndef downgrade"));
    let files = [INI, (FIRST.0, text.as_str()), SECOND];
    assert!(text.len() > 1_900_000);
    check_text(&files, &["heads"], "b2");
    let schema = check_json(&files, &["schema", "--format", "json", "--dialect", "sqlite"]);
    assert_eq!(schema["tables"]["t"]["columns"].as_object().unwrap().len(), 2);
}

#[test]
fn deep_and_endless_code_comes_to_an_end() {
    let deep = format!("x = {}1{}\n", "(".repeat(50_000), ")".repeat(50_000));
    let endless = "def f(n):\n    return f(n + 1)\nwhile True:\n    f(1)\n";
    let filling = "for i in range(10 ** 6):\n    op.create_index(f'i{i}', 't', ['id'])\n";
    for code in [deep.as_str(), endless, filling] {
        let text = format!("{}\n{code}", FIRST.1);
        let project = project(&[INI, (FIRST.0, &text), SECOND]);
        for args in COMMANDS {
            let ran = foreshot(project.path(), args);
            assert!(matches!(ran.code, 0 | 2), "{args:?}: {} {}", ran.code, ran.stderr);
            assert!(!ran.stderr.contains("panicked"), "{args:?}: {}", ran.stderr);
        }
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let project = project(&[INI, FIRST, SECOND]);
    let path = project.path().join(SECOND.0);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&path).is_ok() {
        // Whoever runs this may read everything.
        return;
    }
    for args in COMMANDS {
        check_refused(project.path(), args, 2, "m/versions/2_second.py: ");
    }
}

#[cfg(unix)]
#[test]
fn links_that_lead_nowhere_or_in_circles() {
    let project = project(&[INI, FIRST, SECOND]);
    let versions = project.path().join("m/versions");
    std::os::unix::fs::symlink(&versions, versions.join("again")).unwrap();
    std::os::unix::fs::symlink("nowhere.py", versions.join("broken.py")).unwrap();
    fs::create_dir(versions.join("folder.py")).unwrap();
    for args in [&["heads"][..], &["heads", "--recursive"]] {
        let ran = foreshot(project.path(), args);
        assert_eq!(ran.code, 0, "{args:?}: {}", ran.stderr);
        assert!(ran.stdout.starts_with("b2"), "{args:?}: {}", ran.stdout);
    }
}

/// The project with a second revision whose bytes are given.
fn project_with_second(bytes: &[u8]) -> TempDir {
    let project = project(&[INI, FIRST]);
    fs::write(project.path().join(SECOND.0), bytes).unwrap();
    project
}

#[test]
fn python_declares_its_encoding() {
    let latin1 = |text: &str| text.chars().map(|c| u8::try_from(c).unwrap()).collect::<Vec<u8>>();
    let text = format!("# -*- coding: latin-1 -*-\n{}", SECOND.1.replace("'name'", "'ném'"));
    let project = project_with_second(&latin1(&text));
    let ran = foreshot(project.path(), &["schema", "--format", "json", "--dialect", "sqlite"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let schema: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert!(schema["tables"]["t"]["columns"]["ném"].is_object(), "{schema}");
    // What a fix writes has the encoding of what stands there.
    let project = project_with_second(&latin1(&text.replace("op.drop_column('t', 'ném')", "pass")));
    foreshot(project.path(), &["check", "--fix", "--unsafe-fixes", "--dialect", "postgresql"]);
    assert_eq!(fs::read(project.path().join(SECOND.0)).unwrap(), latin1(&text));
}

#[test]
fn an_encoding_that_is_not_read_is_no_mistake() {
    let bytes = [b"# coding: cp437\n# \x81\n", SECOND.1.as_bytes()].concat();
    let project = project_with_second(&bytes);
    check_refused(project.path(), &["heads"], 2, "2_second.py: revision is not known");
    let ran = foreshot(project.path(), &["check", "--format", "json", "--dialect", "sqlite"]);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((ran.code, report["summary"]["errors"].as_u64()), (0, Some(0)), "{report}");
}

#[test]
fn revisions_that_are_only_compiled() {
    let ini = (INI.0, "[alembic]\nscript_location = %(here)s/m\nsourceless = true\n");
    let project = project(&[ini, SECOND, ("m/versions/__pycache__/1_first.cpython-312.pyc", "\0")]);
    check_refused(project.path(), &["history"], 2, "1_first.cpython-312.pyc: revision is not known");
    let ran = foreshot(project.path(), &["check", "--format", "json", "--dialect", "sqlite"]);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((ran.code, report["findings"].as_array().map(Vec::len)), (0, Some(0)), "{report}");
}

#[test]
fn a_broken_configuration_hides_no_other() {
    let one = ("one/alembic.ini", "[alembic]\nscript_location = %(here)s\n");
    for (path, text, line) in [
        ("two/alembic.ini", "[alembic]\nscript_location = %(nowhere)s\n[b]\nscript_location = b\n", 2),
        ("two/alembic.ini", "[alembic]\nscript_location = nowhere\n", 2),
        ("two/alembic.ini", "script_location = m\n", 1),
        ("two/pyproject.toml", "[tool.alembic]\nscript_location = 'm\n", 2),
    ] {
        let project = project(&[one, ("one/versions/1.py", FIRST.1), (path, text)]);
        let ran = foreshot(project.path(), &["check", "--format", "json", "--dialect", "sqlite"]);
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        let report: Value = serde_json::from_str(&ran.stdout).unwrap();
        let finding = &report["findings"][0];
        assert_eq!(finding["rule"], "broken-configuration", "{report}");
        assert_eq!(
            (finding["path"].as_str(), finding["range"]["start"]["line"].as_u64()),
            (Some(path), Some(line))
        );
        let text = foreshot(project.path(), &["check"]);
        assert!(text.stdout.contains(&format!("{path}:{line}")), "{}", text.stdout);
        check_refused(project.path(), &["heads"], 3, &format!("-c {path} (broken: "));
        check_refused(project.path(), &["heads", "-c", path], 2, path);
        assert_eq!(foreshot(project.path(), &["heads", "-c", "one/alembic.ini"]).code, 0);
        let config = foreshot(project.path(), &["config", "--format", "json"]);
        let config: Value = serde_json::from_str(&config.stdout).unwrap();
        assert_eq!(
            (config["environments"].as_array().unwrap().len(), &config["broken"][0]["config"]),
            (1, &path.into())
        );
    }
}

#[test]
fn names_need_not_be_ascii() {
    let text = SECOND.1.replace("'name'", "'größe_😀'").replace("Add a name", "Größe ändern");
    let project = project(&[INI, FIRST, ("m/versions/2_größe.py", &text.replace('\n', "\r\n"))]);
    let ran = foreshot(project.path(), &["schema", "--format", "json", "--dialect", "postgresql"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let schema: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert!(schema["tables"]["t"]["columns"]["größe_😀"].is_object(), "{schema}");
    assert!(foreshot(project.path(), &["history"]).stdout.contains("Größe ändern"));
}

#[test]
fn nothing_is_written_anywhere() {
    let project = project(&[INI, FIRST, SECOND]);
    let list = || {
        let mut paths = Vec::new();
        let mut todo = vec![project.path().to_owned()];
        while let Some(directory) = todo.pop() {
            for entry in fs::read_dir(directory).unwrap() {
                let entry = entry.unwrap();
                if entry.file_type().unwrap().is_dir() {
                    todo.push(entry.path());
                }
                paths.push((entry.path(), entry.metadata().unwrap().modified().unwrap()));
            }
        }
        paths.sort();
        paths
    };
    let before = list();
    for args in COMMANDS {
        assert_eq!(foreshot(project.path(), args).code, 0, "{args:?}");
    }
    assert_eq!(list(), before);
}
