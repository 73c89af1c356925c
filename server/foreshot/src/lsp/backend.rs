//! The protocol library's side of the server. Handlers send their event before they await anything: the library runs
//! them concurrently, and only the order of first steps is the client's own.

use super::data::{ClientFacts, Output};
use super::discovery::Scope;
use super::event::Event;
use super::guard::guarded;
use super::handlers::{code_action, document_symbol, hover};
use super::transport::{MALFORMED, pass_messages};
use super::view::View;
use super::worker::Worker;
use super::{Ended, convert, parent};
use anyhow::{Context, Result};
use arc_swap::ArcSwap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::{Notify, oneshot};
use tower_lsp::jsonrpc::{Error, Result as Reply};
use tower_lsp::ls_types as lsp;
use tower_lsp::{Client, LanguageServer, LspService, Server};

/// Requests that are worked on at once; more only wait.
const CONCURRENT: usize = 64;
/// What is left to say may still be said when the client leaves.
const GRACE: Duration = Duration::from_secs(1);
/// Work that takes longer is shown.
const LONG: Duration = Duration::from_millis(500);
/// How long the client may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// A hover that comes later than this is of no use: the last good state is.
const HOVER_PATIENCE: Duration = Duration::from_millis(1500);
/// The analysis recurses through nested code.
const STACK: usize = 16 << 20;

/// Serves until the client leaves.
pub async fn serve(
    scope: Scope,
    input: impl AsyncRead + Unpin,
    output: impl AsyncWrite + Send + Unpin + 'static,
) -> Result<Ended> {
    let (events, received) = mpsc::channel();
    let (outputs, sending) = unbounded_channel();
    let worker = Worker::new(scope, outputs);
    let views = worker.views();
    std::thread::Builder::new()
        .name("analysis".to_owned())
        .stack_size(STACK)
        .spawn(move || worker.run(&received))
        .context("the analysis cannot be started")?;

    let shared = Arc::new(Shared::default());
    let (service, socket) = LspService::build(|client| {
        tokio::spawn(send(client.clone(), sending, shared.clone()));
        Backend { client, events, views, shared: shared.clone() }
    })
    .custom_method(MALFORMED, Backend::malformed)
    .finish();
    let (library, filtered) = tokio::io::duplex(1 << 20);
    let serving = Server::new(library, output, socket).concurrency_level(CONCURRENT).serve(service);
    let serving = tokio::spawn(serving);
    let ended = tokio::select! {
        ended = pass_messages(input, filtered, convert::is_message) => ended,
        () = shared.parent_gone.notified() => {
            tracing::warn!("the process that started the server is gone");
            Ended::Abruptly
        }
    };
    // A client that reads no more must not keep the server.
    let _ = tokio::time::timeout(GRACE, serving).await;
    Ok(ended)
}

/// What the conversation has settled.
#[derive(Debug, Default)]
struct Shared {
    facts: OnceLock<Arc<ClientFacts>>,
    parent_gone: Notify,
}

struct Backend {
    client: Client,
    events: Sender<Event>,
    views: Arc<ArcSwap<View>>,
    shared: Arc<Shared>,
}

impl Backend {
    /// Sends an event. It takes no time, and may stand before every `await`.
    fn send(&self, event: Event) {
        if self.events.send(event).is_err() {
            tracing::error!("the analysis has ended");
        }
    }

    /// Asks for the state after everything that was sent so far.
    fn barrier(&self, refresh: bool) -> oneshot::Receiver<Arc<View>> {
        let (reply, view) = oneshot::channel();
        self.send(Event::Barrier { refresh, reply });
        view
    }

