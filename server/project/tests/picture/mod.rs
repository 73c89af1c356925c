//! A version of a world as text, to compare two of them by.

use project::{Environment, Evidence, Snapshot};
use std::fmt::Write;

/// Everything that findings and answers are made from, places as bytes.
pub fn picture(snapshot: &Snapshot) -> String {
    let mut out = String::new();
    for environment in &snapshot.environments {
        // Writing to a string cannot fail.
        let _ = describe(environment, &mut out);
    }
    let texts = snapshot.environments.iter().flat_map(|environment| &environment.revisions);
    for revision in texts {
        let file = revision.parsed.file;
        let _ = writeln!(
            out,
            "{:?} {:?}",
            snapshot.text(file),
            snapshot.line_index(file).map(|lines| lines.lines())
        );
    }
    out
}

fn describe(environment: &Environment, out: &mut String) -> std::fmt::Result {
    let store = environment.roots.store();
    // Numbers of files depend on when they were first seen.
    let place = |place: fact::Place| {
        let path = store.path(place.file).map(|path| path.to_string());
        let span = store.span(place).map(|span| (span.start, span.end));
        format!("{path:?} {span:?} {}", place.is_whole_file())
    };
    let step = |step: &schema::Step| {
        format!("{} {:?} {}", place(step.place), step.call_site.map(place), without_places(&step.operation))
    };
    let evidence = match &environment.evidence {
        Evidence::Import { module, place: at } => format!("{module} {}", place(*at)),
        other => format!("{other:?}"),
    };
    writeln!(out, "{:?} {evidence} {:?}", environment.dialects, environment.repeated)?;
    writeln!(out, "{}", without_places(&environment.env().naming))?;
    let why = environment
        .env()
        .unknowns
        .iter()
        .map(|(option, unknown)| format!("{option} {:?} {:?}", unknown.reason, unknown.place.map(place)));
    writeln!(out, "{:?}", why.collect::<Vec<_>>())?;
    for file in environment.script.files() {
        writeln!(
            out,
            "{} {}",
            file.path,
            without_places(&(&file.revision, &file.down_revision, &file.faults))
        )?;
    }
    let graph = &environment.graph;
    writeln!(out, "{:?} {:?} {:?}", graph.heads(), graph.problems(), environment.order)?;
    for (context, history) in &environment.histories {
        writeln!(out, "{:?}", context.dialect)?;
        for point in &history.points {
            writeln!(out, "{} {}", graph.id(point.rev), without_places(&point.upgrade.ended))?;
            for applied in &point.applied {
                writeln!(out, "  {} {}", step(&applied.step), without_places(&applied.failures))?;
            }
            writeln!(out, "  {}", without_places(&*point.after))?;
            if let Some(down) = environment.downgrade(context, point) {
                writeln!(out, "  down {}", without_places(&down.evaluation.ended))?;
                for applied in &down.applied {
                    writeln!(out, "  {} {}", step(&applied.step), without_places(&applied.failures))?;
                }
                writeln!(out, "  {}", without_places(&down.after))?;
            }
        }
    }
    Ok(())
}

/// The debug text without the numbers of files.
fn without_places(value: &impl std::fmt::Debug) -> String {
    let text = format!("{value:?}");
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find('@') {
        out.push_str(&rest[..=at]);
        rest = rest[at + 1..].trim_start_matches(|c: char| c.is_ascii_digit());
    }
    // Files of syntax errors and unknown values are written out as well.
    (out + rest).split("FileId(").map(|part| part.trim_start_matches(|c: char| c.is_ascii_digit())).collect()
}
