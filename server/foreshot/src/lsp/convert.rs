//! Between the types of the protocol and plain data.

use super::data::{ClientFacts, Edit, Mark, Severity};
use super::event::FileChange;
use super::handlers::code_action::Action;
use super::handlers::document_symbol::Outline;
use super::handlers::hover::Hovered;
use camino::{Utf8Path, Utf8PathBuf};
use fact::files::normalize;
use ide::SymbolKind;
use python::line_index::{LineColumn, Unit};
use std::ops::Range;
use std::str::FromStr;
use tower_lsp::jsonrpc::{Request, Response};
use tower_lsp::ls_types as lsp;

/// What diagnostics of this server are signed with.
const SOURCE: &str = "foreshot";

/// Whether the protocol library can read the text.
pub fn is_message(body: &str) -> bool {
    let response = || serde_json::from_str::<Response>(body).is_ok();
    // Without a method it would be taken for a request of that name.
    serde_json::from_str::<Request>(body).is_ok_and(|request| !request.method().is_empty()) || response()
}

/// The path that a URI stands for; `None` for what is not a file.
pub fn path(uri: &lsp::Uri) -> Option<Utf8PathBuf> {
    if !uri.scheme().as_str().eq_ignore_ascii_case("file") {
        return None;
    }
    let path = uri.to_file_path()?;
    Some(normalize(Utf8Path::from_path(&path)?))
}

/// The URI of a path, as the client wrote it if it did.
pub fn uri(path: &Utf8Path, written: Option<&str>) -> Option<lsp::Uri> {
    let written = written.and_then(|written| lsp::Uri::from_str(written).ok());
    written.or_else(|| lsp::Uri::from_file_path(path))
}

pub fn client_facts(params: &lsp::InitializeParams) -> ClientFacts {
    let capabilities = &params.capabilities;
    let document = capabilities.text_document.as_ref();
    let workspace = capabilities.workspace.as_ref();
    let encodings = capabilities.general.as_ref().and_then(|general| general.position_encodings.as_ref());
    let utf8 = encodings.is_some_and(|all| all.contains(&lsp::PositionEncodingKind::UTF8));
    let markdown = || {
        let formats = document?.hover.as_ref()?.content_format.as_ref()?;
        Some(formats.contains(&lsp::MarkupKind::Markdown))
    };
    let nested = || document?.document_symbol.as_ref()?.hierarchical_document_symbol_support;
    let literal = || document?.code_action.as_ref()?.code_action_literal_support.as_ref();
    let related = || document?.publish_diagnostics.as_ref()?.related_information;
    let changes = || workspace?.workspace_edit.as_ref()?.document_changes;
    let watches = || workspace?.did_change_watched_files.as_ref()?.dynamic_registration;
    let progress = || capabilities.window.as_ref()?.work_done_progress;
    ClientFacts {
        folders: folders(params),
        unit: if utf8 { Unit::Utf8 } else { Unit::Utf16 },
        document_changes: changes() == Some(true),
        literal_actions: literal().is_some(),
        nested_symbols: nested() == Some(true),
        // A client that says nothing gets what nearly all of them show.
        markdown_hover: markdown() != Some(false),
        related_information: related() == Some(true),
        progress: progress() == Some(true),
        watches_files: watches() == Some(true),
        process: params.process_id,
    }
}

#[expect(deprecated, reason = "clients without workspace folders say it this way")]
fn folders(params: &lsp::InitializeParams) -> Vec<Utf8PathBuf> {
    if let Some(folders) = params.workspace_folders.as_ref().filter(|folders| !folders.is_empty()) {
        return folders.iter().filter_map(|folder| path(&folder.uri)).collect();
    }
    let root_path = || params.root_path.as_ref().map(|path| normalize(Utf8Path::new(path)));
    params.root_uri.as_ref().and_then(path).or_else(root_path).into_iter().collect()
}

