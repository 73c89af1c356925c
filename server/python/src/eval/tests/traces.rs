//! A trace holds exactly while what was looked at reads the same.

use super::support::{Project, report, run};
use crate::eval::Budget;
use crate::modules::Trace;

const FIXTURE: [(&str, &str); 5] = [
    (
        "main.py",
        "from p.m import a, f\nfrom p import q\nx = a, f(), q.late\ntry: from p import nothing\nexcept ImportError: y = 1\n",
    ),
    ("p/__init__.py", ""),
    ("p/m.py", "from .q import base\nunused = 1\na = base + 1\nb = 2\ndef f(): return b\nother = unused\n"),
    ("p/q.py", "from .star import *\nbase = 5\nlate = starred\nstrange = 1\n"),
    ("p/star.py", "starred = 'star'\nmore = 1\n"),
];

fn project(edits: &[(&str, &str)]) -> (Project, String) {
    let mut project = Project::default();
    let mut whole = String::new();
    let edited = |path: &str| edits.iter().find(|(edited, _)| *edited == path).map(|(_, text)| *text);
    let kept = FIXTURE.iter().map(|(path, text)| (*path, edited(path).unwrap_or(text)));
    let added = edits.iter().copied().filter(|(path, _)| !FIXTURE.iter().any(|(kept, _)| kept == path));
    let files = kept.chain(added);
    for (path, text) in files {
        project.add(path, text);
        whole.push_str(&format!("//- {path}\n{text}"));
    }
    (project, whole)
}

fn trace(project: &Project) -> Trace {
    let (cx, result) = run(project, Budget::default());
    assert_eq!(result.err(), None);
    cx.trace().clone()
}

/// After an edit that nothing depended on, the trace holds, and evaluating again gives the same trace and values.
#[track_caller]
fn check_unrelated(path: &str, text: &str) {
    let (before, whole) = project(&[]);
    let (after, edited) = project(&[(path, text)]);
    assert!(trace(&before).holds(&after), "{path}: {text}");
    assert_eq!(trace(&before), trace(&after), "{path}: {text}");
    assert_eq!(report(&whole), report(&edited));
}

#[track_caller]
fn check_related(path: &str, text: &str) {
    let (before, _) = project(&[]);
    let (after, _) = project(&[(path, text)]);
    assert!(!trace(&before).holds(&after), "{path}: {text}");
}

#[test]
fn an_evaluation_can_be_repeated() {
    let (project, whole) = project(&[]);
    assert_eq!(trace(&project), trace(&project));
    assert!(trace(&project).holds(&project));
    assert_eq!(report(&whole), "a = 6\nx = (6, 2, \"star\")\nnothing = ?name-not-found:nothing\ny = 1\n");
}

#[test]
fn unrelated_edits_do_not_matter() {
    check_unrelated(
        "p/m.py",
        "from .q import base\nunused = 99\na = base + 1\nb = 2\ndef f(): return b\nother = 1\n",
    );
    check_unrelated(
        "p/m.py",
        "# a comment\n\nfrom .q import base\nunused = 1\na = base  + 1\nb = 2\ndef f():\n  # why\n  return b\nother = unused\nmore = 1\n",
    );
    check_unrelated("p/star.py", "starred = 'star'\nmore = 2\n");
    check_unrelated("p/q.py", "from .star import *\nbase = 5\nlate = starred\nstrange = 2\nstrange += 1\n");
    check_unrelated("p/unused.py", "x = 1\n");
}

#[test]
fn edits_of_what_was_used_do_matter() {
    let m = "from .q import base\nunused = 1\na = base + 1\nb = 2\ndef f(): return b\nother = unused\n";
    check_related("p/m.py", &m.replace("base + 1", "base + 2"));
    check_related("p/m.py", &m.replace("b = 2", "b = 3"));
    check_related("p/m.py", &m.replace("return b", "return b + 1"));
    check_related("p/m.py", &format!("{m}b += 1\n"));
    check_related("p/m.py", &format!("{m}a.append(1)\n"));
    check_related("p/m.py", &format!("new = 1\n{m}"));
    check_related("p/m.py", "");
    check_related("p/q.py", "from .star import *\nbase = 6\nlate = starred\nstrange = 1\n");
    check_related("p/q.py", "from .star import *\nfrom .m import *\nbase = 5\nlate = starred\nstrange = 1\n");
    check_related("p/q.py", "from .star import *\nbase = 5\nlate = starred\nstarred = 1\n");
    check_related("p/star.py", "starred = 'other'\nmore = 1\n");
    check_related("p/nothing.py", "");
    check_related("p/__init__.py", "nothing = 1\n");
}
