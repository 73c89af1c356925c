//! Standard input on its way to the protocol library.

use super::Ended;
use super::frames::{Frame, Frames};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The method that a malformed message is answered under.
pub const MALFORMED: &str = "foreshot/malformed";

const SUBSTITUTE: &str = r#"{"jsonrpc":"2.0","id":null,"method":"foreshot/malformed"}"#;

/// Passes messages on until the client says `exit` or leaves; tells whether it said `shutdown` before. The library stops serving at the first message that it
/// cannot read, so it only gets those that it can, and a substitute for each of the others.
pub async fn pass_messages(
    mut input: impl AsyncRead + Unpin,
    mut output: impl AsyncWrite + Unpin,
    is_message: fn(&str) -> bool,
) -> Ended {
    let mut ended = Ended::Abruptly;
    let mut frames = Frames::default();
    let mut chunk = vec![0; 64 * 1024];
    loop {
        let read = match input.read(&mut chunk).await {
            Ok(0) | Err(_) => return ended,
            Ok(read) => read,
        };
        frames.push(chunk.get(..read).unwrap_or_default());
        while let Some(frame) = frames.next(is_message) {
            let body = match &frame {
                Frame::Message(body) => body.as_str(),
                Frame::Malformed(why) => {
                    tracing::warn!("the client sent {why}");
                    SUBSTITUTE
                }
            };
            let framed = format!("Content-Length: {}\r\n\r\n{body}", body.len());
            let method = method_of(body);
            if method.as_deref() == Some("shutdown") {
                ended = Ended::Properly;
            }
            if output.write_all(framed.as_bytes()).await.is_err() || method.as_deref() == Some("exit") {
                return ended;
            }
        }
    }
}

/// The method of a short message: those that matter here have next to no parameters.
fn method_of(body: &str) -> Option<String> {
    let message: serde_json::Value =
        serde_json::from_str(Some(body).filter(|body| body.len() < 200)?).ok()?;
    message.get("method")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(body: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    }

    #[track_caller]
    fn check_passed(input: &str, expect: &[&str], ended: Ended) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mut output = Vec::new();
        let how =
            runtime.block_on(pass_messages(input.as_bytes(), &mut output, |body| body.starts_with('{')));
        assert_eq!(how, ended);
        let expect: String = expect.iter().map(|body| framed(body)).collect();
        assert_eq!(String::from_utf8(output).unwrap(), expect);
    }

    #[test]
    fn messages_pass() {
        let (one, exit) = (r#"{"method":"one"}"#, r#"{"method":"exit"}"#);
        let shutdown = r#"{"id":1,"method":"shutdown"}"#;
        check_passed("", &[], Ended::Abruptly);
        check_passed(&framed(one), &[one], Ended::Abruptly);
        check_passed(&[framed("no"), framed(one)].concat(), &[SUBSTITUTE, one], Ended::Abruptly);
        check_passed(&[framed(exit), framed(one)].concat(), &[exit], Ended::Abruptly);
        check_passed(&[framed(shutdown), framed(exit)].concat(), &[shutdown, exit], Ended::Properly);
        check_passed(&framed(shutdown), &[shutdown], Ended::Properly);
        assert!(SUBSTITUTE.contains(MALFORMED));
    }
}