pub fn capabilities(facts: &ClientFacts) -> lsp::ServerCapabilities {
    let sync = lsp::TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(lsp::TextDocumentSyncKind::INCREMENTAL),
        save: Some(lsp::TextDocumentSyncSaveOptions::SaveOptions(lsp::SaveOptions {
            include_text: Some(false),
        })),
        ..lsp::TextDocumentSyncOptions::default()
    };
    let folders = lsp::WorkspaceFoldersServerCapabilities {
        supported: Some(true),
        change_notifications: Some(lsp::OneOf::Left(true)),
    };
    let actions = lsp::CodeActionOptions {
        code_action_kinds: Some(vec![lsp::CodeActionKind::QUICKFIX]),
        ..lsp::CodeActionOptions::default()
    };
    let encoding = match facts.unit {
        Unit::Utf8 => lsp::PositionEncodingKind::UTF8,
        Unit::Utf16 | Unit::Characters => lsp::PositionEncodingKind::UTF16,
    };
    lsp::ServerCapabilities {
        position_encoding: Some(encoding),
        text_document_sync: Some(lsp::TextDocumentSyncCapability::Options(sync)),
        hover_provider: Some(lsp::HoverProviderCapability::Simple(true)),
        document_symbol_provider: Some(lsp::OneOf::Left(true)),
        code_action_provider: facts
            .literal_actions
            .then_some(lsp::CodeActionProviderCapability::Options(actions)),
        workspace: Some(lsp::WorkspaceServerCapabilities {
            workspace_folders: Some(folders),
            ..lsp::WorkspaceServerCapabilities::default()
        }),
        ..lsp::ServerCapabilities::default()
    }
}

pub fn edits(changes: Vec<lsp::TextDocumentContentChangeEvent>) -> Vec<Edit> {
    let edit = |change: lsp::TextDocumentContentChangeEvent| Edit {
        range: change.range.map(from_range),
        text: change.text,
    };
    changes.into_iter().map(edit).collect()
}

pub fn file_changes(events: &[lsp::FileEvent]) -> Vec<FileChange> {
    let change = |event: &lsp::FileEvent| {
        let listed = event.typ != lsp::FileChangeType::CHANGED;
        Some(FileChange { path: path(&event.uri)?, listed })
    };
    events.iter().filter_map(change).collect()
}

pub fn position(position: lsp::Position) -> LineColumn {
    LineColumn { line: position.line, column: position.character }
}

pub fn from_range(range: lsp::Range) -> Range<LineColumn> {
    position(range.start)..position(range.end)
}

fn range(range: &Range<LineColumn>) -> lsp::Range {
    let position = |at: LineColumn| lsp::Position { line: at.line, character: at.column };
    lsp::Range { start: position(range.start), end: position(range.end) }
}

pub fn message_type(severity: Severity) -> lsp::MessageType {
    match severity {
        Severity::Error => lsp::MessageType::ERROR,
        Severity::Warning => lsp::MessageType::WARNING,
        Severity::Info => lsp::MessageType::INFO,
    }
}

pub fn diagnostic(mark: &Mark, with_related: bool) -> lsp::Diagnostic {
    let severity = match mark.severity {
        Severity::Error => lsp::DiagnosticSeverity::ERROR,
        Severity::Warning => lsp::DiagnosticSeverity::WARNING,
        Severity::Info => lsp::DiagnosticSeverity::INFORMATION,
    };
    let related: Vec<_> = mark
        .related
        .iter()
        .filter(|_| with_related)
        .filter_map(|related| {
            let uri = uri(&related.path, related.uri.as_deref())?;
            Some(lsp::DiagnosticRelatedInformation {
                location: lsp::Location { uri, range: range(&related.range) },
                message: related.message.clone(),
            })
        })
        .collect();
    lsp::Diagnostic {
        range: range(&mark.range),
        severity: Some(severity),
        code: Some(lsp::NumberOrString::String(mark.code.clone())),
        source: Some(SOURCE.to_owned()),
        message: mark.message.clone(),
        related_information: (!related.is_empty()).then_some(related),
        ..lsp::Diagnostic::default()
    }
}

pub fn hover(hovered: Hovered, markdown: bool) -> lsp::Hover {
    let kind = if markdown { lsp::MarkupKind::Markdown } else { lsp::MarkupKind::PlainText };
    lsp::Hover {
        contents: lsp::HoverContents::Markup(lsp::MarkupContent { kind, value: hovered.text }),
        range: Some(range(&hovered.range)),
    }
}

