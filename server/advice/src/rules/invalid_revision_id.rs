//! `invalid-revision-id`

use crate::finding::Subject;
use crate::rule::declare_rule;
use crate::sink::{Draft, Sink};
use crate::text::{database, list};
use crate::view::GraphView;
use alembic::graph::Problem;
use fact::{Fact, Place};
use schema::Kind;

/// The length of `version_num` in the table that Alembic creates.
const LIMIT: usize = 32;

declare_rule! {
    /// ## What it does
    ///
    /// Finds revision ids with one of the characters `@`, `-`, `+` and `:`, and ids that are longer than the column in
    /// which Alembic records them.
    ///
    /// ## Why it matters
    ///
    /// Alembic needs those characters for itself (`label@head`, `head-1`, `a:b`) and refuses the id. An id of more than
    /// 32 characters does not fit into `alembic_version.version_num`: the upgrade itself runs, and then fails when it
    /// records that it has run. SQLite alone does not mind.
    ///
    /// ## Example
    ///
    /// ```python
    /// revision = "add-priority"
    /// ```
    ///
    /// ## Safe instead
    ///
    /// ```python
    /// revision = "add_priority"
    /// ```
    ///
    /// ## Fix
    ///
    /// None: databases that have recorded the id must follow.
    ///
    /// ## Sources
    ///
    /// Alembic: `Revision.verify_rev_id`, `DefaultImpl.version_table_impl`.
    "invalid-revision-id", Error, Graph;
    Graph(check);
}

fn check(view: &GraphView<'_>, sink: &mut Sink<'_>) {
    let environment = view.environment();
    let graph = &environment.graph;
    for problem in graph.problems() {
        let Problem::BadCharacters { revision: rev, characters } = problem else { continue };
        let Some(revision) = environment.revision(*rev) else { continue };
        let characters = list(characters.iter().map(|c| format!("'{c}'")));
        let place = revision.facts.revision.known().map(|id| id.place);
        let place = place.unwrap_or(Place::whole_file(revision.facts.file));
        let message = format!("Alembic refuses {characters} in a revision id.");
        sink.report(Draft::new(place, Subject::name(graph.id(*rev)), message).revision(graph.id(*rev)));
    }
    let kinds: Vec<Kind> = view.scene.kinds().filter(|kind| *kind != Kind::Sqlite).collect();
    if kinds.is_empty() {
        return;
    }
    for revision in &environment.revisions {
        let Fact::Known(id) = &revision.facts.revision else { continue };
        let length = id.name.chars().count();
        if length <= LIMIT {
            continue;
        }
        match &environment.env().version_table {
            // A table of the project's own may well have another column.
            Fact::Known(Some(_)) => continue,
            Fact::Unknown(unknown) => {
                sink.withhold(unknown);
                continue;
            }
            Fact::Known(None) => {}
        }
        let message = format!(
            "alembic_version.version_num holds {LIMIT} characters; {} has {length}: on {} the upgrade fails when it records this revision.",
            id.name,
            list(kinds.iter().map(|kind| database(*kind))),
        );
        sink.report(Draft::new(id.place, Subject::name(id.name), message).revision(id.name));
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{check_rule, check_rule_on};
    use schema::Kind;

    const RULE: &str = "invalid-revision-id";

    #[test]
    fn ids_that_alembic_refuses() {
        check_rule(RULE, "revision = 'a-b'\n#          ^^^^^ invalid-revision-id\ndown_revision = None\n");
        check_rule(
            RULE,
            "revision = 'a@b+c'\n#          ^^^^^^^ invalid-revision-id\ndown_revision = None\n",
        );
    }

    #[test]
    fn ids_that_do_not_fit() {
        let id = "x".repeat(33);
        let text = format!("revision = '{id}'\ndown_revision = None\n");
        let marked = text.replacen('\n', &format!("\n#          {} {RULE}\n", "^".repeat(35)), 1);
        check_rule_on(&[Kind::Postgresql], RULE, &marked);
        check_rule_on(&[Kind::Sqlite], RULE, &text);
        check_rule_on(&[], RULE, &text);
    }

    #[test]
    fn ids_that_are_fine() {
        check_rule(RULE, &format!("revision = '{}'\ndown_revision = None\n", "é".repeat(32)));
        check_rule(RULE, "revision = '0001_a.b'\ndown_revision = None\n");
    }
}