    /// Computes an answer on a thread that may take its time.
    async fn compute<T: Send + 'static>(
        &self,
        what: &'static str,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Reply<T> {
        let done = tokio::task::spawn_blocking(move || guarded(what, job)).await;
        done.ok().flatten().ok_or_else(|| internal(what))
    }

    fn facts(&self) -> Reply<Arc<ClientFacts>> {
        self.shared.facts.get().cloned().ok_or_else(|| internal("the handshake"))
    }

    async fn malformed(&self) -> Reply<()> {
        Err(Error::parse_error())
    }

    /// Asks the client to report changes of files. Not awaited by a handler: the answer has to get past it.
    fn watch_files(&self) {
        let watcher = |glob: &str| lsp::FileSystemWatcher {
            glob_pattern: lsp::GlobPattern::String(glob.to_owned()),
            kind: None,
        };
        let watchers = ["**/*.{py,sql}", "**/alembic.ini", "**/pyproject.toml", "**/foreshot.toml"];
        let options = lsp::DidChangeWatchedFilesRegistrationOptions {
            watchers: watchers.into_iter().map(watcher).collect(),
        };
        let registration = lsp::Registration {
            id: "foreshot-files".to_owned(),
            method: "workspace/didChangeWatchedFiles".to_owned(),
            register_options: serde_json::to_value(options).ok(),
        };
        let client = self.client.clone();
        tokio::spawn(async move {
            let asked = client.register_capability(vec![registration]);
            match tokio::time::timeout(PATIENCE, asked).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!("the client does not report changes of files: {error}"),
                Err(_) => tracing::warn!("the client does not answer whether it reports changes of files"),
            }
        });
    }
}

fn internal(what: &str) -> Error {
    Error { message: format!("{what} failed").into(), ..Error::internal_error() }
}

impl LanguageServer for Backend {
    async fn initialize(&self, params: lsp::InitializeParams) -> Reply<lsp::InitializeResult> {
        let facts = Arc::new(convert::client_facts(&params));
        let capabilities = convert::capabilities(&facts);
        if let Some(process) = facts.process.filter(|process| parent::is_alive(*process)) {
            let shared = self.shared.clone();
            tokio::spawn(async move {
                parent::gone(process).await;
                shared.parent_gone.notify_one();
            });
        }
        // A second handshake does not get here.
        let _ = self.shared.facts.set(facts);
        let name = "foreshot".to_owned();
        let server_info = lsp::ServerInfo { name, version: Some(env!("CARGO_PKG_VERSION").to_owned()) };
        Ok(lsp::InitializeResult {
            capabilities,
            server_info: Some(server_info),
            ..lsp::InitializeResult::default()
        })
    }

    async fn initialized(&self, _: lsp::InitializedParams) {
        let Ok(facts) = self.facts() else { return };
        self.send(Event::Started(facts.clone()));
        if facts.watches_files {
            self.watch_files();
        }
    }

    async fn shutdown(&self) -> Reply<()> {
        Ok(())
    }

    async fn did_open(&self, params: lsp::DidOpenTextDocumentParams) {
        let document = params.text_document;
        let Some(path) = convert::path(&document.uri) else { return };
        let uri = document.uri.as_str().to_owned();
        self.send(Event::Opened { path, uri, version: document.version, text: document.text });
    }

    async fn did_change(&self, params: lsp::DidChangeTextDocumentParams) {
        let Some(path) = convert::path(&params.text_document.uri) else { return };
        let edits = convert::edits(params.content_changes);
        self.send(Event::Edited { path, version: params.text_document.version, edits });
    }

    async fn did_save(&self, params: lsp::DidSaveTextDocumentParams) {
        if let Some(path) = convert::path(&params.text_document.uri) {
            self.send(Event::Saved(path));
        }
    }

    async fn did_close(&self, params: lsp::DidCloseTextDocumentParams) {
        if let Some(path) = convert::path(&params.text_document.uri) {
            self.send(Event::Closed(path));
        }
    }

    async fn did_change_watched_files(&self, params: lsp::DidChangeWatchedFilesParams) {
        self.send(Event::FilesChanged(convert::file_changes(&params.changes)));
    }

    async fn did_change_workspace_folders(&self, params: lsp::DidChangeWorkspaceFoldersParams) {
        let paths = |folders: &[lsp::WorkspaceFolder]| {
            folders.iter().filter_map(|folder| convert::path(&folder.uri)).collect()
        };
        let (added, removed) = (paths(&params.event.added), paths(&params.event.removed));
        self.send(Event::FoldersChanged { added, removed });
    }

    async fn did_change_configuration(&self, _: lsp::DidChangeConfigurationParams) {
        // Settings are files of the project: an editor's own would make other findings than the command line.
    }

