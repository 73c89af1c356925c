use super::*;

fn text_at(source: &str, span: Span) -> &str {
    source.get(span.start as usize..span.end as usize).expect("a span is in the text")
}

fn show(source: &str, kind: &ClauseKind) -> String {
    match kind {
        ClauseKind::Ignore(rules) => {
            for rule in rules {
                assert_eq!(text_at(source, rule.span), rule.name);
            }
            let names: Vec<&str> = rules.iter().map(|rule| rule.name.as_str()).collect();
            format!("ignore {}", names.join(" "))
        }
        ClauseKind::Table(name) => format!("table {name}"),
        ClauseKind::Column(name) => format!("column {name}"),
        ClauseKind::References { table, column } => format!("references {table} {column}"),
        ClauseKind::OnDelete(action) => format!("{action:?}"),
        ClauseKind::Phase(phase) => format!("{phase:?}"),
        ClauseKind::Unique => "unique".to_owned(),
        ClauseKind::NotPersisted => "not persisted".to_owned(),
    }
}

/// The only directive of `source` reads as these clauses, without errors.
#[track_caller]
fn check_clauses(source: &str, expected: &[&str], reason: Option<&str>) {
    let found = directives(source);
    let [directive] = found.as_slice() else { panic!("{source}: {found:?}") };
    assert_eq!(directive.errors, [], "{source}");
    let clauses: Vec<String> = directive.clauses.iter().map(|clause| show(source, &clause.kind)).collect();
    assert_eq!(clauses, expected, "{source}");
    assert_eq!(directive.reason.as_deref(), reason, "{source}");
}

#[test]
fn clauses() {
    check_clauses(
        "# foreshot: ignore[data-loss] -- the table is empty",
        &["ignore data-loss"],
        Some("the table is empty"),
    );
    check_clauses("#foreshot:ignore[a]", &["ignore a"], None);
    check_clauses("#  foreshot:  ignore [ a , b-c ]--why", &["ignore a b-c"], Some("why"));
    check_clauses("# foreshot: ignore[a] ignore[b] -- x -- y", &["ignore a", "ignore b"], Some("x -- y"));
    check_clauses("# foreshot: ignore[a] --", &["ignore a"], None);
    check_clauses("# foreshot: table=tasks", &["table tasks"], None);
    check_clauses("# foreshot: table=app.tasks", &["table app.tasks"], None);
    check_clauses(
        "# foreshot: column=user_id references=users.id ondelete=restrict",
        &["column user_id", "references users id", "Restrict"],
        None,
    );
    check_clauses(
        "# foreshot: references=app.users.id ondelete=SET_NULL",
        &["references app.users id", "SetNull"],
        None,
    );
    check_clauses("# foreshot: unique", &["unique"], None);
    check_clauses("# foreshot: unique column=a -- natural key", &["unique", "column a"], Some("natural key"));
    check_clauses("# foreshot: not-persisted", &["not persisted"], None);
    check_clauses("# foreshot: phase=contract", &["Contract"], None);
    check_clauses("# foreshot: phase=expand", &["Expand"], None);
    check_clauses("# foreshot: unique  # noqa: E501", &["unique"], None);
    check_clauses("x = 1  # noqa  # foreshot: ignore[a] -- see #12", &["ignore a"], Some("see #12"));
    check_clauses("# foreshot: table=größe", &["table größe"], None);
}

/// The errors of the only directive, each as `text under the span: message`.
#[track_caller]
fn check_errors(source: &str, expected: &[&str]) {
    let found = directives(source);
    let [directive] = found.as_slice() else { panic!("{source}: {found:?}") };
    let errors: Vec<String> = directive
        .errors
        .iter()
        .map(|error| format!("{}: {}", text_at(source, error.span), error.message))
        .collect();
    assert_eq!(errors, expected, "{source}");
}

