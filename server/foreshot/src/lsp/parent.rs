//! The process that started the server.

use std::time::Duration;

const INTERVAL: Duration = Duration::from_secs(3);

/// Returns once the process is gone.
pub async fn gone(process: u32) {
    while is_alive(process) {
        tokio::time::sleep(INTERVAL).await;
    }
}

/// Whether there is such a process. One that runs on another machine, or in another container, is not there.
#[cfg(unix)]
pub fn is_alive(process: u32) -> bool {
    let process = i32::try_from(process).ok().and_then(rustix::process::Pid::from_raw);
    let error = process.map(rustix::process::test_kill_process).and_then(Result::err);
    process.is_some() && error != Some(rustix::io::Errno::SRCH)
}

/// Elsewhere the end of standard input is all there is to go by.
#[cfg(not(unix))]
pub fn is_alive(_: u32) -> bool {
    true
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn processes_live_and_die() {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        assert!(is_alive(std::process::id()) && is_alive(child.id()));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!is_alive(child.id()));
        assert!(!is_alive(0) && !is_alive(u32::MAX));
    }
}
