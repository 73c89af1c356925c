use super::*;
use crate::cli::testing::check_output;

const HEADER: &str = "\"\"\"First\"\"\"\nfrom alembic import op\nimport sqlalchemy as sa\nrevision = 'a1'\ndown_revision = None\n";

fn files(upgrade: &str, downgrade: &str) -> Vec<(&'static str, String)> {
    let body = |text: &str| text.lines().map(|line| format!("    {line}\n")).collect::<String>();
    let text = format!("{HEADER}def upgrade():\n{}def downgrade():\n{}", body(upgrade), body(downgrade));
    vec![
        ("alembic.ini", "[alembic]\nscript_location = m\nsqlalchemy.url = postgresql://\n".to_owned()),
        ("m/versions/1.py", text),
    ]
}

/// The text form of an upgrade, places left out.
#[track_caller]
fn check_text(upgrade: &str, expect: &str) {
    let args = OpsArgs { revision: "a1".to_owned(), format: Format::Text };
    let command = |start: &Start, out: &mut anstream::StripStream<Vec<u8>>| {
        let mut whole = anstream::StripStream::new(Vec::new());
        write(&args, start, &mut whole)?;
        let whole = String::from_utf8(whole.into_inner())?;
        let lines = whole.lines().take_while(|line| !line.starts_with("downgrade")).skip(1);
        for line in lines {
            writeln!(out, "{}", line.split("  m/versions/").next().unwrap_or(line).trim_end())?;
        }
        Ok(())
    };
    check_output(&files(upgrade, "pass"), command, expect);
}

#[track_caller]
fn check_json(upgrade: &str, downgrade: &str, expect: &str) {
    let args = OpsArgs { revision: "head".to_owned(), format: Format::Json };
    check_output(&files(upgrade, downgrade), |start, out| write(&args, start, out), expect);
}

#[test]
fn tables() {
    check_text(
        "op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('n', sa.String(9), server_default='x'))",
        "  create_table table_name=t
    columns
      name=id type_=integer nullable=false server_default=None
      name=n type_=\"character varying(9)\" nullable=true server_default='x'
    constraints
      type_=primary name=None columns=[id]
",
    );
    check_text("op.drop_table('t', schema='s')", "  drop_table table_name=t schema=s\n");
    check_text("op.rename_table('t', 'u')", "  rename_table old_table_name=t new_table_name=u\n");
}

#[test]
fn columns() {
    check_text(
        "op.add_column('t', sa.Column('a', sa.Integer(), nullable=False))",
        "  add_column table_name=t\n    column\n      name=a type_=integer nullable=false server_default=None\n",
    );
    check_text("op.drop_column('t', 'a')", "  drop_column table_name=t column_name=a\n");
    check_text(
        "op.alter_column('t', 'a', nullable=False, new_column_name='b', existing_type=sa.Integer())",
        "  alter_column table_name=t column_name=a nullable=false new_column_name=b existing_type=integer\n",
    );
    check_text(
        "op.alter_column('t', 'a', server_default=None, type_=sa.Text())",
        "  alter_column table_name=t column_name=a type_=text server_default=None\n",
    );
}

#[test]
fn constraints_and_indexes() {
    check_text(
        "op.create_foreign_key('fk', 't', 'u', ['a'], ['b'], ondelete='CASCADE')",
        "  create_foreign_key constraint_name=fk source_table=t referent_table=u local_cols=[a] remote_cols=[b] ondelete=CASCADE\n",
    );
    check_text(
        "op.create_unique_constraint('uq', 't', ['a', 'b'])",
        "  create_unique_constraint constraint_name=uq table_name=t columns=[a, b]\n",
    );
    check_text(
        "op.create_check_constraint('ck', 't', 'a > 0')",
        "  create_check_constraint constraint_name=ck table_name=t condition=\"a > 0\"\n",
    );
    check_text(
        "op.drop_constraint('uq', 't', type_='unique')",
        "  drop_constraint constraint_name=uq table_name=t type_=unique\n",
    );
    check_text(
        "op.create_index('ix', 't', ['a', sa.text('lower(b)')], unique=True)",
        "  create_index index_name=ix table_name=t columns=[a, lower(b)] unique=true\n",
    );
    check_text("op.drop_index('ix', table_name='t')", "  drop_index index_name=ix table_name=t\n");
}

#[test]
fn blocks_nest_their_operations() {
    check_text(
        "with op.batch_alter_table('t', recreate='always') as b:\n    b.drop_column('a')",
        "  batch_alter_table table_name=t recreate=always\n    operations\n      drop_column table_name=t column_name=a\n",
    );
}

#[test]
fn sql_is_executed_and_has_an_effect() {
    check_text(
        "op.execute('ALTER TABLE t DROP COLUMN a')",
        "  execute\n    effect\n      drop_column table_name=t column_name=a\n",
    );
    check_text(
        "op.execute('UPDATE t SET a = 1 WHERE b = 2')",
        "  execute sqltext=\"UPDATE t SET a = 1 WHERE b = 2\"\n    effect\n      update table_name=t columns=[a] condition=\"b = 2\"\n",
    );
}

#[test]
fn what_is_not_known_says_why() {
    check_text(
        "from elsewhere import change\nchange(op)",
        "  unknown touches=? (not known: it comes from elsewhere.change, outside the project)\n",
    );
    check_text("raise ValueError('no')", "  raises ValueError: no (m/versions/1.py:7)\n");
}

#[test]
fn json_has_paths_and_ranges() {
    check_json(
        "op.drop_column('é', 'a')",
        "pass",
        r#"{
  "upgrade": [
    {
      "op": "drop_column",
      "table_name": "é",
      "column_name": "a",
      "path": "m/versions/1.py",
      "range": {
        "start": {
          "line": 7,
          "column": 5
        },
        "end": {
          "line": 7,
          "column": 29
        }
      }
    }
  ],
  "downgrade": []
}
"#,
    );
}

#[test]
fn revisions_that_are_not_one() {
    for (revision, expect) in [
        ("base", "error 2: base: the base is no revision"),
        ("zzzz", "error 2: zzzz: No such revision or branch 'zzzz'"),
    ] {
        let args = OpsArgs { revision: revision.to_owned(), format: Format::Text };
        check_output(&files("pass", "pass"), |start, out| write(&args, start, out), expect);
    }
    let mut two = files("pass", "pass");
    two.push(("m/versions/2.py", HEADER.replace("a1", "b2")));
    let args = OpsArgs { revision: "head".to_owned(), format: Format::Text };
    let expect = "error 3: head is ambiguous, there are 2 heads: a1, b2; name one of them as REV";
    check_output(&two, |start, out| write(&args, start, out), expect);
}