#[test]
fn errors() {
    check_errors(
        "# foreshot:",
        &[":: nothing is said here: write `ignore[rule] -- reason`, `table=name`, ..."],
    );
    check_errors("# foreshot: ignore -- x", &["ignore: name the rules: `ignore[rule] -- reason`"]);
    check_errors("# foreshot: ignore=a", &["ignore=a: name the rules: `ignore[rule] -- reason`"]);
    check_errors(
        "# foreshot: ignore[a -- x",
        &["ignore[a -- x: `]` is missing: write `ignore[rule] -- reason`"],
    );
    check_errors("# foreshot: ignore[] -- x", &[": the name of a rule is missing"]);
    check_errors("# foreshot: ignore[a b]", &["a b: `a b` is not the name of a rule"]);
    check_errors("# foreshot: tabel=x", &["tabel: `tabel` is not known here; did you mean `table`?"]);
    check_errors("# foreshot: nonsense", &["nonsense: `nonsense` is not known here"]);
    check_errors("# foreshot: disable=a", &["disable: `disable` is not known here"]);
    check_errors("# foreshot: table", &["table: `table` needs a value: write `table=users`"]);
    check_errors("# foreshot: table=", &["table=: `table` needs a value: write `table=users`"]);
    check_errors("# foreshot: table=.x", &[".x: `.x` is no value for `table`: write `table=users`"]);
    check_errors("# foreshot: unique=yes", &["unique=yes: `unique` takes no value"]);
    check_errors(
        "# foreshot: references=users",
        &["users: `users` is no value for `references`: write `references=users.id`"],
    );
    check_errors(
        "# foreshot: phase=drop",
        &["drop: `drop` is no value for `phase`: write `phase=expand, backfill or contract`"],
    );
    check_errors(
        "# foreshot: column=a ondelete=cascade",
        &["ondelete=cascade: `ondelete` belongs to a reference: write `references=users.id` too"],
    );
    check_errors("# foreshot: table=a table=b", &["table=b: this is said twice"]);
    check_errors(
        "# foreshot ignore[a] -- x",
        &["# foreshot: a colon is missing: write `# foreshot: ignore[rule] -- reason`"],
    );
}

#[test]
fn what_can_be_read_beside_an_error_is_kept() {
    let found = directives("# foreshot: ignore[a, , b] tabel=x unique -- y");
    assert_eq!(found[0].ignored().map(|rule| rule.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(found[0].clauses.len(), 2);
    assert_eq!(found[0].errors.len(), 2);
    assert_eq!(found[0].reason.as_deref(), Some("y"));
}

/// Line, whether the comment stands alone, and its text, for each directive.
#[track_caller]
fn check_places(source: &str, expected: &[(u32, bool, &str)]) {
    let found = directives(source);
    let found: Vec<_> = found.iter().map(|d| (d.line, d.stands_alone, text_at(source, d.span))).collect();
    assert_eq!(found, expected, "{source}");
}

#[test]
fn places() {
    check_places(
        "# foreshot: unique\n\nx = 1  # foreshot: unique  \n    # foreshot: unique\r\n",
        &[(0, true, "# foreshot: unique"), (2, false, "# foreshot: unique"), (3, true, "# foreshot: unique")],
    );
    check_places("\u{feff}# foreshot: unique", &[(0, true, "# foreshot: unique")]);
    check_places(
        "a\r# foreshot: unique\rb  # é # foreshot: unique",
        &[(1, true, "# foreshot: unique"), (2, false, "# foreshot: unique")],
    );
    check_places("f(\n  a,  # foreshot: unique\n  b)", &[(1, false, "# foreshot: unique")]);
    check_places("def f(:  # foreshot: unique\n  x = (", &[(0, false, "# foreshot: unique")]);
}

#[test]
fn what_is_no_directive() {
    for source in [
        "",
        "x = '# foreshot: unique'",
        "x = \"\"\"\n# foreshot: unique\n\"\"\"",
        "x = r'\\' # foreshot: unique'",
        "x = f'{a} # foreshot: unique'",
        "# foreshots: unique",
        "# see foreshot: unique",
        "# foreshot is a tool",
        "# foreshot",
        "import foreshot",
        "x = 'it\\'s # foreshot: unique'",
    ] {
        check_places(source, &[]);
    }
    check_places("x = 'a' # foreshot: unique", &[(0, false, "# foreshot: unique")]);
    check_places("x = '''\n''' # foreshot: unique", &[(1, false, "# foreshot: unique")]);
}
