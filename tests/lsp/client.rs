//! A language client: frames, requests, and what the server sends of its own accord.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Options {
    pub utf8: bool,
    pub literal_actions: bool,
    pub process: Option<u32>,
    pub watches_files: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options { utf8: false, literal_actions: true, process: None, watches_files: false }
    }
}

pub struct Client {
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    /// Notifications that came, in order.
    seen: Vec<Value>,
    next_id: u64,
    /// What the server said of itself.
    pub server: Value,
}

impl Client {
    /// A server that has been greeted and works on `root`.
    pub fn start(root: &Path, options: &Options) -> Client {
        let mut child = Command::new(env!("CARGO_BIN_EXE_foreshot"))
            .args(["server", "--stdio"])
            .current_dir(std::env::temp_dir())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let output = child.stdout.take().expect("its output is piped");
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Some(message) = read(&mut output) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let input = child.stdin.take();
        let mut client = Client { child, input, messages, seen: Vec::new(), next_id: 0, server: Value::Null };
        let encodings = if options.utf8 { json!(["utf-8", "utf-16"]) } else { json!(["utf-16"]) };
        let literal = json!({"codeActionKind": {"valueSet": ["quickfix"]}});
        let actions =
            if options.literal_actions { json!({"codeActionLiteralSupport": literal}) } else { json!({}) };
        let uri = format!("file://{}", root.display());
        client.server = client.request(
            "initialize",
            json!({
                "processId": options.process,
                "rootUri": uri,
                "workspaceFolders": [{"uri": uri, "name": "root"}],
                "capabilities": {
                    "general": {"positionEncodings": encodings},
                    "workspace": {
                        "workspaceEdit": {"documentChanges": true},
                        "didChangeWatchedFiles": {"dynamicRegistration": options.watches_files},
                    },
                    "textDocument": {
                        "codeAction": actions,
                        "documentSymbol": {"hierarchicalDocumentSymbolSupport": true},
                        "hover": {"contentFormat": ["markdown"]},
                        "publishDiagnostics": {"relatedInformation": true},
                    },
                },
            }),
        );
        client.notify("initialized", json!({}));
        client
    }

    pub fn raw(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("the client has not left");
        input.write_all(bytes).and_then(|()| input.flush()).expect("the server reads");
    }

    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    pub fn open(&mut self, uri: &str, version: i32, text: &str) {
        let document = json!({"uri": uri, "languageId": "python", "version": version, "text": text});
        self.notify("textDocument/didOpen", json!({"textDocument": document}));
    }

    pub fn request(&mut self, method: &str, params: Value) -> Value {
        let mut answer = self.answer(method, params);
        assert!(answer["error"].is_null(), "{method}: {answer}");
        answer["result"].take()
    }

    /// The code of the error that the request is answered with.
    pub fn refused(&mut self, method: &str, params: Value) -> i64 {
        self.answer(method, params)["error"]["code"].as_i64().unwrap_or_default()
    }

    fn answer(&mut self, method: &str, params: Value) -> Value {
        self.next_id += 1;
        let id = self.next_id;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        self.wait_for(&format!("the answer to {method}"), |message| {
            message["id"] == id && message["method"].is_null()
        })
    }

    pub fn error_without_id(&mut self) -> i64 {
        let answer =
            self.wait_for("an error", |message| message["id"].is_null() && !message["error"].is_null());
        answer["error"]["code"].as_i64().unwrap_or_default()
    }

    /// The diagnostics of a file, of this version if one is given.
    pub fn published(&mut self, uri: &str, version: Option<i32>) -> Value {
        let wanted = |params: &Value| {
            params["uri"] == uri && version.is_none_or(|version| params["version"] == version)
        };
        if let Some(known) = self.publications().rev().find(|params| wanted(params)) {
            return known["diagnostics"].clone();
        }
        let message = self.wait_for(&format!("diagnostics of {uri}"), |message| {
            message["method"] == "textDocument/publishDiagnostics" && wanted(&message["params"])
        });
        message["params"]["diagnostics"].clone()
    }

    /// The first new diagnostics of a file that are as wanted, or the last that came if they are.
    pub fn published_until(&mut self, uri: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let last = self.publications().rev().find(|params| params["uri"] == uri);
        if let Some(known) = last.filter(|params| wanted(&params["diagnostics"])) {
            return known["diagnostics"].clone();
        }
        let message = self.wait_for(&format!("other diagnostics of {uri}"), |message| {
            let params = &message["params"];
            message["method"] == "textDocument/publishDiagnostics"
                && params["uri"] == uri
                && wanted(&params["diagnostics"])
        });
        message["params"]["diagnostics"].clone()
    }

    pub fn notification(&mut self, method: &str) -> Value {
        let known = self.seen.iter().find(|message| message["method"] == method).cloned();
        let message = known.unwrap_or_else(|| self.wait_for(method, |message| message["method"] == method));
        message["params"].clone()
    }

    /// How many notifications of that method came.
    pub fn count(&self, method: &str) -> usize {
        self.seen.iter().filter(|message| message["method"] == method).count()
    }

    fn publications(&self) -> impl DoubleEndedIterator<Item = &Value> {
        let publish = |message: &&Value| message["method"] == "textDocument/publishDiagnostics";
        self.seen.iter().filter(publish).map(|message| &message["params"])
    }

    /// Says goodbye; the exit code.
    pub fn finish(mut self) -> Option<i32> {
        self.request("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        self.wait(PATIENCE)
    }

    /// Leaves without a word; the exit code.
    pub fn vanish(mut self, patience: Duration) -> Option<i32> {
        self.input = None;
        self.wait(patience)
    }

    pub fn wait(&mut self, patience: Duration) -> Option<i32> {
        let start = Instant::now();
        while start.elapsed() < patience {
            if let Ok(Some(status)) = self.child.try_wait() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the server still runs after {patience:?}");
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        self.raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    fn wait_for(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let start = Instant::now();
        loop {
            let left = PATIENCE.saturating_sub(start.elapsed());
            let Ok(message) = self.messages.recv_timeout(left) else { panic!("{what} never came") };
            // Whatever the server asks for, it gets.
            if let (Some(_), id @ (Value::Number(_) | Value::String(_))) =
                (message["method"].as_str(), &message["id"])
            {
                self.send(&json!({"jsonrpc": "2.0", "id": id, "result": null}));
            }
            let found = wanted(&message);
            if !message["method"].is_null() {
                self.seen.push(message.clone());
            }
            if found {
                return message;
            }
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(output: &mut impl BufRead) -> Option<Value> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some(("Content-Length", value)) => length = value.parse().ok(),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length?];
    output.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}
