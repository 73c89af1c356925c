//! Parses files with tree-sitter alone: the measure that `benches/against-parsing.sh` compares with.

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut parser = tree_sitter::Parser::new();
    if parser.set_language(&tree_sitter_python::LANGUAGE.into()).is_err() {
        return ExitCode::FAILURE;
    }
    let mut nodes = 0;
    for path in std::env::args_os().skip(1) {
        let Ok(text) = std::fs::read(&path) else { continue };
        nodes += parser.parse(&text, None).map_or(0, |tree| tree.root_node().descendant_count());
    }
    // The number keeps the work from being left out.
    if nodes == 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