    async fn hover(&self, params: lsp::HoverParams) -> Reply<Option<lsp::Hover>> {
        let barrier = self.barrier(false);
        let facts = self.facts()?;
        let at = params.text_document_position_params;
        let Some(path) = convert::path(&at.text_document.uri) else { return Ok(None) };
        let view = match tokio::time::timeout(HOVER_PATIENCE, barrier).await {
            Ok(view) => view.map_err(|_| internal("the analysis"))?,
            Err(_) => self.views.load_full(),
        };
        let position = convert::position(at.position);
        let hovered = self.compute("hover", move || hover::hover(&view, &path, position)).await?;
        Ok(hovered.map(|hovered| convert::hover(hovered, facts.markdown_hover)))
    }

    async fn document_symbol(
        &self,
        params: lsp::DocumentSymbolParams,
    ) -> Reply<Option<lsp::DocumentSymbolResponse>> {
        let barrier = self.barrier(false);
        let facts = self.facts()?;
        let uri = params.text_document.uri;
        let Some(path) = convert::path(&uri) else { return Ok(None) };
        let view = barrier.await.map_err(|_| internal("the analysis"))?;
        let job = move || document_symbol::document_symbol(&view, &path);
        let outline = self.compute("the outline", job).await?;
        Ok(Some(convert::symbols(outline, &uri, facts.nested_symbols)))
    }

    async fn code_action(&self, params: lsp::CodeActionParams) -> Reply<Option<lsp::CodeActionResponse>> {
        let barrier = self.barrier(true);
        let facts = self.facts()?;
        let wanted = convert::wants_quick_fixes(params.context.only.as_deref());
        let Some(path) = convert::path(&params.text_document.uri) else { return Ok(None) };
        if !wanted || !facts.literal_actions {
            return Ok(None);
        }
        let view = barrier.await.map_err(|_| internal("the analysis"))?;
        let range = convert::from_range(params.range);
        let cancelled = CancelOnDrop::default();
        let flag = cancelled.0.clone();
        let job = move || code_action::code_action(&view, &path, &range, &flag);
        let actions = self.compute("code actions", job).await?;
        let given = params.context.diagnostics;
        let actions = actions.into_iter().filter_map(|action| convert::code_action(action, &given, &facts));
        Ok(Some(actions.collect()))
    }
}

/// Tells a job that nobody waits for it any more: the library drops the handler of a request that is cancelled.
#[derive(Default)]
struct CancelOnDrop(Arc<AtomicBool>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Sends what the analysis has to say, in order.
async fn send(client: Client, mut outputs: UnboundedReceiver<Output>, shared: Arc<Shared>) {
    while let Some(output) = outputs.recv().await {
        let facts = shared.facts.get();
        match output {
            Output::Publish { path, uri, version, marks } => {
                let related = facts.is_some_and(|facts| facts.related_information);
                let diagnostics = marks.iter().map(|mark| convert::diagnostic(mark, related)).collect();
                if let Some(uri) = convert::uri(&path, uri.as_deref()) {
                    client.publish_diagnostics(uri, diagnostics, version).await;
                }
            }
            Output::Message { severity, text } => {
                client.show_message(convert::message_type(severity), text).await;
            }
            Output::Working { title, done } if facts.is_some_and(|facts| facts.progress) => {
                tokio::spawn(show_progress(client.clone(), title, done));
            }
            Output::Working { .. } => {}
        }
    }
}

async fn show_progress(client: Client, title: &'static str, mut done: oneshot::Receiver<()>) {
    if tokio::time::timeout(LONG, &mut done).await.is_ok() {
        return;
    }
    static NEXT: std::sync::atomic::AtomicI32 = std::sync::atomic::AtomicI32::new(0);
    let token = lsp::NumberOrString::Number(NEXT.fetch_add(1, Ordering::Relaxed));
    let created = tokio::time::timeout(PATIENCE, client.create_work_done_progress(token.clone())).await;
    if !matches!(created, Ok(Ok(()))) {
        return;
    }
    let progress = client.progress(token, title).begin().await;
    let _ = done.await;
    progress.finish().await;
}