pub fn symbols(outline: Vec<Outline>, uri: &lsp::Uri, nested: bool) -> lsp::DocumentSymbolResponse {
    if nested {
        return lsp::DocumentSymbolResponse::Nested(outline.into_iter().map(nested_symbol).collect());
    }
    let mut flat = Vec::new();
    for one in outline {
        flat_symbols(one, None, uri, &mut flat);
    }
    lsp::DocumentSymbolResponse::Flat(flat)
}

#[expect(deprecated, reason = "the field has no default")]
fn nested_symbol(outline: Outline) -> lsp::DocumentSymbol {
    let children: Vec<_> = outline.children.into_iter().map(nested_symbol).collect();
    lsp::DocumentSymbol {
        name: outline.name,
        detail: outline.detail,
        kind: symbol_kind(outline.kind),
        tags: None,
        deprecated: None,
        range: range(&outline.range),
        selection_range: range(&outline.selection),
        children: (!children.is_empty()).then_some(children),
    }
}

#[expect(deprecated, reason = "the field has no default")]
fn flat_symbols(
    outline: Outline,
    container: Option<&str>,
    uri: &lsp::Uri,
    out: &mut Vec<lsp::SymbolInformation>,
) {
    out.push(lsp::SymbolInformation {
        name: outline.name.clone(),
        kind: symbol_kind(outline.kind),
        tags: None,
        deprecated: None,
        location: lsp::Location { uri: uri.clone(), range: range(&outline.range) },
        container_name: container.map(str::to_owned),
    });
    for child in outline.children {
        flat_symbols(child, Some(&outline.name), uri, out);
    }
}

fn symbol_kind(kind: SymbolKind) -> lsp::SymbolKind {
    match kind {
        SymbolKind::Revision => lsp::SymbolKind::MODULE,
        SymbolKind::Function => lsp::SymbolKind::FUNCTION,
        SymbolKind::Operation => lsp::SymbolKind::EVENT,
    }
}

/// Whether a client that asks for `only` these kinds wants quick fixes.
pub fn wants_quick_fixes(only: Option<&[lsp::CodeActionKind]>) -> bool {
    only.is_none_or(|only| only.iter().any(|kind| matches!(kind.as_str(), "" | "quickfix")))
}

/// `given`: the diagnostics that the client asks about.
pub fn code_action(
    action: Action,
    given: &[lsp::Diagnostic],
    facts: &ClientFacts,
) -> Option<lsp::CodeActionOrCommand> {
    let solves = |diagnostic: &&lsp::Diagnostic| {
        let code = lsp::NumberOrString::String(action.code.clone());
        let same_source = diagnostic.source.as_deref() == Some(SOURCE);
        same_source && diagnostic.code == Some(code) && diagnostic.range == range(&action.range)
    };
    let diagnostics: Vec<_> = given.iter().filter(solves).cloned().collect();
    let mut files = Vec::new();
    for file in action.files {
        let edits: Vec<lsp::TextEdit> = file
            .edits
            .into_iter()
            .map(|edit| lsp::TextEdit { range: range(&edit.range), new_text: edit.text })
            .collect();
        files.push((uri(&file.path, file.uri.as_deref())?, file.version, edits));
    }
    let edit = if facts.document_changes {
        let document = |(uri, version, edits): (_, _, Vec<lsp::TextEdit>)| lsp::TextDocumentEdit {
            text_document: lsp::OptionalVersionedTextDocumentIdentifier { uri, version },
            edits: edits.into_iter().map(lsp::OneOf::Left).collect(),
        };
        lsp::WorkspaceEdit {
            document_changes: Some(lsp::DocumentChanges::Edits(files.into_iter().map(document).collect())),
            ..lsp::WorkspaceEdit::default()
        }
    } else {
        let changes = files.into_iter().map(|(uri, _, edits)| (uri, edits)).collect();
        lsp::WorkspaceEdit { changes: Some(changes), ..lsp::WorkspaceEdit::default() }
    };
    Some(lsp::CodeActionOrCommand::CodeAction(lsp::CodeAction {
        title: action.title,
        kind: Some(lsp::CodeActionKind::QUICKFIX),
        diagnostics: (!diagnostics.is_empty()).then_some(diagnostics),
        edit: Some(edit),
        is_preferred: action.preferred.then_some(true),
        ..lsp::CodeAction::default()
    }))
}

#[cfg(test)]
mod tests;
