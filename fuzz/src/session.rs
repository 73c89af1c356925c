//! A conversation: each line of the input is the body of a message, `$ROOT` in it the folder that is open. After all of
//! them the server still answers, and it leaves when it is told to. An input that starts with a zero byte is raw
//! bytes.

use foreshot::{Scope, serve};
use serde_json::{Value, json};
use std::sync::OnceLock;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream};

/// Longer than any answer takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// The id of the request behind all others.
const LAST: &str = "the last one";

const FILES: [(&str, &str); 4] = [
    ("alembic.ini", "[alembic]\nscript_location = m\n"),
    ("m/env.py", ""),
    (
        "m/versions/1.py",
        "from alembic import op\nimport sqlalchemy as sa\nrevision = 'r1'\ndown_revision = None\ndef upgrade():\n    \
         op.create_table('users', sa.Column('id', sa.Integer()), sa.Column('name', sa.Text()))\ndef downgrade():\n    \
         op.drop_table('users')\n",
    ),
    (
        "m/versions/2.py",
        "from alembic import op\nrevision = 'r2'\ndown_revision = 'r1'\ndef upgrade():\n    op.drop_column('users', 'nam')\n\
         def downgrade():\n    pass\n",
    ),
];

/// A folder with a small project, for all conversations.
fn root() -> Option<&'static str> {
    static ROOT: OnceLock<Option<TempDir>> = OnceLock::new();
    let lay = || {
        let folder = TempDir::new().ok()?;
        for (path, text) in FILES {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent()?).ok()?;
            std::fs::write(path, text).ok()?;
        }
        Some(folder)
    };
    ROOT.get_or_init(lay).as_ref()?.path().to_str()
}

pub fn run(data: &[u8]) {
    let Some(root) = root() else { return };
    let (mut client, server) = tokio::io::duplex(1 << 16);
    let (input, output) = tokio::io::split(server);
    let script = script(data, root);
    let talking = std::thread::spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        runtime.block_on(async {
            let talk = talk(&mut client, &script);
            let done = tokio::time::timeout(PATIENCE, talk).await;
            assert!(done.is_ok(), "the server does not answer");
        });
    });
    let served = serve(Scope::default(), input, output);
    assert!(served.is_ok(), "{served:?}");
    assert!(talking.join().is_ok(), "the conversation failed");
}

struct Script {
    bytes: Vec<u8>,
    /// Every message is whole: the server owes an answer.
    whole: bool,
}

fn script(data: &[u8], root: &str) -> Script {
    if let Some((0, raw)) = data.split_first() {
        return Script { bytes: raw.to_vec(), whole: false };
    }
    let uri = format!("file://{root}");
    let text = String::from_utf8_lossy(data);
    let mut bytes = Vec::new();
    let hello = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
        "rootUri": uri,
        "capabilities": {
            "workspace": {"workspaceEdit": {"documentChanges": true}},
            "textDocument": {"codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}}}},
        },
    }});
    frame(&hello.to_string(), &mut bytes);
    frame(&json!({"jsonrpc": "2.0", "method": "initialized", "params": {}}).to_string(), &mut bytes);
    // A message about files elsewhere would have the server look at this machine.
    let elsewhere = |line: &&str| {
        line.to_ascii_lowercase().contains("file:") || line.contains(['%', '\\']) || line.contains("..")
    };
    for line in text.lines().filter(|line| !elsewhere(line)) {
        frame(&line.replace("$ROOT", &uri), &mut bytes);
    }
    let last = json!({"jsonrpc": "2.0", "id": LAST, "method": "textDocument/documentSymbol", "params": {
        "textDocument": {"uri": format!("{uri}/m/versions/1.py")},
    }});
    frame(&last.to_string(), &mut bytes);
    Script { bytes, whole: true }
}

fn frame(body: &str, bytes: &mut Vec<u8>) {
    bytes.extend(format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes());
}

/// Says everything and listens until the last answer has come, or the server has left.
async fn talk(client: &mut DuplexStream, script: &Script) {
    let (from, mut to) = tokio::io::split(client);
    let mut from = BufReader::new(from);
    let say = async {
        // The server may leave in the middle: it was told to.
        let _ = to.write_all(&script.bytes).await;
        if !script.whole {
            let _ = to.shutdown().await;
        }
        to
    };
    let hear = async {
        while let Some(message) = read(&mut from).await {
            if script.whole && message["id"] == LAST && message.get("method").is_none() {
                return;
            }
        }
    };
    let (mut to, ()) = tokio::join!(say, hear);
    let mut goodbye = Vec::new();
    frame(r#"{"jsonrpc":"2.0","id":"bye","method":"shutdown"}"#, &mut goodbye);
    frame(r#"{"jsonrpc":"2.0","method":"exit"}"#, &mut goodbye);
    let _ = to.write_all(&goodbye).await;
    while read(&mut from).await.is_some() {}
}

async fn read(from: &mut (impl AsyncBufReadExt + Unpin)) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if from.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        match line.trim().split_once(':') {
            Some((key, value)) if key.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().ok()?
            }
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).await.ok()?;
    serde_json::from_slice(&body).ok()
}
